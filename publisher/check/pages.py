"""All pages of a finished site, each read once and judged by every rule."""

import os
from collections.abc import Iterator
from pathlib import Path

from publisher.check.html import check_html
from publisher.check.links import LinkChecker
from publisher.check.markup import Markup
from publisher.errors import Problem

_STORE_SUFFIX = ".zarr"


def check_pages(folder: Path, *, base_url: str | None = None) -> tuple[Problem, ...]:
    """Problems of the links and the markup of every page and style sheet below ``folder``.

    ``base_url`` is the site's public address (ends in ``/``): absolute links to it are looked up, too.
    """
    links = LinkChecker(folder, base_url)
    problems: list[Problem] = []
    for path in _documents(folder):
        text = (folder / path).read_text(encoding="utf-8", errors="replace")
        if path.endswith(".css"):
            problems += links.check_style_sheet(path, text)
        else:
            markup = Markup(text)
            problems += check_html(path, markup)
            problems += links.check_page(path, markup)
    problems += links.check_fragments()
    return tuple(problems)


def _documents(folder: Path) -> Iterator[str]:
    """Paths of pages and style sheets, in order; stores, which may hold millions of files, are not entered."""
    for root, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.endswith(_STORE_SUFFIX))
        for name in sorted(names):
            if name.endswith((".html", ".css")):
                yield Path(root, name).relative_to(folder).as_posix()
