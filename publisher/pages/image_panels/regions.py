"""ROIs: regions of interest as a list, and drawn over the picture."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.model.image import Image
from publisher.pages import quantities
from publisher.pages.image_panels.panel import Panel
from publisher.pages.image_panels.picture import as_picture
from publisher.pages.links import Linker
from publisher.pages.page import Picture
from publisher.pages.published import ListedShape, PublishedImage, PublishedRegions

_ALL = "all"
_TITLES = {
    ".json": "Region JSON",
    ".geojson": "GeoJSON (QuPath)",
    ".zip": "ImageJ RoiSet.zip",
    ".csv": "Table (CSV)",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionRow:
    """One shape. ``roi`` is the region's name, else its ID; ``first`` is true for the first shape of a region.

    ``z``, ``t`` and ``c`` count from 1, "all" is every plane of the axis. ``area`` and ``length`` are numbers in the
    units of the panel, "–" where a shape has none.
    """

    roi: str
    roi_id: str
    shape_id: str
    first: bool
    kind: str
    text: str
    z: str
    t: str
    c: str
    area: str
    length: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionFile:
    """A file with all regions: ``size`` in words."""

    title: str
    href: str
    size: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsPanel(Panel):
    """The first shapes of an image: ``rows``, ``more`` counts the others.

    ``picture`` is the image's, ``overlay`` the shapes to be laid over it; ``caption`` says what is drawn. ``summary``
    counts in words. ``area_unit`` is "µm²" or "px²", ``length_unit`` "µm" or "px".
    """

    kind: ClassVar[str] = "regions"

    count: int
    summary: str
    rows: tuple[RegionRow, ...]
    more: int
    picture: Picture | None
    overlay: Picture
    caption: str
    area_unit: str
    length_unit: str
    files: tuple[RegionFile, ...]


def regions_panel(item: PublishedImage, image: Image, linker: Linker) -> RegionsPanel | None:
    """Regions of an image; None where there are none."""
    regions = item.regions
    if regions is None:
        return None
    _, y_um, x_um = image.pixels.pixel_size_um
    unit = "µm" if x_um and y_um else "px"
    file = item.pictures.picture if item.pictures else None
    return RegionsPanel(
        count=regions.rois,
        summary=_summary(regions),
        rows=tuple(
            _row(shape, number == 0 or regions.listed[number - 1].roi_id != shape.roi_id)
            for number, shape in enumerate(regions.listed)
        ),
        more=regions.shapes - len(regions.listed),
        picture=as_picture(file, "", linker) if file else None,
        overlay=as_picture(regions.overlay, f"{item.name} with {_summary(regions)} drawn", linker),
        caption=_caption(regions, image),
        area_unit=f"{unit}²",
        length_unit=unit,
        files=tuple(
            RegionFile(title=_TITLES[each.path.suffix], href=linker.to(each.path), size=quantities.byte_size(each.size))
            for each in regions.files
            if each.path and each.size is not None
        ),
    )


def _summary(regions: PublishedRegions) -> str:
    kinds = ", ".join(quantities.count(number, kind) for kind, number in regions.kinds)
    return f"{quantities.count(regions.rois, 'ROI')}: {kinds}"


def _caption(regions: PublishedRegions, image: Image) -> str:
    drawn = f"The first {regions.drawn:,} shapes are" if regions.drawn < regions.shapes else "All shapes are"
    pixels = image.pixels
    other = "; those of other planes than the picture's are faint" if pixels.size_z > 1 or pixels.size_t > 1 else ""
    return f"{drawn} drawn{other}."


def _row(shape: ListedShape, first: bool) -> RegionRow:
    return RegionRow(
        roi=shape.roi_name or shape.roi_id,
        roi_id=shape.roi_id,
        shape_id=shape.shape_id,
        first=first,
        kind=shape.kind.capitalize(),
        text=shape.text,
        z=_index(shape.z),
        t=_index(shape.t),
        c=_index(shape.c),
        area=_number(shape.area),
        length=_number(shape.length),
    )


def _index(index: int | None) -> str:
    return _ALL if index is None else str(index)


def _number(value: float | None) -> str:
    return quantities.MISSING if value is None else quantities.number(value)
