"""What a conversion learns of an image's values. The JSON form is a seam: docs/design/seams/statistics.schema.json."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Literal


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
class Projection:
    """Values of a stack seen along ``axis``, channel by channel: pictures of it have windows of their own."""

    axis: Literal["z"]
    method: Literal["max"]
    channels: tuple[ChannelStatistics, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageStatistics:
    """Statistics of every channel, in order; ``projections`` of an image with several sections."""

    channels: tuple[ChannelStatistics, ...]
    projections: tuple[Projection, ...] = ()

    def projected(self) -> "ImageStatistics":
        """Those of the maximum over z, where there is one: for pictures that show it."""
        return ImageStatistics(channels=self.projections[0].channels) if self.projections else self

    def to_json(self) -> dict[str, object]:
        """The statistics JSON, version 1."""
        return {
            "version": 1,
            "channels": [_document(channel) for channel in self.channels],
            "projections": [
                {
                    "axis": projection.axis,
                    "method": projection.method,
                    "channels": [_document(channel) for channel in projection.channels],
                }
                for projection in self.projections
            ],
        }

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "ImageStatistics":
        """The statistics that `to_json` wrote."""
        return cls(
            channels=tuple(map(_channel, document["channels"])),
            projections=tuple(
                Projection(axis=one["axis"], method=one["method"], channels=tuple(map(_channel, one["channels"])))
                for one in document.get("projections", ())
            ),
        )


def _document(channel: ChannelStatistics) -> dict[str, object]:
    return {
        "min": _number(channel.minimum),
        "max": _number(channel.maximum),
        "window": {"start": _number(channel.start), "end": _number(channel.end)},
        "histogram": {
            "low": _number(channel.histogram.low),
            "high": _number(channel.histogram.high),
            "counts": list(channel.histogram.counts),
        },
    }


def _channel(document: Mapping[str, Any]) -> ChannelStatistics:
    return ChannelStatistics(
        minimum=float(document["min"]),
        maximum=float(document["max"]),
        start=float(document["window"]["start"]),
        end=float(document["window"]["end"]),
        histogram=Histogram(
            low=float(document["histogram"]["low"]),
            high=float(document["histogram"]["high"]),
            counts=tuple(document["histogram"]["counts"]),
        ),
    )


def _number(value: float) -> float | int:
    """Whole numbers without a fraction, as JSON readers like them."""
    return int(value) if isfinite(value) and value == int(value) else value
