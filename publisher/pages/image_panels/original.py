"""Original Metadata: what the file says in its vendor's own words."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.model.image import Image
from publisher.pages.facts import Fact, fact
from publisher.pages.image_panels.panel import Panel
from publisher.pages.links import Linker
from publisher.pages.page import SiteFacts
from publisher.pages.published import PublishedImage


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalPanel(Panel):
    """The first keys and values; ``count`` is the number of all, ``hidden`` of those that the OME-XML alone has.

    ``href`` leads to the OME-XML of the whole file, where that is part of the site's data.
    """

    kind: ClassVar[str] = "original"

    rows: tuple[Fact, ...]
    count: int
    hidden: int
    href: str | None


def original_panel(item: PublishedImage, image: Image, linker: Linker, site: SiteFacts) -> OriginalPanel | None:
    """Original metadata; None where there are none."""
    original = image.original
    if original is None or not original.count:
        return None
    rows = tuple(fact(pair.key, pair.value) for pair in original.pairs)
    return OriginalPanel(
        rows=rows, count=original.count, hidden=original.count - len(rows), href=_document(item, linker, site)
    )


def _document(item: PublishedImage, linker: Linker, site: SiteFacts) -> str | None:
    if item.fileset is None:
        return None
    path = item.fileset / "OME" / "METADATA.ome.xml"
    return site.addresses.data(path) if site.addresses.data_url else linker.to(path)
