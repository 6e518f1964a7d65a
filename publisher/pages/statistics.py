"""Channel statistics as the statistics JSON of an image gives them (docs/design/seams/statistics.schema.json)."""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelStatistics:
    """Pixel values of one channel: extremes, the window found, ``counts`` in equal bins from ``low`` to ``high``."""

    minimum: float
    maximum: float
    start: float
    end: float
    low: float
    high: float
    counts: tuple[int, ...]


def channel_statistics(document: bytes | str) -> tuple[ChannelStatistics, ...]:
    """Statistics of every channel from a statistics JSON."""
    return channel_statistics_of(json.loads(document))


def channel_statistics_of(document: Mapping[str, Any]) -> tuple[ChannelStatistics, ...]:
    """Statistics of every channel from a parsed statistics JSON."""
    return tuple(_channel(channel) for channel in document["channels"])


def _channel(channel: dict[str, Any]) -> ChannelStatistics:
    window, histogram = channel["window"], channel["histogram"]
    return ChannelStatistics(
        minimum=channel["min"],
        maximum=channel["max"],
        start=window["start"],
        end=window["end"],
        low=histogram["low"],
        high=histogram["high"],
        counts=tuple(histogram["counts"]),
    )


def polygon(counts: tuple[int, ...], *, points: int = 64, width: int = 200, height: int = 40) -> str:
    """Log counts as the points of an SVG polygon ``width`` by ``height``; neighbours are joined to ``points`` bins."""
    size = max(1, math.ceil(len(counts) / points))
    joined = [math.log1p(max(counts[start : start + size])) for start in range(0, len(counts), size)]
    top, step = max([*joined, 1e-9]), width / max(1, len(joined) - 1)
    line = " ".join(
        f"{index * step:.1f},{height - value / top * (height - 4):.1f}" for index, value in enumerate(joined)
    )
    return f"0,{height} {line} {width},{height}"


def position(value: float, low: float, high: float, *, width: int = 200) -> float:
    """Where ``value`` stands on an axis from ``low`` to ``high`` that is ``width`` long, kept inside."""
    return round(min(max((value - low) / (high - low if high > low else 1) * width, 0), width), 1)
