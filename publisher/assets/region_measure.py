"""Intensities under shapes at full resolution: blocks of planes are read once, in bounded memory."""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.assets.region_raster import Window, covered, reach
from publisher.model.roi import Shape

BLOCK_PX = 1024
"""Edge of a block; the samples of all its channels are in memory at once, up to `BLOCK_BYTES`."""
BLOCK_BYTES = 64 << 20

ReadBlock = Callable[[int, int, slice, slice, slice], NDArray[Any]]
"""(t, z, c, y, x) to the samples (C, Y, X) at full resolution."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pixels:
    """The image that is measured: ``shape`` (T, C, Z, Y, X), bytes of a sample, channels that come together, and the
    plane (t, z) that shapes on all planes are measured on."""

    shape: tuple[int, int, int, int, int]
    sample_bytes: int
    samples: int
    default: tuple[int, int]


@dataclass(slots=True)
class Intensity:
    """Of one channel: samples that are numbers, their mean and what its variance is made of, least and largest."""

    count: int = 0
    mean: float = 0.0
    squares: float = 0.0
    least: float = math.inf
    most: float = -math.inf

    def take(self, values: NDArray[Any]) -> None:
        """Add samples (Chan, Golub and LeVeque 1979: no digits are lost where values are large)."""
        values = values.astype(np.float64)
        values = values[np.isfinite(values)]
        if not values.size:
            return
        mean = float(values.mean())
        squares = float(np.square(values - mean).sum())
        count, shift = self.count + values.size, mean - self.mean
        self.squares += squares + shift * shift * self.count * values.size / count
        self.mean += shift * values.size / count
        self.count = count
        self.least, self.most = min(self.least, float(values.min())), max(self.most, float(values.max()))

    @property
    def sum(self) -> float:
        """All samples together."""
        return self.mean * self.count

    @property
    def deviation(self) -> float:
        """Standard deviation of a sample (n - 1), as ImageJ and OMERO give it; 0 of a single pixel."""
        return math.sqrt(self.squares / (self.count - 1)) if self.count > 1 else 0.0


@dataclass(frozen=True, slots=True)
class Measured:
    """One shape: the plane it was measured on (from 0), the pixels it covers, and each channel."""

    t: int
    z: int
    pixels: int
    channels: tuple[Intensity, ...]


@dataclass(slots=True)
class _Sums:
    pixels: int = 0
    channels: list[Intensity] = field(default_factory=list)


def measured_plane(shape: Shape, image: Pixels) -> tuple[int, int]:
    """(t, z) where ``shape`` is measured: its own; on an axis of which it is on all planes, the one that pictures
    show."""
    t, z = shape.plane.t, shape.plane.z
    return image.default[0] if t is None else t, image.default[1] if z is None else z


def measure(shapes: Sequence[Shape], image: Pixels, read: ReadBlock) -> list[Measured | None]:
    """Every channel under each shape, in their order; None for shapes that are on no plane or cover no pixel.

    All channels are measured, on whichever one a shape was drawn: an outline found in one is of use in the others.
    """
    size_t, size_c, size_z, size_y, size_x = image.shape
    whole = Window(0, 0, size_x, size_y)
    found: dict[int, _Sums] = {}
    planes: dict[tuple[int, int], list[tuple[int, Window]]] = {}
    for number, shape in enumerate(shapes):
        place, window = measured_plane(shape, image), reach(shape, whole)
        if window and place[0] < size_t and place[1] < size_z:
            planes.setdefault(place, []).append((number, window))
            found[number] = _Sums(channels=[Intensity() for _ in range(size_c)])
    for place in sorted(planes):
        for block, inside in _blocks(planes[place]):
            _measure_block(shapes, inside, block, place, image, read, found)
    return [
        Measured(*measured_plane(shape, image), found[number].pixels, tuple(found[number].channels))
        if number in found and found[number].pixels
        else None
        for number, shape in enumerate(shapes)
    ]


def _blocks(windows: Sequence[tuple[int, Window]]) -> Iterator[tuple[Window, list[tuple[int, Window]]]]:
    """Blocks of a plane with the parts of shapes in them; a block is no larger than what they cover."""
    parts: dict[tuple[int, int], list[tuple[int, Window]]] = {}
    for number, window in windows:
        for row in range(window.y0 // BLOCK_PX, (window.y1 - 1) // BLOCK_PX + 1):
            for column in range(window.x0 // BLOCK_PX, (window.x1 - 1) // BLOCK_PX + 1):
                corner = Window(column * BLOCK_PX, row * BLOCK_PX, (column + 1) * BLOCK_PX, (row + 1) * BLOCK_PX)
                part = window.within(corner)
                assert part is not None, "rows and columns are those that it reaches"
                parts.setdefault((row, column), []).append((number, part))
    for _, inside in sorted(parts.items()):
        each = [window for _, window in inside]
        yield (
            Window(
                min(one.x0 for one in each),
                min(one.y0 for one in each),
                max(one.x1 for one in each),
                max(one.y1 for one in each),
            ),
            inside,
        )


def _measure_block(
    shapes: Sequence[Shape],
    inside: Sequence[tuple[int, Window]],
    block: Window,
    place: tuple[int, int],
    image: Pixels,
    read: ReadBlock,
    found: dict[int, _Sums],
) -> None:
    size_c = image.shape[1]
    one = block.width * block.height * image.sample_bytes
    step = max(1, BLOCK_BYTES // max(1, one) // image.samples) * image.samples
    y, x = slice(block.y0, block.y1), slice(block.x0, block.x1)
    for first in range(0, size_c, step):
        values = read(*place, slice(first, min(size_c, first + step)), y, x)
        for number, window in inside:
            under = covered(shapes[number], window)
            if first == 0:
                found[number].pixels += int(under.sum())
            rows = slice(window.y0 - block.y0, window.y1 - block.y0)
            columns = slice(window.x0 - block.x0, window.x1 - block.x0)
            for channel, plane in enumerate(values[:, rows, columns], start=first):
                found[number].channels[channel].take(plane[under])
