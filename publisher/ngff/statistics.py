"""What a sweep learns of an image's values, and the window that shows them: one algorithm for every picture."""

from math import inf, nextafter
from typing import Any

import numpy as np

from publisher.model.statistics import ChannelStatistics, Histogram
from publisher.ngff.histogram import GrowingHistogram
from publisher.ngff.window import limits

_FLOOR = 32
"""Grey levels that a window of integers spans at least, so that an empty field stays dark."""


def channel_statistics(
    values: GrowingHistogram, minimum: float, maximum: float, dtype: "np.dtype[Any]"
) -> ChannelStatistics:
    """Statistics of one channel from its histogram (level 2) and extremes (level 0)."""
    low, high, counts = values.shown()
    start, end = robust_window(values, minimum, maximum, dtype)
    return ChannelStatistics(
        minimum=minimum, maximum=maximum, start=start, end=end, histogram=Histogram(low=low, high=high, counts=counts)
    )


def robust_window(
    values: GrowingHistogram, minimum: float, maximum: float, dtype: "np.dtype[Any]"
) -> tuple[float, float]:
    """(start, end) with ``minimum <= start < end <= maximum``; a constant channel ends at start + 1."""
    if not maximum > minimum:
        return minimum, _above(minimum)
    start, end = limits(values)
    floor = _FLOOR if dtype.kind in "ui" and dtype.itemsize <= 2 else (maximum - minimum) / 256
    end = min(max(end, start + floor), maximum)
    start = max(min(start, end - floor), minimum)
    return (start, end) if start < end else (minimum, maximum)


def _above(value: float) -> float:
    """One more, or the next number there is where one more makes no difference."""
    return max(value + 1, nextafter(value, inf))
