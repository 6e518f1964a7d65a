"""A histogram that needs no range beforehand: bins are powers of two wide and join in pairs as the range grows.

Because bins start at multiples of their width, joining is exact: the result depends on the values alone,
never on the order in which blocks came.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

MOST_BINS = 65536
"""Bins kept while values come in: every 16-bit value has its own."""
SHOWN_BINS = 256
_FINEST = -149
"""Exponent of the smallest float32: no bin is narrower."""


class GrowingHistogram:
    """Counts of integers or floats; NaN and infinities are not counted."""

    def __init__(self, dtype: np.dtype[Any]) -> None:
        self._is_float = dtype.kind == "f"
        self._exponent = _FINEST if self._is_float else 0
        self._first = 0
        self._counts: NDArray[np.int64] = np.zeros(0, np.int64)

    def add(self, values: NDArray[Any]) -> None:
        """Count every value of an array of any shape."""
        numbers = values.ravel()
        if self._is_float:
            numbers = numbers[np.isfinite(numbers)]
        if not numbers.size:
            return
        low, high = numbers.min(), numbers.max()
        while self._span(low, high) > MOST_BINS:
            self._coarsen()
        first = self._bin(low)
        counts = np.bincount(self._bins(numbers, first))
        start = first if not self._counts.size else min(first, self._first)
        stop = max(first + len(counts), self._first + len(self._counts) if self._counts.size else first)
        merged = np.zeros(stop - start, np.int64)
        merged[first - start : first - start + len(counts)] = counts
        if self._counts.size:
            merged[self._first - start : self._first - start + len(self._counts)] += self._counts
        self._first, self._counts = start, merged

    @property
    def total(self) -> int:
        """Values counted."""
        return int(self._counts.sum())

    def quantile(self, fraction: float) -> float:
        """Smallest value that at least ``fraction`` of the values do not exceed; 0 when none were counted."""
        if not self._counts.size:
            return 0.0
        cumulated = np.cumsum(self._counts)
        return self._value(int(np.searchsorted(cumulated, fraction * cumulated[-1], side="left")))

    def share_below(self, value: float) -> float:
        """Share of the values that lie below the bin of ``value``."""
        inside = max(0, min(self._bin(value) - self._first, len(self._counts)))
        return float(self._counts[:inside].sum() / max(1, self.total))

    def mode(self) -> float:
        """The commonest value, of counts smoothed over a tenth of the middle half's width."""
        spread = self._bin(self.quantile(0.75)) - self._bin(self.quantile(0.25))
        reach = max(0, spread // 20)
        cumulated = np.concatenate([[0], np.cumsum(self._counts)])
        places = np.arange(len(self._counts))
        above, below = np.minimum(places + reach + 1, len(places)), np.maximum(places - reach, 0)
        return self._value(int((cumulated[above] - cumulated[below]).argmax()))

    def shown(self) -> tuple[float, float, tuple[int, ...]]:
        """Lower edge, upper edge, and counts of at most `SHOWN_BINS` bins, each as wide as the others."""
        if not self._counts.size:
            return 0.0, 1.0, (0,)
        width = -(-len(self._counts) // SHOWN_BINS)
        bins = -(-len(self._counts) // width)
        padded = np.zeros(bins * width, np.int64)
        padded[: len(self._counts)] = self._counts
        counts = padded.reshape(bins, width).sum(axis=1)
        edges = self._edge(self._first), self._edge(self._first + bins * width)
        return *edges, tuple(map(int, counts))

    def _edge(self, index: int) -> float:
        return float(np.ldexp(float(index), self._exponent))

    def _value(self, offset: int) -> float:
        """A value for a bin: itself where bins are single whole numbers, else its middle."""
        if not self._is_float and self._exponent == 0:
            return float(self._first + offset)
        return (self._edge(self._first + offset) + self._edge(self._first + offset + 1)) / 2

    def _span(self, low: Any, high: Any) -> int:
        first, last = self._bin(low), self._bin(high)
        if self._counts.size:
            first, last = min(first, self._first), max(last, self._first + len(self._counts) - 1)
        return last - first + 1

    def _coarsen(self) -> None:
        self._exponent += 1
        counts = self._counts
        if counts.size:
            counts = np.concatenate([np.zeros(self._first & 1, np.int64), counts])
            counts = np.concatenate([counts, np.zeros(len(counts) & 1, np.int64)])
            self._counts = counts.reshape(-1, 2).sum(axis=1)
        self._first >>= 1

    def _bin(self, value: Any) -> int:
        """Bin of one value, in whole numbers of any size."""
        if self._is_float:
            numerator, denominator = float(value).as_integer_ratio()
            shift = self._exponent
            return (numerator << -shift) // denominator if shift < 0 else numerator // (denominator << shift)
        return int(value) >> self._exponent

    def _bins(self, numbers: NDArray[Any], first: int) -> NDArray[np.int64]:
        """Bins of ``numbers``, counted from the bin ``first``: none is below it."""
        offsets: NDArray[np.int64]
        if self._is_float:
            bins = np.floor(np.ldexp(numbers.astype(np.float64), -self._exponent))
            offsets = (bins - first).astype(np.int64)
        elif numbers.itemsize < 4:
            offsets = numbers.astype(np.int64) - first
        else:
            shifted = numbers >> self._exponent if self._exponent else numbers
            offsets = (shifted - np.asarray(first, numbers.dtype)).astype(np.int64)
        return offsets
