"""One window for images that are compared: a plate's wells, a dataset's images. Pure."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from math import inf

from publisher.model.statistics import ChannelStatistics, ImageStatistics
from publisher.ngff.pooled_histogram import PooledHistogram
from publisher.ngff.window import limits

REVISION = 1
"""Rises when the same statistics yield other windows."""
Window = tuple[float, float]
"""Values shown as black and as full colour."""


@dataclass(slots=True)
class _Channel:
    """What is known of one channel over all images: values, and the range of the windows that single images have."""

    values: PooledHistogram = field(default_factory=PooledHistogram)
    starts: Window = (inf, -inf)
    ends: Window = (inf, -inf)
    is_whole: bool = True

    def add(self, channel: ChannelStatistics) -> None:
        self.values.add(channel.histogram)
        self.starts = min(self.starts[0], channel.start), max(self.starts[1], channel.start)
        self.ends = min(self.ends[0], channel.end), max(self.ends[1], channel.end)
        self.is_whole = self.is_whole and channel.start == int(channel.start) and channel.end == int(channel.end)

    def window(self) -> Window:
        """The window of the pooled values, within what single images have: bins are coarser than their windows."""
        start, end = limits(self.values)
        if self.is_whole:
            start, end = round(start), round(end)
        start = min(max(start, self.starts[0]), self.starts[1])
        end = min(max(end, self.ends[0]), self.ends[1])
        return (start, end) if start < end else (self.starts[0], self.ends[1])


def shared_windows(images: Iterable[ImageStatistics]) -> dict[int, tuple[Window, ...]]:
    """The window of each channel for all of ``images`` alike, found from the values of all of them.

    The lowest start and the highest end would do too, but one bright speck in one of many wells darkens all
    others: on 48 wells of a real plate that window was 9 to 255, the one of all values is 22 to 209.
    Images with another number of channels have windows of their own, so the answer is by number of channels.
    """
    found: dict[int, tuple[_Channel, ...]] = {}
    for image in images:
        count = len(image.channels)
        channels = found.setdefault(count, tuple(_Channel() for _ in range(count)))
        for known, channel in zip(channels, image.channels, strict=True):
            known.add(channel)
    return {count: tuple(channel.window() for channel in channels) for count, channels in found.items()}


def with_windows(statistics: ImageStatistics, windows: Sequence[Window]) -> ImageStatistics:
    """``statistics`` with the windows that it shares with other images, one a channel."""
    pairs = zip(statistics.channels, windows, strict=True)
    return ImageStatistics(channels=tuple(replace(channel, start=low, end=high) for channel, (low, high) in pairs))
