"""Channels as chips: a colour and a name."""

from collections.abc import Sequence
from dataclasses import dataclass

from publisher.model.image import Image
from publisher.model.rendering import RenderingSettings

_UNNAMED = "9aa5ae"


@dataclass(frozen=True, slots=True)
class Chip:
    """A channel's name and its colour as shown, "#rrggbb"."""

    name: str
    color: str


def chips(image: Image, rendering: RenderingSettings | None) -> tuple[Chip, ...]:
    """One chip for each published channel, as it is rendered, else as the source says."""
    if rendering is not None:
        return tuple(Chip(channel.label, f"#{channel.color.lower()}") for channel in rendering.channels)
    return tuple(
        Chip(channel.name or f"Channel {number}", f"#{(channel.color or _UNNAMED).lower()}")
        for number, channel in enumerate(image.channels, start=1)
    )


def names(channels: Sequence[Chip]) -> str:
    """Names in one line for alternative texts, at most four: "Hoechst blue" is left to the chip."""
    shown = ", ".join(chip.name for chip in channels[:4])
    return f"{shown} and {len(channels) - 4} more" if len(channels) > 4 else shown
