"""Channels to one picture: each windowed and coloured, mixed by screen, as the viewer and the pages mix them."""

from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from publisher.model.rendering import ChannelRendering, RenderingSettings

T = TypeVar("T", bound=np.generic)
Picture = NDArray[np.uint8]
"""Colours (Y, X, 3), 0 to 255."""


def composite(pixels: NDArray[Any], rendering: RenderingSettings) -> Picture:
    """All active channels of ``pixels`` (C, Y, X) as shown at first.

    Screen, ``1 - (1 - a)(1 - b)``: where channels overlap it grows light and never clips to a flat colour;
    pure red, green and blue are left as they are.
    """
    dark = np.ones((3, *pixels.shape[1:]), np.float32)
    for plane, channel in zip(pixels, rendering.channels, strict=True):
        if channel.active:
            shown, places = _shown(plane, channel)
            for component, share in zip(dark, _color(channel), strict=True):
                if share:
                    component *= _spread(1 - share * shown, places)
    return np.stack([_eight_bit(1 - component) for component in dark], axis=-1)


def channel_layer(pixels: NDArray[Any], rendering: RenderingSettings, index: int) -> Picture:
    """One channel of ``pixels`` (C, Y, X) in its colour on black, active or not: layers mix by screen."""
    channel = rendering.channels[index]
    shown, places = _shown(pixels[index], channel)
    return _spread(_eight_bit(shown[..., np.newaxis] * np.asarray(_color(channel), np.float32)), places)


def windowed(plane: NDArray[Any], channel: ChannelRendering) -> NDArray[np.float32]:
    """``plane`` (Y, X) of any type as float32, 0 at the window's start and 1 at its end; NaN is 0."""
    start, end = channel.start, channel.end
    values: NDArray[Any] = plane.astype(np.float64 if plane.dtype.itemsize > 2 else np.float32)
    with np.errstate(invalid="ignore"):
        values = (values - start) / (end - start)
    shown: NDArray[np.float32] = np.clip(np.nan_to_num(values, nan=0.0), 0.0, 1.0).astype(np.float32, copy=False)
    return shown


def _shown(
    plane: NDArray[Any], channel: ChannelRendering
) -> tuple[NDArray[np.float32], NDArray[np.unsignedinteger[Any]] | None]:
    """``plane`` windowed; where it has fewer values than pixels, each value once, and where each pixel's stands."""
    if plane.dtype.kind in "iu" and plane.dtype.itemsize <= 2 and plane.size:
        low, high = int(plane.min()), int(plane.max())
        if high - low < plane.size:
            values = np.arange(low, high + 1).astype(plane.dtype)
            unsigned = plane.view(f"u{plane.dtype.itemsize}")
            return windowed(values, channel), unsigned - values[:1].view(unsigned.dtype)
    return windowed(plane, channel), None


def _spread(values: NDArray[T], places: NDArray[np.unsignedinteger[Any]] | None) -> NDArray[T]:
    """``values`` at ``places``, or as they are. `take` is two to four times as fast as an index."""
    return values if places is None else values.take(places, axis=0)


def _color(channel: ChannelRendering) -> tuple[float, float, float]:
    red, green, blue = bytes.fromhex(channel.color)
    return red / 255, green / 255, blue / 255


def _eight_bit(values: NDArray[np.float32]) -> Picture:
    return np.rint(values * 255).astype(np.uint8)
