"""Original Metadata: what the file says in its vendor's own words."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.model.image import Image
from publisher.pages.facts import Fact, fact
from publisher.pages.image_panels.panel import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalPanel(Panel):
    """The first keys and values; ``count`` is the number of all, ``hidden`` of those that the OME-XML alone has."""

    kind: ClassVar[str] = "original"

    rows: tuple[Fact, ...]
    count: int
    hidden: int


def original_panel(image: Image) -> OriginalPanel | None:
    """Original metadata; None where there are none."""
    original = image.original
    if original is None or not original.count:
        return None
    rows = tuple(fact(pair.key, pair.value) for pair in original.pairs)
    return OriginalPanel(rows=rows, count=original.count, hidden=original.count - len(rows))
