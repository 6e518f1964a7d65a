"""What a published image should be, worked out from its source without our readers and writers."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

Pixels = NDArray[Any]


@dataclass(frozen=True)
class Published:
    """One image of a built site: ``store`` is the group of its multiscale, ``source`` its OME-TIFF."""

    site: Path
    store: Path
    source: Path

    @property
    def path(self) -> str:
        """Path of the store in the site."""
        return self.store.relative_to(self.site).as_posix()

    @cached_property
    def ome(self) -> dict[str, Any]:
        """The ``ome`` attributes, as they stand in zarr.json."""
        ome = json.loads((self.store / "zarr.json").read_bytes())["attributes"]["ome"]
        assert isinstance(ome, dict)
        return ome

    @property
    def levels(self) -> list[str]:
        """Paths of the levels, largest first."""
        return [level["path"] for level in self.ome["multiscales"][0]["datasets"]]

    @property
    def axes(self) -> list[str]:
        """Names of the axes."""
        return [axis["name"] for axis in self.ome["multiscales"][0]["axes"]]

    @property
    def scales(self) -> list[list[float]]:
        """Scale of each level."""
        levels = self.ome["multiscales"][0]["datasets"]
        return [level["coordinateTransformations"][0]["scale"] for level in levels]

    @property
    def windows(self) -> list[list[float]]:
        """[start, end] of each channel."""
        return [[channel["window"]["start"], channel["window"]["end"]] for channel in self.ome["omero"]["channels"]]

    @property
    def labels(self) -> list[str]:
        """Names of the channels."""
        return [channel["label"] for channel in self.ome["omero"]["channels"]]

    @cached_property
    def first_and_last(self) -> tuple[Pixels, Pixels]:
        """Pixels (T, C, Z, Y, X) that level 0 and the last level should have."""
        first = source_pixels(self.source)
        last = first
        for _ in self.levels[1:]:
            last = halved(last)
        return first, last


def source_pixels(path: Path) -> Pixels:
    """Pixels (T, C, Z, Y, X) of an OME-TIFF as tifffile reads it; samples are channels, float64 is float32."""
    with tifffile.TiffFile(path) as tiff:
        series = tiff.series[0]
        pixels, axes = series.asarray(), series.axes.replace("S", "C")
    assert len(set(axes)) == len(axes)
    pixels = np.transpose(pixels, [axes.index(axis) for axis in "TCZYX" if axis in axes])
    pixels = pixels.reshape([pixels.shape[sum(a in axes for a in "TCZYX"[:n])] if a in axes else 1 for n, a in _AXES])
    return pixels.astype(_PUBLISHED_AS.get(pixels.dtype.name, pixels.dtype.name))


_AXES = tuple(enumerate("TCZYX"))
_PUBLISHED_AS = {"float64": "float32", "float16": "float32", "bool": "uint8", "int64": "int32"}


def halved(pixels: Pixels) -> Pixels:
    """The rounded mean of each 2 x 2 pixels; an odd last row or column counts twice. For up to 32 bits."""
    height, width = pixels.shape[-2:]
    even = np.pad(pixels, [(0, 0)] * 3 + [(0, height % 2), (0, width % 2)], mode="edge")
    wide = even.astype(np.int64 if np.issubdtype(pixels.dtype, np.integer) else np.float64)
    total = sum(wide[..., y::2, x::2] for y in (0, 1) for x in (0, 1))
    mean = (total + 2) // 4 if np.issubdtype(pixels.dtype, np.integer) else total / 4
    return np.asarray(mean).astype(pixels.dtype)


def same(read: Any, expected: Pixels) -> bool:
    """Whether a reader read ``expected``: shape, dtype and values; floats to the rounding of one addition."""
    array = np.asarray(read)
    if array.shape != expected.shape or array.dtype != expected.dtype:
        return False
    if np.issubdtype(expected.dtype, np.integer):
        return bool(np.array_equal(array, expected))
    return bool(np.allclose(array, expected, rtol=1e-6, atol=0))


def digest(pixels: Any) -> str:
    """SHA-256 of the values in C order, little-endian, as readers in other processes state it."""
    array = np.ascontiguousarray(pixels)
    return hashlib.sha256(array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()).hexdigest()


def stores_below(site: Path) -> Iterator[Path]:
    """Groups of all multiscales of a built site."""
    for fileset in sorted(site.rglob("*.ome.zarr")):
        yield from sorted((path for path in fileset.iterdir() if path.name.isdigit()), key=lambda path: int(path.name))
