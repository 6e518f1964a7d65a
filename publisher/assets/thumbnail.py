"""The picture files of one image, from the pixels that the sweep kept: thumbnails, the picture, its layers."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

from numpy.typing import NDArray

from publisher.assets.composite import channel_layer, composite
from publisher.assets.picture_file import jpeg, resized, webp
from publisher.assets.picture_set import (
    PICTURE,
    PICTURE_JPEG,
    PICTURE_SMALL,
    SMALL_PX,
    THUMBNAIL,
    THUMBNAIL_2X,
    PictureFile,
    PictureSizes,
    channel_file,
)
from publisher.model.rendering import RenderingSettings


def thumbnail_files(
    pixels: NDArray[Any], rendering: RenderingSettings, sizes: PictureSizes, *, threads: int = 1
) -> dict[str, PictureFile]:
    """Files by name from ``pixels`` (C, Y, X): proportions are kept, nothing is enlarged or cropped.

    Each of several channels has its layer, in its colour on black. The bytes are the same for any ``threads``.
    """
    whole = composite(pixels, rendering)
    picture = resized(whole, sizes.picture_px)
    quality = sizes.quality
    tasks: dict[str, Callable[[], PictureFile]] = {
        PICTURE: lambda: webp(picture, quality),
        PICTURE_JPEG: lambda: jpeg(picture, quality),
    }
    if len(rendering.channels) > 1:
        for number in range(len(rendering.channels)):
            tasks[channel_file(number)] = partial(_layer_file, pixels, rendering, number, sizes)
    if max(picture.shape) > SMALL_PX:
        tasks[PICTURE_SMALL] = lambda: webp(resized(whole, SMALL_PX), quality)
    tasks[THUMBNAIL_2X] = lambda: webp(resized(whole, 2 * sizes.size_px), quality)
    tasks[THUMBNAIL] = lambda: webp(resized(whole, sizes.size_px), quality)
    if threads == 1:
        return {name: task() for name, task in tasks.items()}
    with ThreadPoolExecutor(threads) as pool:
        futures = {name: pool.submit(task) for name, task in tasks.items()}
        return {name: future.result() for name, future in futures.items()}


def _layer_file(pixels: NDArray[Any], rendering: RenderingSettings, number: int, sizes: PictureSizes) -> PictureFile:
    return webp(resized(channel_layer(pixels, rendering, number), sizes.picture_px), sizes.quality)
