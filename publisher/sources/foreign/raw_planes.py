"""Images whose pixels stand in a file as they are, one after the other: an `ImageSource` for all such formats."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from publisher.errors import Problem
from publisher.model.image import Image
from publisher.sources.damage import damaged
from publisher.sources.foreign.stored_bytes import StoredBytes
from publisher.sources.protocol import ImageSource, SourceFile, TileGrid

if TYPE_CHECKING:  # an inspection needs no array
    from numpy.typing import NDArray

_BAND_BYTES = 1 << 20
MOST_CHANNELS = 2**16


@dataclass(frozen=True, slots=True, kw_only=True)
class Strides:
    """Bytes from one sample to the next along each axis."""

    t: int
    c: int
    z: int
    y: int
    x: int

    @classmethod
    def packed(cls, order: str, sizes: dict[str, int], item: int, **given: int) -> Strides:
        """Strides of axes ``order`` ("tczyx", slowest first) without gaps; ``given`` ones are taken as they are."""
        found = dict.fromkeys("tczyx", 0)
        step = item
        for axis in reversed(order):
            found[axis] = step = given.get(axis, step)
            step *= sizes[axis]
        return cls(**found)


@dataclass(frozen=True, slots=True, kw_only=True)
class RawImage:
    """One image: sample (t, c, z, y, x) stands at ``offset`` + the sum of index x stride in file number ``file``.

    ``stored`` is the numpy type with byte order (">u2"), whose native form is ``image.pixels.dtype``.
    """

    image: Image
    stored: str
    item: int
    offset: int
    strides: Strides
    file: int = 0

    @property
    def interleaved(self) -> bool:
        """Whether the channels of a pixel stand side by side."""
        return self.image.pixels.size_c > 1 and self.strides.c < self.strides.y

    def check(self, name: str, size: int) -> None:
        """Raise DamagedSourceError unless every sample lies within ``size`` bytes, at a place of its own."""
        pixels = self.image.pixels
        steps = (self.strides.t, self.strides.c, self.strides.z, self.strides.y, self.strides.x)
        samples, end = 1, self.offset + self.item
        for count, step in zip(pixels.shape, steps, strict=True):
            if count < 1 or (count > 1 and step < self.item):
                raise damaged(name, f"declares sizes (T, C, Z, Y, X) of {pixels.shape} in steps of {steps} bytes")
            samples *= count
            end += (count - 1) * step
        if self.offset < 0 or end > size or samples * self.item > size:
            message = f"claims {max(end, self.offset + samples * self.item)} bytes and holds {size}"
            raise damaged(name, message, code="source.truncated")
        if pixels.size_c > MOST_CHANNELS:
            raise damaged(name, f"claims {pixels.size_c} channels, at most {MOST_CHANNELS} are read")


class RawSource(ImageSource):
    """Opened files of raw pixels."""

    def __init__(
        self,
        files: Sequence[StoredBytes],
        images: Sequence[RawImage],
        *,
        paths: Sequence[Path],
        document: bytes | None = None,
        warnings: Sequence[Problem] = (),
    ) -> None:
        self._files, self._images, self._paths = tuple(files), tuple(images), tuple(paths)
        self._document, self._warnings = document, tuple(warnings)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for file in self._files:
            file.close()

    def identity(self) -> tuple[SourceFile, ...]:
        """Every file the images are made of, sorted by path."""
        return files_of(self._paths)

    def document(self) -> bytes | None:
        """What the file's header says, as OME-XML."""
        return self._document

    def warnings(self) -> tuple[Problem, ...]:
        """What the curator should know."""
        return self._warnings

    def images(self) -> Sequence[Image]:
        """Every image."""
        return tuple(raw.image for raw in self._images)

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """Full size only."""
        pixels = self._images[series].image.pixels
        return ((pixels.size_y, pixels.size_x),)

    def tiling(self, series: int, level: int) -> TileGrid:
        """Bands of rows, any of which can be read alone."""
        raw = self._images[series]
        pixels = raw.image.pixels
        rows = max(1, min(pixels.size_y, _BAND_BYTES // max(1, raw.strides.y)))
        samples = pixels.size_c if raw.interleaved else 1
        return TileGrid(height=rows, width=pixels.size_x, samples=samples, compressed=False)

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of one block, clipped to the plane, native byte order."""
        import numpy as np  # with the first pixel: an inspection does without

        raw = self._images[series]
        pixels, strides = raw.image.pixels, raw.strides
        if level or not (0 <= t < pixels.size_t and 0 <= z < pixels.size_z):
            raise IndexError(f"no plane t={t} z={z} at level {level} of series {series}")
        channels = range(*c.indices(pixels.size_c))
        rows, columns = range(*y.indices(pixels.size_y)), range(*x.indices(pixels.size_x))
        out = np.empty((len(channels), len(rows), len(columns)), np.dtype(raw.stored).newbyteorder("="))
        if not out.size:
            return out
        plane = raw.offset + t * strides.t + z * strides.z + rows.start * strides.y + columns.start * strides.x
        step = len(channels) if raw.interleaved else 1
        for first in range(0, len(channels), step):
            place = plane + channels[first] * strides.c
            self._fill(raw, place, out[first : first + step])
        return out

    def _fill(self, raw: RawImage, place: int, out: NDArray[Any]) -> None:
        """Read ``out`` (C, Y, X), whose first sample stands at ``place``: at once, or by rows where that is less."""
        strides = raw.strides
        steps = (strides.c, strides.y, strides.x)
        channels, rows, columns = out.shape
        row_bytes = (channels - 1) * strides.c + (columns - 1) * strides.x + raw.item
        if rows > 1 and row_bytes * 2 < strides.y:
            for row in range(rows):
                self._copy(raw, place + row * strides.y, row_bytes, steps, out[:, row : row + 1])
        else:
            self._copy(raw, place, (rows - 1) * strides.y + row_bytes, steps, out)

    def _copy(self, raw: RawImage, place: int, count: int, steps: tuple[int, int, int], out: NDArray[Any]) -> None:
        import numpy as np  # as above

        data = self._files[raw.file].read(place, count)
        out[:] = np.ndarray(out.shape, raw.stored, data, strides=steps)


def files_of(paths: Sequence[Path]) -> tuple[SourceFile, ...]:
    """Each file of ``paths`` once, with size and time of change, sorted."""
    stats = [(path, path.stat()) for path in sorted(set(paths))]
    return tuple(SourceFile(str(path), stat.st_size, str(stat.st_mtime_ns)) for path, stat in stats)
