"""The picture files of one image, from the pixels that the sweep kept: thumbnails, the picture, its layers."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.assets.composite import channel_layer, composite
from publisher.assets.picture_file import PictureFile, jpeg, resized, webp
from publisher.config.model import ThumbnailsSection
from publisher.model.rendering import RenderingSettings

REVISION = 2
"""Rises when the same pixels and settings yield other bytes."""

THUMBNAIL, THUMBNAIL_2X, PICTURE, PICTURE_JPEG = "thumbnail.webp", "thumbnail-384.webp", "picture.webp", "picture.jpg"
"""``thumbnail-384.webp`` is the thumbnail for screens of twice the density, whatever size is configured."""

PICTURE_SMALL, SMALL_PX = "picture-640.webp", 640
"""The picture for cards, galleries and phones, where the whole one is larger than that."""


def channel_file(number: int) -> str:
    """Name of the layer of channel ``number`` (from 0)."""
    return f"channel-{number}.webp"


def thumbnail_files(
    pixels: NDArray[Any], rendering: RenderingSettings, section: ThumbnailsSection
) -> dict[str, PictureFile]:
    """Files by name from ``pixels`` (C, Y, X): proportions are kept, nothing is enlarged or cropped.

    Each of several channels has its layer, in its colour on black.
    """
    whole = composite(pixels, rendering)
    picture = resized(whole, section.picture_px)
    quality = section.quality
    files = {
        THUMBNAIL: webp(resized(whole, section.size_px), quality),
        THUMBNAIL_2X: webp(resized(whole, 2 * section.size_px), quality),
        PICTURE: webp(picture, quality),
        PICTURE_JPEG: jpeg(picture, quality),
    }
    if max(picture.shape) > SMALL_PX:
        files[PICTURE_SMALL] = webp(resized(whole, SMALL_PX), quality)
    if len(rendering.channels) > 1:
        for number in range(len(rendering.channels)):
            layer = _layer(pixels, rendering, number, section.picture_px)
            files[channel_file(number)] = webp(layer, quality)
    return files


def _layer(pixels: NDArray[Any], rendering: RenderingSettings, number: int, edge: int) -> NDArray[np.uint8]:
    return resized(channel_layer(pixels, rendering, number), edge)
