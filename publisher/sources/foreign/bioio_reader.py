"""Whatever a plugin of bioio reads: the last resort, and the one door to bioio and dask.

bioio takes seconds to import and plugins load as much as they like at once, so this reader is asked last, and only for
formats known by name or when a curator names it. Plugins open what files they want: which belong to an image they do
not say, so only the file that was named is watched for changes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from warnings import catch_warnings

from publisher.formats.ome_xml.acquired import Acquisition, acquired
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damage_boundary, damaged, unsupported
from publisher.sources.extras import KNOWN, is_installed, require
from publisher.sources.foreign.raw_planes import MOST_CHANNELS, files_of
from publisher.sources.foreign.values import positive
from publisher.sources.protocol import ImageSource, Roots, SourceFile, TileGrid

if TYPE_CHECKING:  # an inspection needs no array
    from numpy.typing import NDArray

_MOST_FILES = 100_000
_RGB = (("Red", "FF0000"), ("Green", "00FF00"), ("Blue", "0000FF"), ("Alpha", "FFFFFF"))


class BioioReader:
    """Asks bioio, where it is installed."""

    name = "bioio"
    revision = 1

    def __init__(self) -> None:
        self.suffixes: tuple[str, ...] = tuple(KNOWN) if is_installed("bioio") else ()

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether bioio is installed and the name is one of a known format; plugins are looked for later."""
        return path.name.lower().endswith(self.suffixes) if self.suffixes else False

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> BioioSource:
        """Open ``path`` with the plugin that bioio finds; raises MissingReaderError when there is no bioio."""
        require(path, "bioio", "bioio", "to be read by bioio")
        real = roots.resolve(path)
        if not (real.is_file() or real.is_dir()):
            raise damaged(path, "does not exist or is not a regular file", code="source.not-found")
        from bioio import BioImage  # an extra, and slow to import
        from bioio_base.exceptions import UnsupportedFileFormatError

        with damage_boundary(path, "opening with bioio"), _nothing_logged(str(path)):
            try:
                return BioioSource(BioImage(str(real)), real, str(path))
            except UnsupportedFileFormatError as error:
                hint = "install the plugin of bioio for this format, or convert the file with bioformats2raw"
                raise unsupported(path, "is of no format that an installed plugin of bioio reads", hint=hint) from error


class _FirstError(logging.Handler):
    """Keeps the first error that any library logs."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.message = ""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the message."""
        self.message = self.message or record.getMessage()


@contextmanager
def _nothing_logged(name: str) -> Iterator[None]:
    """Take an error that a library only logs for one: tifffile reads what is left of a file that was cut short."""
    handler = _FirstError()
    logging.getLogger().addHandler(handler)
    try:
        with catch_warnings(action="ignore"):
            yield
    finally:
        logging.getLogger().removeHandler(handler)
    if handler.message:
        raise damaged(name, f"a plugin of bioio says: {handler.message}"[:500])


@dataclass(frozen=True, slots=True)
class _Scene:
    """One scene: its lazy array (T, C, Z, Y, X) or (T, C, Z, Y, X, S), and the image that it is."""

    image: Image
    array: Any
    samples: int


class BioioSource(ImageSource):
    """The scenes of one file, as dask arrays that are computed block by block."""

    def __init__(self, opened: Any, path: Path, name: str) -> None:
        self._path, self._name = path, name
        self._lock = threading.Lock()
        scenes = []
        for number, scene in enumerate(opened.scenes):
            opened.set_scene(scene)
            scenes.append(_scene(opened, number, name, several=len(opened.scenes) > 1))
        told = acquired([each.image for each in scenes], [Acquisition()] * len(scenes))
        self._document = told.document
        self._scenes = tuple(replace(each, image=image) for each, image in zip(scenes, told.images, strict=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._scenes = ()

    def identity(self) -> tuple[SourceFile, ...]:
        """The file, or every file of the folder."""
        if self._path.is_file():
            return files_of([self._path])
        found = [path for path in sorted(self._path.rglob("*")) if path.is_file()]
        if len(found) > _MOST_FILES:
            raise damaged(self._name, f"holds more than {_MOST_FILES} files", code="source.too-large")
        return files_of(found)

    def document(self) -> bytes | None:
        """Names and sizes as bioio tells them."""
        return self._document

    def images(self) -> Sequence[Image]:
        """Every scene."""
        return tuple(each.image for each in self._scenes)

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """Full size only."""
        pixels = self._scenes[series].image.pixels
        return ((pixels.size_y, pixels.size_x),)

    def tiling(self, series: int, level: int) -> TileGrid:
        """The largest chunk of the array; of one that spans several planes all bytes are read for any of them."""
        each = self._scenes[series]
        chunks = [max(sizes) for sizes in each.array.chunks]
        size = each.array.dtype.itemsize
        for chunk in chunks:
            size *= int(chunk)
        return TileGrid(height=int(chunks[3]), width=int(chunks[4]), samples=each.samples, coded_bytes=size)

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of one block, clipped to the plane."""
        import numpy as np  # with the first pixel

        each = self._scenes[series]
        pixels = each.image.pixels
        if level or not (0 <= t < pixels.size_t and 0 <= z < pixels.size_z):
            raise IndexError(f"no plane t={t} z={z} at level {level} of series {series}")
        channels = range(*c.indices(pixels.size_c))
        whole = slice(channels.start // each.samples, -(-channels.stop // each.samples))
        with self._lock, damage_boundary(self._name, "reading with bioio"), _nothing_logged(self._name):
            block = np.asarray(each.array[t, whole, z, y, x].compute(scheduler="synchronous"))
        if block.ndim == 4:
            block = block.transpose(0, 3, 1, 2).reshape(-1, *block.shape[1:3])
        first = channels.start - whole.start * each.samples
        return block[first : first + len(channels)].astype(pixels.dtype, copy=False)


def _scene(opened: Any, number: int, name: str, *, several: bool) -> _Scene:
    array = opened.dask_data
    if array.ndim not in (5, 6):
        raise unsupported(name, f"has {array.ndim} axes for bioio, expected T, C, Z, Y, X and perhaps samples")
    samples = int(array.shape[5]) if array.ndim == 6 else 1
    size_t, size_c, size_z, size_y, size_x = (int(size) for size in array.shape[:5])
    if min(array.shape) < 1 or size_c * samples > MOST_CHANNELS:
        raise damaged(name, f"has the shape {array.shape}")
    dtype = array.dtype.newbyteorder("=").name
    sizes = opened.physical_pixel_sizes
    pixels = Pixels(
        size_x=size_x,
        size_y=size_y,
        size_z=size_z,
        size_c=size_c * samples,
        size_t=size_t,
        dtype=dtype,
        pixel_size_um=(positive(sizes.Z), positive(sizes.Y), positive(sizes.X)),
        time_increment_s=_interval(opened) if size_t > 1 else None,
    )
    rgb = samples in (3, 4) and size_c == 1
    label = stem(name)
    if several:
        label = f"{label} {opened.scenes[number]}"
    image = Image(series=number, name=label, pixels=pixels, channels=_channels(opened, pixels.size_c, rgb), rgb=rgb)
    return _Scene(image, array, samples)


def _channels(opened: Any, count: int, rgb: bool) -> tuple[Channel, ...]:
    if rgb:
        return tuple(Channel(name=name, color=color) for name, color in _RGB[:count])
    names = [str(name) for name in opened.channel_names or ()]
    return tuple(Channel(name=name) for name in names) if len(names) == count else (Channel(),) * count


def _interval(opened: Any) -> float | None:
    interval = opened.time_interval
    seconds = interval.total_seconds() if isinstance(interval, timedelta) else interval
    return positive(seconds)
