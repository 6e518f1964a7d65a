"""What a conversion learns of an image's values. The JSON form is a seam: docs/design/seams/statistics.schema.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Histogram:
    """Counts of equally wide bins between two edges; of whole numbers, ``v`` lies in the bin that holds [v, v + 1)."""

    low: float
    high: float
    counts: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatistics:
    """Values of one channel: true extremes of level 0, a robust window (start < end), a histogram of level 2."""

    minimum: float
    maximum: float
    start: float
    end: float
    histogram: Histogram


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageStatistics:
    """Statistics of every channel, in order."""

    channels: tuple[ChannelStatistics, ...]

    def to_json(self) -> dict[str, object]:
        """The statistics JSON, version 1."""
        return {
            "version": 1,
            "channels": [
                {
                    "min": _number(channel.minimum),
                    "max": _number(channel.maximum),
                    "window": {"start": _number(channel.start), "end": _number(channel.end)},
                    "histogram": {
                        "low": _number(channel.histogram.low),
                        "high": _number(channel.histogram.high),
                        "counts": list(channel.histogram.counts),
                    },
                }
                for channel in self.channels
            ],
            "projections": [],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "ImageStatistics":
        """The statistics that `to_json` wrote."""
        return cls(
            channels=tuple(
                ChannelStatistics(
                    minimum=float(channel["min"]),
                    maximum=float(channel["max"]),
                    start=float(channel["window"]["start"]),
                    end=float(channel["window"]["end"]),
                    histogram=Histogram(
                        low=float(channel["histogram"]["low"]),
                        high=float(channel["histogram"]["high"]),
                        counts=tuple(channel["histogram"]["counts"]),
                    ),
                )
                for channel in document["channels"]
            )
        )


def _number(value: float) -> float | int:
    """Whole numbers without a fraction, as JSON readers like them."""
    return int(value) if isfinite(value) and value == int(value) else value
