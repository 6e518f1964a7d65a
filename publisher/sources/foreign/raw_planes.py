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
class Places:
    """Where samples stand: bytes to add for each t, c and z, and from one row (y) and one column (x) to the next."""

    t: Sequence[int] = (0,)
    c: Sequence[int] = (0,)
    z: Sequence[int] = (0,)
    y: int
    x: int

    @classmethod
    def packed(cls, order: str, sizes: dict[str, int], item: int) -> Places:
        """Places of axes ``order`` ("tczyx", slowest first) that follow each other without gaps."""
        steps, step = {}, item
        for axis in reversed(order):
            steps[axis] = step
            step *= sizes[axis]
        t, c, z = (range(0, steps[axis] * sizes[axis], steps[axis]) for axis in "tcz")
        return cls(t=t, c=c, z=z, y=steps["y"], x=steps["x"])


@dataclass(frozen=True, slots=True, kw_only=True)
class RawImage:
    """One image: where its samples stand in file number ``file``, counted from ``offset`` on.

    ``stored`` is the numpy type with byte order (">u2"), whose native form is ``image.pixels.dtype``. Where planes do
    not follow each other in equal steps ``planes`` has the place of each (t, z), z fastest, instead of ``places``' own.
    ``packed_bytes`` is the size of the largest plane where planes are unpacked as a whole, else 0.
    """

    image: Image
    stored: str
    item: int
    offset: int
    places: Places
    planes: Sequence[int] = ()
    packed_bytes: int = 0
    file: int = 0

    @property
    def interleaved(self) -> bool:
        """Whether the channels of a pixel stand side by side."""
        lowest, highest = _bounds(self.places.c)
        return lowest < highest and highest - lowest < self.places.y

    @property
    def end(self) -> int:
        """The byte behind the last sample."""
        pixels, places = self.image.pixels, self.places
        first = max(self.planes) if self.planes else _bounds(places.t)[1] + _bounds(places.z)[1]
        return (
            self.offset
            + first
            + _bounds(places.c)[1]
            + (pixels.size_y - 1) * places.y
            + (pixels.size_x - 1) * places.x
            + self.item
        )

    def _begins_early(self) -> bool:
        found = (self.planes or (0,), self.places.t, self.places.c, self.places.z)
        return any(_bounds(each)[0] < 0 for each in found)

    def plane(self, t: int, z: int) -> int:
        """Where the plane begins, counted from ``offset`` on."""
        return self.planes[t * self.image.pixels.size_z + z] if self.planes else self.places.t[t] + self.places.z[z]

    def check(self, name: str, size: int) -> None:
        """Raise DamagedSourceError unless every sample lies within ``size`` bytes, at a place of its own."""
        pixels, places = self.image.pixels, self.places
        counts = (len(places.t), len(places.c), len(places.z))
        if self.planes:
            counts = (pixels.size_t, len(places.c), len(self.planes) // pixels.size_t)
        steps_fit = places.x >= self.item and (pixels.size_y == 1 or places.y >= self.item)
        shape_fits = min(pixels.shape) > 0 and counts == pixels.shape[:3]
        if self.offset < 0 or not steps_fit or not shape_fits or self._begins_early():
            message = f"declares sizes (T, C, Z, Y, X) of {pixels.shape} in steps of {places.x} and {places.y} bytes"
            raise damaged(name, message)
        samples = 1
        for count in pixels.shape:
            samples *= count
        if self.end > size or samples * self.item > size:
            message = f"claims {max(self.end, self.offset + samples * self.item)} bytes and holds {size}"
            raise damaged(name, message, code="source.truncated")
        if pixels.size_c > MOST_CHANNELS:
            raise damaged(name, f"claims {pixels.size_c} channels, at most {MOST_CHANNELS} are read")


def _bounds(places: Sequence[int]) -> tuple[int, int]:
    """Smallest and largest; a range is not walked through, its length is a claim of the file."""
    ends = (places[0], places[-1]) if isinstance(places, range) else places
    return min(ends), max(ends)


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
        """Bands of rows, any of which can be read alone; whole planes where these are packed."""
        raw = self._images[series]
        pixels = raw.image.pixels
        if raw.packed_bytes:
            samples = pixels.size_c if raw.interleaved else 1
            size = (pixels.size_y, pixels.size_x)
            return TileGrid(height=size[0], width=size[1], samples=samples, coded_bytes=raw.packed_bytes)
        rows = max(1, min(pixels.size_y, _BAND_BYTES // max(1, raw.places.y)))
        samples = pixels.size_c if raw.interleaved else 1
        return TileGrid(height=rows, width=pixels.size_x, samples=samples, compressed=False)

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of one block, clipped to the plane, native byte order."""
        import numpy as np  # with the first pixel: an inspection does without

        raw = self._images[series]
        pixels, places = raw.image.pixels, raw.places
        if level or not (0 <= t < pixels.size_t and 0 <= z < pixels.size_z):
            raise IndexError(f"no plane t={t} z={z} at level {level} of series {series}")
        channels = places.c[c]
        rows, columns = range(*y.indices(pixels.size_y)), range(*x.indices(pixels.size_x))
        out = np.empty((len(channels), len(rows), len(columns)), np.dtype(raw.stored).newbyteorder("="))
        if not out.size:
            return out
        corner = raw.offset + raw.plane(t, z) + rows.start * places.y + columns.start * places.x
        step = len(channels) if raw.interleaved else 1
        for first in range(0, len(channels), step):
            self._fill(raw, corner, channels[first : first + step], out[first : first + step])
        return out

    def _fill(self, raw: RawImage, corner: int, channels: Sequence[int], out: NDArray[Any]) -> None:
        """Read ``out`` (C, Y, X), whose first pixel stands at ``corner``: at once, or by rows where that is less."""
        _, rows, columns = out.shape
        row_bytes = max(channels) - min(channels) + (columns - 1) * raw.places.x + raw.item
        if rows > 1 and row_bytes * 2 < raw.places.y:
            for row in range(rows):
                self._copy(raw, corner + row * raw.places.y, row_bytes, channels, out[:, row : row + 1])
        else:
            self._copy(raw, corner, (rows - 1) * raw.places.y + row_bytes, channels, out)

    def _copy(self, raw: RawImage, corner: int, count: int, channels: Sequence[int], out: NDArray[Any]) -> None:
        import numpy as np  # as above

        lowest = min(channels)
        data = self._files[raw.file].read(corner + lowest, count)
        for target, channel in zip(out, channels, strict=True):
            target[:] = np.ndarray(
                target.shape, raw.stored, data, offset=channel - lowest, strides=(raw.places.y, raw.places.x)
            )


def files_of(paths: Sequence[Path]) -> tuple[SourceFile, ...]:
    """Each file of ``paths`` once, with size and time of change, sorted."""
    stats = [(path, path.stat()) for path in sorted(set(paths))]
    return tuple(SourceFile(str(path), stat.st_size, str(stat.st_mtime_ns)) for path, stat in stats)
