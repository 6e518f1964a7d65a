"""Regions as labels: which of them become values of a label image, and what is told of each value."""

from collections.abc import Iterator, Sequence
from typing import Literal

from publisher.model.labels import LabelValue, Property, Rgba
from publisher.model.roi import ROI, Ellipse, Mask, Polygon, Rectangle, Shape

Drawn = Literal["masks", "all"]
"""The shapes that are drawn: masks alone, or all that have an inside."""
LABEL_NAMES: dict[Drawn, str] = {"masks": "masks", "all": "regions"}
"""What the label image is called, where no other of its image has that name."""

_KINDS: dict[Drawn, tuple[type[Shape], ...]] = {"masks": (Mask,), "all": (Mask, Polygon, Ellipse, Rectangle)}


def drawn_shapes(rois: Sequence[ROI], drawn: Drawn) -> tuple[tuple[ROI, tuple[Shape, ...]], ...]:
    """The regions that have shapes to draw, in their order, with those shapes: the first is value 1, and so on."""
    found = ((roi, tuple(shape for shape in roi.shapes if isinstance(shape, _KINDS[drawn]))) for roi in rois)
    return tuple((roi, shapes) for roi, shapes in found if shapes)


def label_values(rois: Sequence[ROI], drawn: Drawn) -> tuple[LabelValue, ...]:
    """What is known of each value: the region's ID ("roi"), name and words, and the colour of its shapes."""
    return tuple(
        LabelValue(value=number, rgba=_color(shapes), properties=tuple(_properties(roi, shapes)))
        for number, (roi, shapes) in enumerate(drawn_shapes(rois, drawn), start=1)
    )


def label_dtype(count: int) -> str:
    """The smallest type that numbers ``count`` regions from 1."""
    return next(name for name, most in (("uint8", 2**8), ("uint16", 2**16), ("uint32", 2**32)) if count < most)


def _properties(roi: ROI, shapes: Sequence[Shape]) -> Iterator[tuple[str, Property]]:
    yield "roi", roi.id
    if roi.name:
        yield "name", roi.name
    words = "; ".join(dict.fromkeys(shape.text for shape in shapes if shape.text))
    if words:
        yield "text", words


def _color(shapes: Sequence[Shape]) -> Rgba | None:
    """The first fill or else stroke that can be seen."""
    said = (rgba for shape in shapes for rgba in (shape.fill, shape.stroke))
    return next((rgba for rgba in said if rgba and rgba[3]), None)
