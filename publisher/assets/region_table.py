"""The regions of an image as a table: a row for each shape, its size, and the intensities under it."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from io import StringIO

from publisher.assets.region_measure import Intensity, Measured
from publisher.assets.spreadsheet import safe
from publisher.formats.region_json import kind_of
from publisher.model.roi import ROI, Shape
from publisher.model.shape_outline import area, box, length

ABOUT = (
    "roi", "roi_name", "shape", "type", "text", "z", "t", "c", "x", "y", "width", "height",
    "area_px2", "area_um2", "length_px", "length_um", "measured_z", "measured_t", "pixels",
)  # fmt: skip
"""Columns before those of the channels."""
OF_CHANNEL = ("mean", "sd", "min", "max", "sum", "count")


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFacts:
    """What rows need of the image: names of its channels, and the size of a pixel (x, y) in µm, where that is known."""

    channels: tuple[str, ...]
    pixel_size_um: tuple[float, float] | None


def region_table(rois: Sequence[ROI], measured: Sequence[Measured | None], image: ImageFacts) -> bytes:
    """CSV with a row for each shape in order. Planes and channels count from 1, empty is all of them."""
    text = StringIO()
    table = csv.writer(text, lineterminator="\n")
    names = channel_names(image.channels)
    table.writerow([*ABOUT, *(safe(f"{name} {what}") for name in names for what in OF_CHANNEL)])
    shapes = ((roi, shape) for roi in rois for shape in roi.shapes)
    for (roi, shape), found in zip(shapes, measured, strict=True):
        table.writerow([*_about(roi, shape, found, image), *_intensities(found, len(names))])
    return text.getvalue().encode()


def channel_names(channels: Sequence[str]) -> list[str]:
    """Each channel's name, with its number where it has none or another has the same."""
    said = [name.strip() for name in channels]
    return [
        name if name and said.count(name) == 1 else f"{name or 'channel'} {number}"
        for number, name in enumerate(said, start=1)
    ]


def _about(roi: ROI, shape: Shape, found: Measured | None, image: ImageFacts) -> list[object]:
    x0, y0, x1, y1 = box(shape)
    micrometres = sizes_um(shape, image.pixel_size_um)
    return [
        safe(roi.id),
        safe(roi.name),
        safe(shape.id),
        kind_of(shape),
        safe(shape.text),
        *(_from_1(index) for index in (shape.plane.z, shape.plane.t, shape.plane.c)),
        *(number(value) for value in (x0, y0, x1 - x0, y1 - y0)),
        number(area(shape)),
        number(micrometres[0]),
        number(length(shape)),
        number(micrometres[1]),
        found.z + 1 if found else "",
        found.t + 1 if found else "",
        found.pixels if found else 0,
    ]


def sizes_um(shape: Shape, pixel_size_um: tuple[float, float] | None) -> tuple[float | None, float | None]:
    """Area in µm² and length in µm; None where there is none, or the size of a pixel is not known."""
    if pixel_size_um is None:
        return None, None
    inside = area(shape)
    return (None if inside is None else inside * pixel_size_um[0] * pixel_size_um[1]), length(shape, pixel_size_um)


def _intensities(found: Measured | None, channels: int) -> list[object]:
    if found is None:
        return [""] * (channels * len(OF_CHANNEL))
    return [value for one in found.channels for value in _intensity(one)]


def _intensity(one: Intensity) -> list[object]:
    if not one.count:
        return ["", "", "", "", "", 0]
    return [*(number(value) for value in (one.mean, one.deviation, one.least, one.most, one.sum)), one.count]


def number(value: float | None) -> str:
    """At most ten digits that count, whole numbers without a point; empty for None."""
    if value is None:
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.10g}"


def _from_1(index: int | None) -> object:
    return "" if index is None else index + 1
