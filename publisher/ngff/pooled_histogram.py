"""Histograms of several images as one, for a window that they share. Pure: planning needs no arrays for it."""

from bisect import bisect_left
from collections.abc import Sequence
from itertools import accumulate
from math import floor, frexp

from publisher.model.statistics import Histogram

MOST_BINS = 8192
"""Bins that are kept; a histogram of one image has 256."""


class PooledHistogram:
    """Shares of values over bins that are powers of two wide and join in pairs as the range grows.

    Each image counts alike, whatever its size. Within a bin values are taken to be spread evenly.
    """

    def __init__(self) -> None:
        self._width = 0.0
        self._first = 0
        self._shares: list[float] = []

    def add(self, histogram: Histogram) -> None:
        """Pool one image's histogram; one without counts changes nothing."""
        total, bins = sum(histogram.counts), len(histogram.counts)
        step = (histogram.high - histogram.low) / max(bins, 1)
        if not total or not step > 0:
            return
        self._make_room(histogram.low, histogram.high, step)
        for number, count in enumerate(histogram.counts):
            if count:
                low = histogram.low + number * step
                self._spread(low, low + step, count / total)

    def quantile(self, fraction: float) -> float:
        """Value that ``fraction`` of the values lie below; 0 when nothing was pooled."""
        if not self._shares:
            return 0.0
        sums = self._sums()
        wanted = fraction * sums[-1]
        place = min(bisect_left(sums, wanted), len(sums) - 1)
        before = sums[place - 1] if place else 0.0
        inside = (wanted - before) / self._shares[place] if self._shares[place] else 0.0
        return (self._first + place + min(max(inside, 0.0), 1.0)) * self._width

    def share_below(self, value: float) -> float:
        """Share of the values that lie below ``value``."""
        if not self._shares:
            return 0.0
        sums, at = self._sums(), value / self._width - self._first
        place = floor(at)
        if place < 0:
            return 0.0
        if place >= len(sums):
            return 1.0
        return (sums[place] - self._shares[place] * (1 - (at - place))) / sums[-1]

    def mode(self) -> float:
        """The commonest value, of shares smoothed over a tenth of the middle half's width."""
        spread = (self.quantile(0.75) - self.quantile(0.25)) / self._width if self._shares else 0.0
        reach, sums = int(spread // 20), [0.0, *self._sums()]
        last = len(self._shares)
        smooth = [sums[min(n + reach + 1, last)] - sums[max(n - reach, 0)] for n in range(last)]
        return (self._first + max(range(last), key=smooth.__getitem__) + 0.5) * self._width if smooth else 0.0

    def _sums(self) -> Sequence[float]:
        return list(accumulate(self._shares))

    def _make_room(self, low: float, high: float, step: float) -> None:
        if not self._width:
            self._width = 2.0 ** (frexp(step)[1] - 2)  # two to four bins for each that comes first
            self._first = floor(low / self._width)
        while self._bins_for(low, high) > MOST_BINS:
            self._coarsen()
        before = self._first - floor(low / self._width)
        if before > 0:
            self._first -= before
            self._shares[:0] = [0.0] * before
        after = floor(high / self._width) + 1 - self._first - len(self._shares)
        self._shares += [0.0] * max(after, 0)

    def _bins_for(self, low: float, high: float) -> float:
        first, last = self._first, self._first + len(self._shares)
        return max(high / self._width, last) - min(low / self._width, first)

    def _coarsen(self) -> None:
        shares = [0.0] * (self._first & 1) + self._shares
        shares += [0.0] * (len(shares) & 1)
        self._shares = [one + other for one, other in zip(shares[::2], shares[1::2], strict=True)]
        self._first >>= 1
        self._width *= 2

    def _spread(self, low: float, high: float, share: float) -> None:
        """Share out what lies evenly from ``low`` to ``high``."""
        start, stop = low / self._width - self._first, high / self._width - self._first
        for place in range(floor(start), min(floor(stop), len(self._shares) - 1) + 1):
            part = min(stop, place + 1) - max(start, place)
            self._shares[place] += share * max(part, 0.0) / (stop - start)
