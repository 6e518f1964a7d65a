"""Which pixels a shape covers: those whose centre lies inside it, as ImageJ counts them; of lines, those they cross."""

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
    """One pixel for each column or row that a line crosses, whichever are more."""
    found = _nothing(window)
    corners = [(x - window.x0, y - window.y0) for x, y in points]
    for start, end in zip(corners, corners[1:] or corners, strict=False):
        part = _clipped(start, end, window)
        if part is None:
            continue
        (xa, ya), (xb, yb) = part
        steps = int(max(abs(xb - xa), abs(yb - ya))) + 1
        share = np.linspace(0.0, 1.0, steps + 1)
        xs = np.floor(xa + (xb - xa) * share).astype(np.int64)
        ys = np.floor(ya + (yb - ya) * share).astype(np.int64)
        keep = (xs >= 0) & (xs < window.width) & (ys >= 0) & (ys < window.height)
        found[ys[keep], xs[keep]] = True
    return found


def _clipped(start: Point2, end: Point2, window: Window) -> tuple[Point2, Point2] | None:
    """The part of a line that lies on the window (Liang and Barsky, 1984); None where none does."""
    low, high = 0.0, 1.0
    dx, dy = end[0] - start[0], end[1] - start[1]
    for step, gap in (
        (-dx, start[0]),
        (dx, window.width - start[0]),
        (-dy, start[1]),
        (dy, window.height - start[1]),
    ):
        if step == 0:
            if gap < 0:
                return None
        elif step < 0:
            low = max(low, gap / step)
        else:
            high = min(high, gap / step)
    if low > high:
        return None
    return (start[0] + low * dx, start[1] + low * dy), (start[0] + high * dx, start[1] + high * dy)
