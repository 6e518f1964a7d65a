"""The objects of a label image: which values there are, how many pixels each has, and the box around it.

Labels are even along rows, so rows are cut into runs of one value; what is counted are runs, not pixels.
"""

from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_OBJECTS = 200_000
"""Values of one label image that are counted; of more nothing is told."""
_WAITING_ROWS = 1 << 18
"""Objects of blocks that wait to be put together."""
_STRIP_PX = 1 << 18
"""Pixels cut into runs at once: of noise each is a run."""

COLUMNS = ("value", "pixels", "t0", "t1", "z0", "z1", "y0", "y1", "x0", "x1")
"""Of a row of the table: the value, its pixels of level 0, first and last index on each axis."""
Rows = NDArray[np.int64]
_LOWEST, _HIGHEST = (2, 4, 6, 8), (3, 5, 7, 9)


class LabelTable:
    """Takes blocks of level 0 from any thread; what comes out does not depend on their order."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._parts: list[Rows] = []
        self._waiting = 0
        self._too_many = False

    def add(self, t: int, z: int, y: int, x: int, plane: NDArray[Any]) -> None:
        """Count a block (Y, X) of integers whose first pixel is at ``t``, ``z``, ``y``, ``x``; 0 is no object."""
        step = max(1, _STRIP_PX // plane.shape[1])
        for top in range(0, plane.shape[0], step):
            if self._too_many:
                return
            rows = _joined(_runs(plane[top : top + step]))
            rows[:, 2:4], rows[:, 4:6] = t, z
            rows[:, 6:8] += y + top
            rows[:, 8:10] += x
            with self._lock:
                self._parts.append(rows)
                self._waiting += len(rows)
                if self._waiting > _WAITING_ROWS:
                    self._join()

    def rows(self) -> Rows | None:
        """One row for each value, sorted, with `COLUMNS`; None where there are more than `MOST_OBJECTS`."""
        with self._lock:
            self._join()
            return None if self._too_many else self._parts[0]

    def _join(self) -> None:
        joined = _joined(np.concatenate(self._parts or [np.zeros((0, len(COLUMNS)), np.int64)]))
        self._too_many = self._too_many or len(joined) > MOST_OBJECTS
        self._parts = [] if self._too_many else [joined]
        # Counted from what is left, so that a table near the limit is not joined anew with every block.
        self._waiting = 0


def _runs(plane: NDArray[Any]) -> Rows:
    """A row for each run of one value, 0 left out, with indices within the block."""
    height, width = plane.shape
    starts = np.ones(plane.shape, np.bool_)
    np.not_equal(plane[:, 1:], plane[:, :-1], out=starts[:, 1:])
    first = np.flatnonzero(starts)
    lengths = np.diff(first, append=height * width)
    values = plane.reshape(-1)[first].astype(np.int64)
    objects = values != 0
    first, lengths, values = first[objects], lengths[objects], values[objects]
    rows = np.zeros((len(first), len(COLUMNS)), np.int64)
    rows[:, 0], rows[:, 1] = values, lengths
    rows[:, 6] = rows[:, 7] = first // width
    rows[:, 8] = first % width
    rows[:, 9] = rows[:, 8] + lengths - 1
    return rows


def _joined(rows: Rows) -> Rows:
    """One row for each value."""
    if not len(rows):
        return rows
    rows = rows[np.argsort(rows[:, 0], kind="stable")]
    first = np.flatnonzero(np.diff(rows[:, 0], prepend=rows[0, 0] - 1))
    joined = rows[first]
    joined[:, 1] = np.add.reduceat(rows[:, 1], first)
    for column in _LOWEST:
        joined[:, column] = np.minimum.reduceat(rows[:, column], first)
    for column in _HIGHEST:
        joined[:, column] = np.maximum.reduceat(rows[:, column], first)
    return joined
