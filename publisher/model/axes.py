"""Axes of an image, in the order of OME-NGFF: t, c, z, y, x."""

from dataclasses import dataclass
from typing import Literal

AxisType = Literal["time", "channel", "space"]

AXIS_TYPES: dict[str, AxisType] = {"t": "time", "c": "channel", "z": "space", "y": "space", "x": "space"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Axis:
    """One axis; ``unit`` is a long UDUNITS-2 name ("micrometer"), None when unknown."""

    name: str
    type: AxisType
    unit: str | None = None
