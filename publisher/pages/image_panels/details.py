"""Image Details, in OMERO.web's wording and order."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.model.image import Image
from publisher.pages import quantities
from publisher.pages.channels import chips
from publisher.pages.facts import Fact, fact
from publisher.pages.image_panels.panel import Panel
from publisher.pages.published import PublishedImage


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailsPanel(Panel):
    """Rows of "Image Details"; ``description`` is the image's own, as plain text."""

    kind: ClassVar[str] = "details"

    rows: tuple[Fact, ...]
    description: str = ""


def details_panel(item: PublishedImage, image: Image, place: tuple[Fact, ...] = ()) -> DetailsPanel:
    """Facts of an image; ``place`` says where on a plate it is."""
    identity = fact("Image ID", item.entry.id, mono=True)
    return DetailsPanel(
        rows=(identity, *place, *_rows(item, image)), description=item.entry.description or image.description
    )


def _rows(item: PublishedImage, image: Image) -> tuple[Fact, ...]:
    pixels = image.pixels
    z_um, y_um, x_um = pixels.pixel_size_um
    published = f" (source: {pixels.dtype})" if item.dtype and item.dtype != pixels.dtype else ""
    increment = pixels.time_increment_s
    return (
        fact("Acquisition Date", quantities.day(image.acquired)),
        fact("Dimensions (XY)", quantities.by(pixels.size_x, pixels.size_y)),
        fact("Pixels Type", (item.dtype or pixels.dtype) + published),
        *((fact("Significant Bits", str(pixels.significant_bits)),) if pixels.significant_bits else ()),
        fact("Pixels Size (XYZ) (µm)", quantities.by(*(quantities.micrometres(size) for size in (x_um, y_um, z_um)))),
        fact("Z-sections/Timepoints", quantities.by(pixels.size_z, pixels.size_t)),
        *((fact("Time Increment (s)", quantities.number(increment)),) if increment else ()),
        Fact(label="Channels", channels=chips(image, item.rendering)),
        fact("ROI Count", f"{item.regions.rois if item.regions else 0:,}"),
    )
