"""How channels are shown: NGFF's "omero" block, OMERO's rendering settings."""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRendering:
    """One channel as shown: ``color`` "RRGGBB"; window start < end in pixel values within minimum..maximum."""

    label: str
    color: str
    start: float
    end: float
    minimum: float
    maximum: float
    active: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RenderingSettings:
    """How an image is shown at first; ``default_z`` and ``default_t`` count from 0."""

    channels: tuple[ChannelRendering, ...]
    default_z: int = 0
    default_t: int = 0
    model: Literal["color", "greyscale"] = "color"


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelOverride:
    """What a curator says of one channel; None leaves it to the source and the statistics."""

    label: str | None = None
    color: str | None = None
    window: tuple[float, float] | None = None
    active: bool | None = None
