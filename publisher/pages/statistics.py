"""Channel statistics as drawings: a histogram as a polygon, a value as a position."""

import math


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
