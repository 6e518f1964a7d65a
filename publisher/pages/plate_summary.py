"""Plates in brief: what a study, a screen and the plate itself tell of many images, gathered in one pass."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from publisher import urls
from publisher.model.container import Entry
from publisher.model.plate_contents import PlateContents, WellContents
from publisher.pages import quantities
from publisher.pages.channels import Chip
from publisher.pages.image_panels.picture import as_picture
from publisher.pages.links import Linker
from publisher.pages.page import Picture
from publisher.pages.published import PictureFile, PublishedImage
from publisher.pages.summary import DatasetSummary, summarize

IMAGED, UNPUBLISHED, EMPTY, MISSING = "imaged", "unpublished", "empty", "missing"
"""What is in a well: images; images or rows, but no pixels here; nothing. Or no well is there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WellSummary:
    """One well: ``state``, how many of its ``images`` are published, and the thumbnail of the first of them."""

    state: str
    images: int = 0
    thumbnail: PictureFile | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateSummary:
    """A plate with what its pages and those above it tell. ``images`` sums up its images and what rows say of others.

    ``wells`` are those of ``contents``, in their order.
    """

    contents: PlateContents
    images: DatasetSummary
    wells: tuple[WellSummary, ...]

    @property
    def published(self) -> int:
        """Images with pixels."""
        return self.images.images - self.images.without_pixels

    @property
    def imaged(self) -> int:
        """Wells with published images."""
        return sum(well.state == IMAGED for well in self.wells)

    @property
    def unpublished(self) -> int:
        """Wells that are spoken of, or were imaged, of which no pixels are published."""
        return sum(well.state == UNPUBLISHED for well in self.wells)

    @property
    def empty(self) -> int:
        """Wells in which there is nothing."""
        listed = sum(well.state == EMPTY for well in self.wells)
        return listed + (self.places - len(self.wells) if self.contents.is_full else 0)

    @property
    def places(self) -> int:
        """Places for wells: rows times columns."""
        return len(self.contents.rows) * len(self.contents.columns)

    @property
    def most_fields(self) -> int:
        """Images in the well that has most of them."""
        return max((well.images for well in self.wells), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateRow:
    """A plate in the table of its study or screen: ``wells`` in words ("24 of 384"), ``picture`` of one well.

    ``fields`` are images in the well that has most of them, ``runs`` its acquisitions.
    """

    name: str
    href: str
    wells: str
    fields: int
    images: int
    runs: int
    channels: tuple[Chip, ...]
    size: str
    picture: Picture | None


def summarize_plate(contents: PlateContents, item: Callable[[Entry], PublishedImage]) -> PlateSummary:
    """A plate in brief, from one pass over its images."""
    wells: list[WellSummary] = []

    def items() -> Iterator[PublishedImage]:
        for well in contents.wells:
            shown = []
            for field in well.fields:
                found = item(field.entry)
                shown += [found.pictures.thumbnail] if found.image and found.pictures else []
                yield found
            for _ in well.records:
                yield PublishedImage(entry=Entry(id="", name="", ref=None))
            wells.append(_well(well, shown))
        for entry in contents.unplaced:
            yield item(entry)

    brief = summarize((contents.id, contents.name), contents.description, items())
    return PlateSummary(contents=contents, images=brief, wells=tuple(wells))


def _well(well: WellContents, shown: list[PictureFile]) -> WellSummary:
    if shown:
        return WellSummary(state=IMAGED, images=len(shown), thumbnail=shown[0])
    spoken_of = well.fields or well.taken or well.about or well.records
    return WellSummary(state=UNPUBLISHED if spoken_of else EMPTY)


def plate_row(summary: PlateSummary, slug: str, linker: Linker) -> PlateRow:
    """A plate as a row of a table."""
    first = next((well.thumbnail for well in summary.wells if well.thumbnail), None)
    total = summary.places if summary.contents.is_full else len(summary.wells)
    return PlateRow(
        name=summary.contents.name,
        href=linker.to(urls.plate(slug, summary.contents.id)),
        wells=f"{summary.imaged:,} of {total:,}",
        fields=summary.most_fields,
        images=summary.images.images,
        runs=len(summary.contents.acquisitions),
        channels=summary.images.channels,
        size=summary.images.size_xy or quantities.MISSING,
        picture=as_picture(first, "", linker) if first else None,
    )
