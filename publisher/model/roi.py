"""Regions of interest: shapes on the planes of an image, in pixels of level 0.

x goes to the right, y down; (0, 0) is the outer corner of the first pixel, as in OME and SVG.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.model.annotation import Annotation

Point2 = tuple[float, float]
"""(x, y)."""
Matrix = tuple[float, float, float, float, float, float]
"""[a00, a10, a01, a11, a02, a12]: x' = a00 x + a01 y + a02, y' = a10 x + a11 y + a12; the order of an SVG matrix()."""
Rgba = tuple[int, int, int, int]
"""Red, green, blue and opacity, 0 to 255."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plane:
    """Where a shape is seen: an index from 0, or None for all planes of that axis (OME: TheT, TheC, TheZ absent)."""

    t: int | None = None
    c: int | None = None
    z: int | None = None


EVERYWHERE = Plane()


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """What all shapes have; ``stroke_width`` and ``font_size`` are in pixels, None where nothing is said."""

    id: str = ""
    plane: Plane = EVERYWHERE
    text: str = ""
    transform: Matrix | None = None
    fill: Rgba | None = None
    stroke: Rgba | None = None
    stroke_width: float | None = None
    dashes: tuple[float, ...] = ()
    font_size: float | None = None
    locked: bool = False
    annotations: tuple[Annotation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rectangle(Shape):
    """A box with its upper left corner at (x, y)."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Ellipse(Shape):
    """An ellipse about (x, y)."""

    x: float
    y: float
    radius_x: float
    radius_y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Point(Shape):
    """A point."""

    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Shape):
    """A line between two points."""

    start: Point2
    end: Point2
    arrow_start: bool = False
    arrow_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Polyline(Shape):
    """An open line through at least two points."""

    points: tuple[Point2, ...]
    arrow_start: bool = False
    arrow_end: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Polygon(Shape):
    """A closed outline of at least three points."""

    points: tuple[Point2, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Label(Shape):
    """Words at (x, y): ``text``."""

    x: float
    y: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Mask(Shape):
    """Pixels inside a box: ``bits`` are rows of ``columns`` pixels, packed one after the other, first pixel in the
    highest bit, no padding between rows (OME Mask's BinData). ``width`` and ``height`` are the box on the image."""

    x: float
    y: float
    width: float
    height: float
    rows: int
    columns: int
    bits: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class ROI:
    """Shapes that are one thing, such as one cell on several planes. ``id`` is the source's ("ROI:3")."""

    id: str
    shapes: Sequence[Shape]
    name: str = ""
    description: str = ""
    annotations: tuple[Annotation, ...] = ()
