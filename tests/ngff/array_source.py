"""An image source whose pixels are an array in memory, for tests of what is made of them."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from publisher.config.model import HostingSection, ZarrSection
from publisher.model.image import Channel, Image, Pixels
from publisher.ngff.pixels import PixelsResult, write_pixels
from publisher.ngff.plan import ImagePlan, plan_image
from publisher.sources.protocol import ImageSource, SourceFile, TileGrid


class ArraySource(ImageSource):
    """One image, T C Z Y X. ``tile``: as if stored in compressed tiles; ``samples``: channels of one tile."""

    def __init__(
        self, array: NDArray[Any], *, tile: tuple[int, int] | None = None, samples: int = 1, rgb: bool = False
    ) -> None:
        self.array, self._tile, self._samples, self._rgb = array, tile, samples, rgb

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def identity(self) -> tuple[SourceFile, ...]:
        return ()

    def document(self) -> bytes | None:
        return None

    def images(self) -> Sequence[Image]:
        return [image_of(self.array, rgb=self._rgb)]

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        return [(self.array.shape[3], self.array.shape[4])]

    def tiling(self, series: int, level: int) -> TileGrid:
        height, width = self._tile or self.array.shape[3:]
        return TileGrid(height=height, width=width, samples=self._samples, compressed=self._tile is not None)

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        return self.array[t, c, z, y, x]


def image_of(array: NDArray[Any], *, rgb: bool = False, **pixels: Any) -> Image:
    """What a reader would say of ``array`` (T C Z Y X)."""
    size_t, size_c, size_z, size_y, size_x = array.shape
    sizes = {"size_t": size_t, "size_c": size_c, "size_z": size_z, "size_y": size_y, "size_x": size_x}
    return Image(
        series=0,
        name="Cell 1",
        pixels=Pixels(**sizes, dtype=array.dtype.name, **pixels),
        channels=(Channel(),) * size_c,
        rgb=rgb,
    )


def plan_of(array: NDArray[Any], **keys: Any) -> ImagePlan:
    """Plan of ``array`` under keys of the ``zarr`` section, ``missing_keys`` of ``hosting``, and ``dtype``."""
    hosting = HostingSection(missing_keys=keys.pop("missing_keys", "403"))
    dtype = keys.pop("dtype", None)
    return plan_image(image_of(array), "0", ZarrSection(experimental=True, **keys), hosting, dtype=dtype)


def written(source: ArraySource, folder: Path, *, threads: int = 2, **keys: Any) -> PixelsResult:
    """The image of ``source`` written to ``folder`` under keys as of `plan_of`."""
    return write_pixels(source, 0, plan_of(source.array, **keys), folder, threads=threads)


def pyramid(array: NDArray[Any], levels: int) -> list[NDArray[Any]]:
    """Levels of an integer array by the definition: floor((sum + 2) / 4) of 2 x 2 pixels, edges repeated."""
    made = [array]
    for _ in range(levels - 1):
        above = made[-1].astype("int64" if array.dtype.itemsize < 8 else object)
        odd = [(0, 0)] * 3 + [(0, size % 2) for size in above.shape[3:]]
        above = np.pad(above, odd, mode="edge")
        total = above[..., ::2, ::2] + above[..., 1::2, ::2] + above[..., ::2, 1::2] + above[..., 1::2, 1::2]
        made.append(((total + 2) // 4).astype(array.dtype))
    return made
