"""What is kept of a sweep besides the store: extremes, histograms, and the pixels of pictures."""

from dataclasses import dataclass
from math import inf
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.model.statistics import ChannelStatistics, ImageStatistics, Projection
from publisher.ngff.histogram import GrowingHistogram
from publisher.ngff.kept_planes import KeptPlanes
from publisher.ngff.plan import ImagePlan, PicturePlane
from publisher.ngff.statistics import channel_statistics
from publisher.ngff.store_writer import Place

HISTOGRAM_LEVEL = 2
"""Level whose values are counted (a sixteenth of the pixels), or the last where there are fewer."""


@dataclass(slots=True)
class _Channel:
    values: GrowingHistogram
    minimum: float = inf
    maximum: float = -inf


class Gathering:
    """Takes blocks of a sweep from any thread; what comes out does not depend on their order."""

    def __init__(self, plan: ImagePlan, picture: PicturePlane) -> None:
        self._dtype = np.dtype(plan.dtype)
        self._histogram_level = min(HISTOGRAM_LEVEL, len(plan.levels) - 1)
        self.planes = KeptPlanes(plan, picture)
        self._channels = [_Channel(GrowingHistogram(self._dtype)) for _ in range(plan.levels[0].shape[1])]
        self._lock = Lock()

    def take(self, level: int, place: Place, block: NDArray[Any]) -> None:
        """Look at one block (C, Y, X) that begins at ``place`` of ``level``."""
        c = place[1]
        if level == 0:
            for offset, plane in enumerate(block):
                self._widen(c + offset, plane)
        if level == self._histogram_level:
            with self._lock:
                for offset, plane in enumerate(block):
                    self._channels[c + offset].values.add(plane)
        self.planes.take(level, place, block)

    def statistics(self) -> ImageStatistics:
        """What was gathered, once the sweep is over."""
        channels = tuple(self._statistics(channel) for channel in self._channels)
        if self.planes.projection is None:
            return ImageStatistics(channels=channels)
        seen = tuple(self._of_plane(plane) for plane in self.planes.projection)
        return ImageStatistics(channels=channels, projections=(Projection(axis="z", method="max", channels=seen),))

    def _statistics(self, channel: _Channel) -> ChannelStatistics:
        low, high = channel.minimum, channel.maximum
        known = low <= high
        return channel_statistics(channel.values, low if known else 0.0, high if known else 0.0, self._dtype)

    def _of_plane(self, plane: NDArray[Any]) -> ChannelStatistics:
        values = GrowingHistogram(self._dtype)
        values.add(plane)
        low, high = _extremes(plane) or (0.0, 0.0)
        return channel_statistics(values, low, high, self._dtype)

    def _widen(self, index: int, plane: NDArray[Any]) -> None:
        found = _extremes(plane)
        if found is None:
            return
        with self._lock:
            channel = self._channels[index]
            channel.minimum, channel.maximum = min(channel.minimum, found[0]), max(channel.maximum, found[1])


def _extremes(plane: NDArray[Any]) -> tuple[float, float] | None:
    """Smallest and largest finite value; None where there is none."""
    low, high = float(plane.min()), float(plane.max())
    if np.isfinite(low) and np.isfinite(high):
        return low, high
    numbers = plane[np.isfinite(plane)]
    return (float(numbers.min()), float(numbers.max())) if numbers.size else None
