"""One thing to mend, or to know of: where it is, what was found, what to do."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning", "note"]
"""``error``: what is published is wrong or of no use; ``warning``: something is missing or odd; ``note``: to know."""

SEVERITIES: tuple[Severity, ...] = ("error", "warning", "note")
MOST_NAMED = 3
"""Things of one kind that a message names; it counts the rest."""


@dataclass(frozen=True, slots=True)
class ImageName:
    """An image by the id of its page and by what people call it."""

    id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One fault of a study, or of many of its images at once.

    ``code`` is stable and listed in docs/reference/problems.md. ``path`` is relative to the site, ``line`` counts from
    1. ``images`` are those it is about, none where it is about the study. ``inward``: it names what is not published,
    and is told to the curator alone.
    """

    code: str
    severity: Severity
    message: str
    hint: str = ""
    path: str | None = None
    line: int | None = None
    images: tuple[ImageName, ...] = ()
    inward: bool = False

    @property
    def order(self) -> tuple[int, str, str, int, str]:
        """Errors first, then by code and place."""
        return SEVERITIES.index(self.severity), self.code, self.path or "", self.line or 0, self.message


def some(names: Iterable[str]) -> str:
    """A few of ``names`` in words, each once: ``'a', 'b', 'c' and 4 more``; of many the first."""
    found = [f"{name!r}" for name in dict.fromkeys(names)]
    shown, more = found[:MOST_NAMED], len(found) - MOST_NAMED
    if more > 0:
        return f"{', '.join(shown)} and {more:,} more"
    return " and ".join(filter(None, (", ".join(shown[:-1]), shown[-1]))) if shown else ""


def counted(count: int, noun: str, total: int | None = None) -> str:
    """``1 image``, ``2,000 images``, ``3 of 5 images``."""
    of = f" of {total:,}" if total is not None else ""
    return f"{count:,}{of} {noun}{'' if (count if total is None else total) == 1 else 's'}"


def have(count: int, singular: str, plural: str) -> str:
    """The verb that goes with ``count`` things."""
    return singular if count == 1 else plural


Rule = Callable[..., Iterable[Finding]]
"""Looks at a study for faults of one family."""


def names_of(images: Sequence[ImageName]) -> str:
    """A few of these images by name."""
    return some(image.name for image in images)
