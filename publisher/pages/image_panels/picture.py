"""The rendered picture on the stage: channel layers, histograms, windows, scale bar."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from publisher.model.image import Channel, Image, Pixels
from publisher.model.rendering import ChannelRendering, RenderingSettings
from publisher.model.statistics import ChannelStatistics
from publisher.pages import channels, quantities
from publisher.pages.image_panels.panel import Panel
from publisher.pages.links import Linker
from publisher.pages.page import Picture
from publisher.pages.published import PictureFile, Pictures, PublishedImage, PublishedLabels
from publisher.pages.statistics import polygon, position

MAX_SWITCHES = 32
"""Channels that a style sheet can switch; more are listed without a switch."""

MAGNIFIED_PX = 128
"""Pictures up to this edge are shown pixel by pixel: smoothed, they would show what was not measured."""

MAX_LABELS = 8
"""Label images that a style sheet can switch; the list of labels has them all."""

_SHARE = 0.2
"""The scale bar is the roundest length of at most this share of the width."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelControl:
    """One channel of the control panel.

    ``index`` counts from 0. ``start``, ``end`` are the window in pixel values, ``window`` the same in words,
    ``low``, ``high`` the ends of the histogram's axis. ``histogram`` are the points of an SVG polygon 200 by 40 (log
    counts, empty without statistics); ``start_x``, ``end_x`` the window on that axis. ``layer`` is the
    channel alone on black; ``switch`` is false where the style sheet cannot switch it.
    """

    index: int
    name: str
    color: str
    detail: str
    active: bool
    start: float
    end: float
    low: float
    high: float
    window: str
    histogram: str
    start_x: float
    end_x: float
    layer: Picture | None
    switch: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelControl:
    """Labels that can be laid over the picture: ``index`` counts from 0, ``detail`` is the number of objects."""

    index: int
    name: str
    detail: str
    overlay: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class ScaleBar:
    """A bar in pixels of the picture; ``label`` is its length, placed by ``text_x``, ``text_y``, ``text_size``."""

    label: str
    x: float
    y: float
    width: float
    height: float
    text_x: float
    text_y: float
    text_size: float


@dataclass(frozen=True, slots=True, kw_only=True)
class PicturePanel(Panel):
    """The picture as published: ``size`` in words, ``planes`` says which Z and T are shown where there are more.

    ``labels`` are those that a style sheet can switch, `MAX_LABELS` at most; ``more_labels`` counts the others.
    ``magnified`` is true for a picture of so few pixels that each is shown as a square.
    """

    kind: ClassVar[str] = "picture"

    picture: Picture
    channels: tuple[ChannelControl, ...]
    scale_bar: ScaleBar | None
    size: str
    magnified: bool
    planes: tuple[str, ...] = ()
    labels: tuple[LabelControl, ...] = ()
    more_labels: int = 0


def picture_panel(item: PublishedImage, linker: Linker) -> PicturePanel | None:
    """The stage of an image; None for a record without pixels."""
    image, rendering, pictures = item.image, item.rendering, item.pictures
    if image is None or pictures is None or rendering is None:
        return None
    statistics = item.statistics
    if item.projection:
        rendering, statistics = item.projection.rendering, item.projection.statistics
    pixels, file = image.pixels, pictures.picture
    shown = channels.chips(image, rendering)
    return PicturePanel(
        picture=as_picture(file, f"{item.name}: {channels.names(shown)}", linker, pictures.small),
        channels=tuple(
            _control(
                channel,
                index,
                image,
                statistics,
                _layer(pictures, index, channel.label, linker, len(rendering.channels) == 1),
            )
            for index, channel in enumerate(rendering.channels)
        ),
        scale_bar=scale_bar(image, file),
        size=quantities.by(pixels.size_x, pixels.size_y, *([pixels.size_z] if pixels.size_z > 1 else [])) + " px",
        magnified=max(file.width, file.height) <= MAGNIFIED_PX,
        planes=_planes(pixels, rendering, projected=item.projection is not None),
        labels=tuple(_label(one, index, linker) for index, one in enumerate(item.labels[:MAX_LABELS])),
        more_labels=max(0, len(item.labels) - MAX_LABELS),
    )


def _label(labels: PublishedLabels, index: int, linker: Linker) -> LabelControl:
    return LabelControl(
        index=index,
        name=labels.name,
        detail=quantities.count(labels.count, "object") if labels.count is not None else "",
        overlay=as_picture(labels.overlay, f"Labels: {labels.name}", linker),
    )


def as_picture(file: PictureFile, alt: str, linker: Linker, other: PictureFile | None = None) -> Picture:
    """A picture file as a page shows it; ``other`` is the same picture, smaller or larger."""
    href = linker.to(file.path)
    offered = {each.width: linker.to(each.path) for each in (file, other) if each}
    srcset = ", ".join(f"{offered[width]} {width}w" for width in sorted(offered)) if len(offered) > 1 else ""
    return Picture(href=href, width=file.width, height=file.height, alt=alt, srcset=srcset)


def _planes(pixels: Pixels, rendering: RenderingSettings, *, projected: bool) -> tuple[str, ...]:
    axes = (("Z", rendering.default_z, pixels.size_z), ("T", rendering.default_t, pixels.size_t))
    planes = tuple(f"{name} {index + 1} of {size}" for name, index, size in axes if size > 1)
    return (f"maximum of Z 1–{pixels.size_z}", *planes[1:]) if projected else planes


def _layer(pictures: Pictures, index: int, label: str, linker: Linker, alone: bool) -> Picture | None:
    """The layer of one channel; the picture itself where there is but one channel."""
    files = pictures.layers or ((pictures.picture,) if alone else ())
    return as_picture(files[index], label, linker) if index < len(files) else None


def _control(
    channel: ChannelRendering,
    index: int,
    image: Image,
    statistics: Sequence[ChannelStatistics],
    layer: Picture | None,
) -> ChannelControl:
    found = statistics[index] if index < len(statistics) else None
    low, high = _axis(channel, found)
    return ChannelControl(
        index=index,
        name=channel.label,
        color=f"#{channel.color.lower()}",
        detail=_detail(image.channels[index]) if index < len(image.channels) else "",
        active=channel.active,
        start=channel.start,
        end=channel.end,
        low=low,
        high=high,
        window=f"{quantities.number(channel.start)} – {quantities.number(channel.end)}",
        histogram=polygon(found.histogram.counts) if found else "",
        start_x=position(channel.start, low, high),
        end_x=position(channel.end, low, high),
        layer=layer,
        switch=layer is not None and index < MAX_SWITCHES,
    )


def _axis(channel: ChannelRendering, found: ChannelStatistics | None) -> tuple[float, float]:
    return (found.histogram.low, found.histogram.high) if found else (channel.minimum, channel.maximum)


def _detail(channel: Channel) -> str:
    return channel.fluor or (f"em. {channel.emission_nm:.0f} nm" if channel.emission_nm else "")


def scale_bar(image: Image, file: PictureFile) -> ScaleBar | None:
    """A bar of 1, 2 or 5 times a power of ten, drawn in pixels of ``file``; None where the pixel size is unknown."""
    size_um = image.pixels.pixel_size_um[2]
    if size_um is None or not math.isfinite(size_um) or size_um <= 0 or min(file.width, file.height) < 32:
        return None
    edge = max(file.width, file.height)
    picture_um = size_um * image.pixels.size_x / file.width
    length_um = _round_below(picture_um * file.width * _SHARE)
    width, margin, height = length_um / picture_um, edge * 0.02, max(1.0, edge * 0.007)
    text_size = max(6.0, edge * 0.026)
    y = file.height - margin - height
    return ScaleBar(
        label=_length(length_um),
        x=round(margin, 2),
        y=round(y, 2),
        width=round(width, 2),
        height=round(height, 2),
        text_x=round(margin + width / 2, 2),
        text_y=round(y - text_size * 0.45, 2),
        text_size=round(text_size, 2),
    )


def _round_below(value: float) -> float:
    power = 10.0 ** math.floor(math.log10(value))
    return max(step * power for step in (1, 2, 5) if step * power <= value * 1.0000001)


def _length(um: float) -> str:
    if um >= 1000:
        return f"{um / 1000:g} mm"
    return f"{um:g} µm" if um >= 1 else f"{um * 1000:g} nm"
