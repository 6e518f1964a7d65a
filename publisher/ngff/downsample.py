"""Halving a plane: the exact rounded mean of each 2 x 2 square, or one of its labels; nothing dropped or shifted."""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[Any]

_STRIP_ROWS = 32
"""Rows of output made at once, so that the wider sums stay in the processor's cache."""

_WIDER = {1: 2, 2: 4, 4: 8}


def halve(block: Array) -> Array:
    """Mean over 2 x 2 squares of the last two axes; (..., Y, X) to (..., ceil(Y/2), ceil(X/2)), same dtype.

    The last row or column of an odd edge is repeated. Integers: floor((sum + 2) / 4). Floats: the mean in
    float32, of those that are not NaN; NaN where all four are.
    """
    block = _even(block)
    height, width = block.shape[-2] // 2, block.shape[-1] // 2
    halved = np.empty((*block.shape[:-2], height, width), block.dtype)
    mean = _mean_for(block.dtype)
    planes, targets = block.reshape(-1, *block.shape[-2:]), halved.reshape(-1, height, width)
    for plane, target in zip(planes, targets, strict=True):
        for row in range(0, height, _STRIP_ROWS):
            target[row : row + _STRIP_ROWS] = mean(plane[2 * row : 2 * (row + _STRIP_ROWS)])
    return halved


def pick(block: Array, level: int) -> Array:
    """One pixel of each 2 x 2 square, for values that have no mean; shapes as of `halve`, for blocks of ``level``.

    The upper left and the lower right one are taken in turn, so that labels stay within a quarter of a pixel of
    their image on every level; always the same one would drift by half a pixel.
    """
    return np.ascontiguousarray(_even(block)[..., 1::2, 1::2] if level % 2 else block[..., ::2, ::2])


def _even(block: Array) -> Array:
    odd_y, odd_x = block.shape[-2] & 1, block.shape[-1] & 1
    if not (odd_y or odd_x):
        return block
    return np.pad(block, [(0, 0)] * (block.ndim - 2) + [(0, odd_y), (0, odd_x)], mode="edge")


def _mean_for(dtype: np.dtype[Any]) -> Callable[[Array], Array]:
    """The mean of the 2 x 2 squares of some rows, an even number of each edge."""
    if dtype.kind == "f":
        return _float_mean
    return _long_mean if dtype.itemsize == 8 else _integer_mean


def _integer_mean(rows: Array) -> Array:
    # Whole rows are added first: neighbours in memory are added faster than every other pixel.
    pairs = rows[0::2].astype(f"{rows.dtype.kind}{_WIDER[rows.dtype.itemsize]}")
    pairs += rows[1::2]
    total: Array = pairs[:, 0::2] + pairs[:, 1::2]
    total += 2
    total >>= 2
    return total


def _long_mean(rows: Array) -> Array:
    """The same for 64 bits, where no wider type exists: quarters and remainders are added apart."""
    a, b, c, d = _four(rows)
    remainders = (a & 3) + (b & 3) + (c & 3) + (d & 3) + 2
    mean: Array = (a >> 2) + (b >> 2) + (c >> 2) + (d >> 2) + (remainders >> 2)
    return mean


def _float_mean(rows: Array) -> Array:
    a, b, c, d = _four(rows)
    with np.errstate(over="ignore", invalid="ignore"):
        mean: Array = ((a + b) + (c + d)) * rows.dtype.type(0.25)
        finite = np.isfinite(mean)
        if finite.all():
            return mean
        return np.where(finite, mean, _mean_of_numbers(a, b, c, d))


def _four(rows: Array) -> tuple[Array, Array, Array, Array]:
    """Upper left, upper right, lower left and lower right pixels of each square."""
    return rows[0::2, 0::2], rows[0::2, 1::2], rows[1::2, 0::2], rows[1::2, 1::2]


def _mean_of_numbers(a: Array, b: Array, c: Array, d: Array) -> Array:
    """Mean of those of four that are not NaN, in float64: where a sum in float32 was not finite."""
    four = np.stack([a, b, c, d]).astype(np.float64)
    known = ~np.isnan(four)
    total = np.where(known, four, 0.0).sum(axis=0)
    count = known.sum(axis=0)
    mean: Array = np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0)
    return mean.astype(a.dtype)
