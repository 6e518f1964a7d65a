"""Markup that may stand in a page as it is."""

from collections.abc import Callable


class Html(str):
    """HTML that went through the sanitiser; only `publisher.render.prose` makes it, templates escape all else."""

    __slots__ = ()


Prose = Callable[[str], Html]
"""Turns Markdown of a curator into sanitised `Html`."""
