"""Channels to one picture: each windowed and coloured, mixed by screen, as the viewer and the pages mix them."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.model.rendering import ChannelRendering, RenderingSettings

Picture = NDArray[np.uint8]
"""Colours (Y, X, 3), 0 to 255."""


def composite(pixels: NDArray[Any], rendering: RenderingSettings) -> Picture:
    """All active channels of ``pixels`` (C, Y, X) as shown at first.

    Screen, ``1 - (1 - a)(1 - b)``: where channels overlap it grows light and never clips to a flat colour;
    pure red, green and blue are left as they are.
    """
    dark = np.ones((*pixels.shape[1:], 3), np.float32)
    for plane, channel in zip(pixels, rendering.channels, strict=True):
        if channel.active:
            shown = windowed(plane, channel)
            for component, share in enumerate(_color(channel)):
                if share:
                    dark[..., component] *= 1 - share * shown
    return _eight_bit(1 - dark)


def channel_layer(pixels: NDArray[Any], rendering: RenderingSettings, index: int) -> Picture:
    """One channel of ``pixels`` (C, Y, X) in its colour on black, active or not: layers mix by screen."""
    channel = rendering.channels[index]
    shown = windowed(pixels[index], channel)
    return _eight_bit(shown[..., np.newaxis] * np.asarray(_color(channel), np.float32))


def grey_layer(pixels: NDArray[Any], rendering: RenderingSettings, index: int) -> Picture:
    """One channel of ``pixels`` (C, Y, X) in grey."""
    shown = windowed(pixels[index], rendering.channels[index])
    return _eight_bit(np.repeat(shown[..., np.newaxis], 3, axis=2))


def windowed(plane: NDArray[Any], channel: ChannelRendering) -> NDArray[np.float32]:
    """``plane`` (Y, X) of any type as float32, 0 at the window's start and 1 at its end; NaN is 0."""
    start, end = channel.start, channel.end
    values: NDArray[Any] = plane.astype(np.float64 if plane.dtype.itemsize > 2 else np.float32)
    with np.errstate(invalid="ignore"):
        values = (values - start) / (end - start)
    shown: NDArray[np.float32] = np.clip(np.nan_to_num(values, nan=0.0), 0.0, 1.0).astype(np.float32, copy=False)
    return shown


def _color(channel: ChannelRendering) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(channel.color)
    return red / 255, green / 255, blue / 255


def _eight_bit(values: NDArray[np.float32]) -> Picture:
    return np.rint(values * 255).astype(np.uint8)
