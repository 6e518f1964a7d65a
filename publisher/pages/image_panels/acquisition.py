"""Acquisition: the instrument, and each channel's optics."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.model.image import Image
from publisher.model.rendering import RenderingSettings
from publisher.pages import quantities
from publisher.pages.channels import chips
from publisher.pages.facts import Fact, fact
from publisher.pages.image_panels.panel import Panel


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow:
    """One channel: wavelengths and window in words, "–" where the source says nothing."""

    name: str
    color: str
    fluor: str
    excitation: str
    emission: str
    window: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AcquisitionPanel(Panel):
    """``rows`` are instrument facts in OMERO.web's words; ``channels`` the channel table."""

    kind: ClassVar[str] = "acquisition"

    rows: tuple[Fact, ...]
    channels: tuple[ChannelRow, ...]


def acquisition_panel(image: Image, rendering: RenderingSettings | None) -> AcquisitionPanel:
    """Instrument and channels of one image."""
    return AcquisitionPanel(
        rows=tuple(fact(label, value) for label, value in image.instrument),
        channels=tuple(_row(image, rendering, index) for index in range(len(image.channels))),
    )


def _row(image: Image, rendering: RenderingSettings | None, index: int) -> ChannelRow:
    channel, chip = image.channels[index], chips(image, rendering)[index]
    window = channel.window
    if rendering:
        shown = rendering.channels[index]
        window = shown.start, shown.end
    return ChannelRow(
        name=chip.name,
        color=chip.color,
        fluor=channel.fluor or quantities.MISSING,
        excitation=_nm(channel.excitation_nm),
        emission=_nm(channel.emission_nm),
        window="–".join(map(quantities.number, window)) if window else quantities.MISSING,
    )


def _nm(value: float | None) -> str:
    return f"{quantities.number(value)} nm" if value else quantities.MISSING
