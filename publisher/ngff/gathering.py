"""What is kept of a sweep besides the store: extremes, histograms, and one plane of pixels for pictures."""

from dataclasses import dataclass
from math import inf, prod
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.model.statistics import ImageStatistics
from publisher.ngff.geometry import PICTURE_BYTES
from publisher.ngff.histogram import GrowingHistogram
from publisher.ngff.plan import ITEM_SIZES, ImagePlan, PicturePlane
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
        self.picture_level = _picture_level(plan, picture.longest_px)
        _, size_c, _, height, width = plan.levels[self.picture_level].shape
        self._plane = (picture.t, picture.z)
        self.picture: NDArray[Any] = np.zeros((size_c, height, width), self._dtype)
        self._channels = [_Channel(GrowingHistogram(self._dtype)) for _ in range(size_c)]
        self._lock = Lock()

    def take(self, level: int, place: Place, block: NDArray[Any]) -> None:
        """Look at one block (C, Y, X) that begins at ``place`` of ``level``."""
        t, c, z, y, x = place
        if level == 0:
            for offset, plane in enumerate(block):
                self._widen(c + offset, plane)
        if level == self._histogram_level:
            with self._lock:
                for offset, plane in enumerate(block):
                    self._channels[c + offset].values.add(plane)
        if level == self.picture_level and (t, z) == self._plane:
            self.picture[c : c + len(block), y : y + block.shape[1], x : x + block.shape[2]] = block

    def statistics(self) -> ImageStatistics:
        """What was gathered, once the sweep is over."""
        return ImageStatistics(
            channels=tuple(
                channel_statistics(
                    channel.values,
                    channel.minimum if channel.minimum <= channel.maximum else 0.0,
                    channel.maximum if channel.minimum <= channel.maximum else 0.0,
                    self._dtype,
                )
                for channel in self._channels
            )
        )

    def _widen(self, index: int, plane: NDArray[Any]) -> None:
        low, high = float(plane.min()), float(plane.max())
        if not (np.isfinite(low) and np.isfinite(high)):
            numbers = plane[np.isfinite(plane)]
            if not numbers.size:
                return
            low, high = float(numbers.min()), float(numbers.max())
        with self._lock:
            channel = self._channels[index]
            channel.minimum, channel.maximum = min(channel.minimum, low), max(channel.maximum, high)


def _picture_level(plan: ImagePlan, picture_px: int) -> int:
    """The smallest level not below ``picture_px`` on its longest edge, or a smaller one where channels are many."""
    fitting = [number for number, level in enumerate(plan.levels) if max(level.shape[3:]) >= picture_px]
    number = fitting[-1] if fitting else 0
    while number + 1 < len(plan.levels) and _plane_bytes(plan, number) > PICTURE_BYTES:
        number += 1
    return number


def _plane_bytes(plan: ImagePlan, number: int) -> int:
    _, size_c, _, height, width = plan.levels[number].shape
    return prod((size_c, height, width)) * ITEM_SIZES[plan.dtype]
