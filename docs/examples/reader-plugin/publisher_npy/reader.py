"""The reader, and the image source it opens."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.protocol import ImageSource, Roots, SourceFile, TileGrid

from publisher_npy.array_file import MAGIC, ArrayLayout, array_layout
from publisher_npy.sidecar import Sidecar, fault, is_axes, read_sidecar

_ROWS = 256


class NpyReader:
    """Reads ``stack.npy`` with ``stack.json`` beside it."""

    name = "npy"
    suffixes: tuple[str, ...] = (".npy",)
    revision = 1
    interface = 1

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether the file begins like one that numpy.save wrote."""
        return head.startswith(MAGIC)

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> "NpySource":
        """Open the array and its JSON file; reads no pixels."""
        array = roots.resolve(path)
        described = roots.resolve(path.with_suffix(".json"))
        sidecar = read_sidecar(described)
        layout = array_layout(array)
        told = axes or sidecar.axes
        if not is_axes(told) or told is None or len(told) != len(layout.shape):
            message = f"has {len(layout.shape)} axes {layout.shape}, and is said to have {told or 'no'} axes"
            raise fault(array, message, code="source.bad-axes")
        return NpySource((array, described), layout, sidecar, told)


class NpySource(ImageSource):
    """One open array; reads rows straight from the file, so that threads do not disturb each other."""

    def __init__(self, files: tuple[Path, Path], layout: ArrayLayout, sidecar: Sidecar, axes: str) -> None:
        self._files = files
        self._layout = layout
        self._axes = axes
        sizes = dict(zip(axes, layout.shape, strict=True))
        pixels = Pixels(
            **{f"size_{axis}": sizes.get(axis.upper(), 1) for axis in "tczyx"},
            dtype=layout.dtype.name,
            pixel_size_um=sidecar.pixel_size_um,
            time_increment_s=sidecar.time_increment_s,
        )
        channels = (sidecar.channels + (Channel(),) * pixels.size_c)[: pixels.size_c]
        name = sidecar.name or files[0].stem
        self._image = Image(series=0, name=name, description=sidecar.description, pixels=pixels, channels=channels)
        self._handle = os.open(files[0], os.O_RDONLY)

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)

    def identity(self) -> tuple[SourceFile, ...]:
        """The array and its JSON file."""
        found = ((path, path.stat()) for path in sorted(self._files))
        return tuple(SourceFile(str(path), stat.st_size, str(stat.st_mtime_ns)) for path, stat in found)

    def images(self) -> Sequence[Image]:
        """The one image."""
        return (self._image,)

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """Full size only."""
        return ((self._image.pixels.size_y, self._image.pixels.size_x),)

    def tiling(self, series: int, level: int) -> TileGrid:
        """Bands of rows; nothing is compressed, so any rows can be read alone."""
        width = self._image.pixels.size_x
        return TileGrid(height=min(_ROWS, self._image.pixels.size_y), width=width, compressed=False)

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """One block (C, Y, X), clipped to the plane."""
        pixels = self._image.pixels
        channels = range(*c.indices(pixels.size_c))
        rows = range(*y.indices(pixels.size_y))
        block = [self._rows({"T": t, "C": channel, "Z": z}, rows)[:, x] for channel in channels]
        return np.stack(block).astype(self._layout.dtype.newbyteorder("="), copy=False)

    def _rows(self, place: dict[str, int], rows: range) -> NDArray[Any]:
        """Whole rows of one plane, (Y, X), as stored."""
        width, item = self._image.pixels.size_x, self._layout.dtype.itemsize
        index = [place.get(axis, 0) for axis in self._axes[:-2]] + [rows.start, 0]
        first = int(np.ravel_multi_index(index, self._layout.shape)) if rows else 0
        wanted = len(rows) * width * item
        data = os.pread(self._handle, wanted, self._layout.offset + first * item)
        if len(data) != wanted:
            message = f"ends before the pixels of {place} do"
            raise fault(self._files[0], message, code="source.truncated")
        return np.frombuffer(data, self._layout.dtype).reshape(len(rows), width)
