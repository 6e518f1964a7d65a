"""Which pixels a shape covers: those whose centre lies inside it, as ImageJ counts them; of lines, those they cross."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from publisher.model.roi import Ellipse, Label, Line, Mask, Matrix, Point, Point2, Polyline, Shape
from publisher.model.shape_outline import Ring, box, outline

Covered = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Window:
    """Pixels from (x0, y0) to, not including, (x1, y1)."""

    x0: int
    y0: int
    x1: int
    y1: int

    @property
    def width(self) -> int:
        """Columns."""
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        """Rows."""
        return self.y1 - self.y0

    def within(self, other: "Window") -> "Window | None":
        """What both cover; None for nothing."""
        x0, y0 = max(self.x0, other.x0), max(self.y0, other.y0)
        x1, y1 = min(self.x1, other.x1), min(self.y1, other.y1)
        return Window(x0, y0, x1, y1) if x0 < x1 and y0 < y1 else None


def reach(shape: Shape, image: Window) -> Window | None:
    """The pixels of ``image`` that ``shape`` may cover; None where there are none."""
    if isinstance(shape, Label):
        return None
    x0, y0, x1, y1 = np.clip(np.floor(box(shape)), -(2.0**40), 2.0**40).astype(np.int64).tolist()
    return Window(x0, y0, x1 + 1, y1 + 1).within(image)


def covered(shape: Shape, window: Window) -> Covered:
    """The pixels of ``window`` that ``shape`` covers, (Y, X)."""
    match shape:
        case Label():
            return _nothing(window)
        case Point() | Line() | Polyline():
            return _along(outline(shape).rings[0], window)
        case Ellipse():
            return _in_ellipse(shape, window)
        case Mask():
            return _in_mask(shape, window)
        case _:
            return _in_rings(outline(shape).rings, window)


def _nothing(window: Window) -> Covered:
    return np.zeros((window.height, window.width), np.bool_)


def _in_rings(rings: Sequence[Ring], window: Window) -> Covered:
    """Even-odd: each edge turns over all pixels of a row to the right of where it crosses the row's middle."""
    turns = np.zeros((window.height, window.width + 1), np.uint8)
    for ring in rings:
        here = np.asarray(ring, np.float64) - (window.x0, window.y0)
        there = np.roll(here, -1, axis=0)
        # rows whose middle y + 0.5 lies between the ends: from ceil(low - 0.5) to, not including, ceil(high - 0.5)
        ends = np.ceil(np.stack([here[:, 1], there[:, 1]]) - 0.5)
        low, high = np.clip(ends, 0, window.height).astype(np.int64)
        first, counts = np.minimum(low, high), np.abs(high - low)
        for start in range(0, len(counts), _EDGES):
            part = slice(start, start + _EDGES)
            _cross(turns, here[part], there[part], first[part], counts[part])
    inside: Covered = (np.cumsum(turns, axis=1, dtype=np.uint8)[:, :-1] & 1).astype(np.bool_)
    return inside


_EDGES = 4096
"""Edges of an outline that are looked at together."""


def _cross(
    turns: NDArray[np.uint8],
    here: NDArray[np.float64],
    there: NDArray[np.float64],
    first: NDArray[np.int64],
    counts: NDArray[np.int64],
) -> None:
    """Mark where edges cross the middles of rows: pixels whose centre is right of that are turned over."""
    edge = np.repeat(np.arange(len(counts)), counts)
    if not len(edge):
        return
    rows = np.arange(len(edge)) - np.repeat(np.cumsum(counts) - counts, counts) + first[edge]
    (xa, ya), (xb, yb) = here[edge].T, there[edge].T
    x = xa + (rows + 0.5 - ya) * (xb - xa) / (yb - ya)
    columns = np.clip(np.ceil(x - 0.5), 0, turns.shape[1] - 1).astype(np.int64)
    np.add.at(turns, (rows, columns), 1)


def _centres(window: Window, transform: Matrix | None) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """x and y of the pixels' centres before the transform, each (Y, X); None where it leaves nothing of the plane."""
    x, y = np.meshgrid(
        np.arange(window.x0, window.x1, dtype=np.float64) + 0.5, np.arange(window.y0, window.y1, dtype=np.float64) + 0.5
    )
    if transform is None:
        return x, y
    a00, a10, a01, a11, a02, a12 = transform
    determinant = a00 * a11 - a01 * a10
    if determinant == 0:
        return None
    x, y = x - a02, y - a12
    return (a11 * x - a01 * y) / determinant, (a00 * y - a10 * x) / determinant


def _in_ellipse(shape: Ellipse, window: Window) -> Covered:
    centres = _centres(window, shape.transform)
    if centres is None or not shape.radius_x or not shape.radius_y:
        return _nothing(window)
    u, v = (centres[0] - shape.x) / shape.radius_x, (centres[1] - shape.y) / shape.radius_y
    inside: Covered = u * u + v * v <= 1
    return inside


def _in_mask(shape: Mask, window: Window) -> Covered:
    centres = _centres(window, shape.transform)
    if centres is None or not shape.width or not shape.height:
        return _nothing(window)
    columns = np.floor((centres[0] - shape.x) * shape.columns / shape.width)
    rows = np.floor((centres[1] - shape.y) * shape.rows / shape.height)
    inside = (columns >= 0) & (columns < shape.columns) & (rows >= 0) & (rows < shape.rows)
    flat = np.where(inside, rows * shape.columns + columns, 0).astype(np.int64)
    bits = np.frombuffer(shape.bits, np.uint8)
    is_set: Covered = ((bits[flat >> 3] >> (7 - (flat & 7)).astype(np.uint8)) & 1).astype(np.bool_)
    return is_set & inside


def _along(points: Sequence[Point2], window: Window) -> Covered:
    """Of each line one pixel in every column that it crosses, or in every row where those are more."""
    found = _nothing(window)
    corners = [(x - window.x0, y - window.y0) for x, y in points]
    for (xa, ya), (xb, yb) in zip(corners, corners[1:] or corners, strict=False):
        if abs(xb - xa) >= abs(yb - ya):
            columns, rows = _steps((xa, ya), (xb, yb), window.width)
        else:
            rows, columns = _steps((ya, xa), (yb, xb), window.height)
        keep = (columns >= 0) & (columns < window.width) & (rows >= 0) & (rows < window.height)
        found[rows[keep], columns[keep]] = True
    return found


def _steps(start: Point2, end: Point2, size: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Places from 0 to ``size`` along the first axis, and those on the second where the line is in their middle.

    Each is found by itself: a line is the same pixels in whichever windows it is looked at.
    """
    low, high = min(start[0], end[0]), max(start[0], end[0])
    places = np.arange(max(0, math.floor(low)), min(size - 1, math.floor(high)) + 1)
    middles = np.clip(places + 0.5, low, high)
    share = (middles - start[0]) / ((end[0] - start[0]) or 1.0)
    across = np.clip(np.floor(start[1] + share * (end[1] - start[1])), -1, 2.0**40)
    return places, across.astype(np.int64)
