"""Zeiss CZI: scenes, mosaics, z, time, channels. Sub-blocks are read where a block of a plane touches them.

The tiles of a mosaic are laid on top of each other by their number, as Zeiss' own programs and Bio-Formats do.
"""

from __future__ import annotations

import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from publisher.errors import Problem, PublisherError
from publisher.formats.ome_xml.acquired import acquired
from publisher.model.identity import stem
from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damage_boundary, damaged, unsupported, warning
from publisher.sources.foreign import czi_decoder
from publisher.sources.foreign.czi_container import MAGIC, PLANE_AXES, CziContainer, SubBlock
from publisher.sources.foreign.czi_metadata import CziWords, read_words
from publisher.sources.foreign.raw_planes import MOST_CHANNELS, files_of
from publisher.sources.protocol import ImageSource, Roots, SourceFile, TileGrid

if TYPE_CHECKING:  # an inspection needs no array
    from numpy.typing import NDArray

_KEPT_BYTES = 64 << 20
"""Decoded tiles that are kept: those of a mosaic overlap and do not follow the blocks that are asked for."""
_MOST_SPREAD = 100
"""A mosaic's outline is at most this many times its tiles: two tiles far apart would be a plane of zeros."""
_RGB = (("Red", "FF0000"), ("Green", "00FF00"), ("Blue", "0000FF"))


class CziReader:
    """Reads CZI files of one part."""

    name = "czi"
    suffixes: tuple[str, ...] = (".czi",)
    revision = 1

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether the file begins as CZI."""
        return head.startswith(MAGIC)

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> CziSource:
        """Open ``path``: an image for each scene, view and block."""
        real = roots.resolve(path)
        with damage_boundary(path, "opening"):
            container = CziContainer(real, str(path))
            try:
                return CziSource(container)
            except BaseException:
                container.close()
                raise


class Mosaic:
    """The tiles of one plane, found by place. Positions are pixels of the image, (0, 0) its corner."""

    def __init__(self, blocks: Iterable[SubBlock], top: int, left: int) -> None:
        self._blocks = sorted(blocks, key=lambda block: block.order)  # stable: the file's order where numbers agree
        self._top, self._left = top, left
        self._edge_y = max(block.height for block in self._blocks)
        self._edge_x = max(block.width for block in self._blocks)
        self._cells: dict[tuple[int, int], list[int]] = {}
        for number, block in enumerate(self._blocks):
            y, x = block.y - top, block.x - left
            for cell in self._cells_of(range(y, y + block.height), range(x, x + block.width)):
                self._cells.setdefault(cell, []).append(number)

    def __len__(self) -> int:
        return len(self._blocks)

    def touched(self, y: range, x: range) -> list[tuple[SubBlock, int, int]]:
        """(tile, its top, its left) of every tile with pixels in rows ``y`` and columns ``x``, lowest first."""
        numbers = {number for cell in self._cells_of(y, x) for number in self._cells.get(cell, ())}
        found = ((self._blocks[number]) for number in sorted(numbers))
        placed = ((block, block.y - self._top, block.x - self._left) for block in found)
        return [
            (block, top, left)
            for block, top, left in placed
            if top < y.stop and top + block.height > y.start and left < x.stop and left + block.width > x.start
        ]

    def seen(self, y: range, x: range) -> list[tuple[SubBlock, int, int, range, range]]:
        """As `touched`, with the rows and columns of each tile; without those that a later one covers there."""
        found: list[tuple[SubBlock, int, int, range, range]] = []
        for block, top, left in reversed(self.touched(y, x)):
            rows = range(max(y.start, top), min(y.stop, top + block.height))
            columns = range(max(x.start, left), min(x.stop, left + block.width))
            if not any(_holds(above[3], rows) and _holds(above[4], columns) for above in found):
                found.append((block, top, left, rows, columns))
        return found[::-1]

    def layout(self) -> tuple[tuple[int, int, int, int], ...]:
        """Top, left, height and width of every tile."""
        return tuple((block.y, block.x, block.height, block.width) for block in self._blocks)

    def covers(self, height: int, width: int) -> bool:
        """Whether every pixel of (height, width) lies in some tile: the area of the union, by strips of rows."""
        if len(self._blocks) == 1:
            return (self._blocks[0].height, self._blocks[0].width) == (height, width)
        edges = sorted({edge for block in self._blocks for edge in (block.y, block.y + block.height)})
        if edges[0] != self._top or edges[-1] != self._top + height:
            return False
        for upper, lower in pairwise(edges):
            reached = 0
            row = self.touched(range(upper - self._top, lower - self._top), range(width))
            for left, right in sorted((left, left + block.width) for block, _, left in row):
                if left > reached:
                    return False
                reached = max(reached, right)
            if reached < width:
                return False
        return True

    def _cells_of(self, y: range, x: range) -> list[tuple[int, int]]:
        rows = range(y.start // self._edge_y, (y.stop - 1) // self._edge_y + 1)
        columns = range(x.start // self._edge_x, (x.stop - 1) // self._edge_x + 1)
        return [(row, column) for row in rows for column in columns]


def _holds(outer: range, inner: range) -> bool:
    return outer.start <= inner.start and inner.stop <= outer.stop


def _moved(places: range, by: int) -> range:
    return range(places.start + by, places.stop + by)


@dataclass(frozen=True, slots=True)
class CziSeries:
    """One image: the tiles of its planes by (t, c, z), and how they are stored. ``samples`` are published channels."""

    image: Image
    planes: dict[tuple[int, int, int], Mosaic]
    samples: int
    grid: TileGrid


class CziSource(ImageSource):
    """One opened CZI file."""

    def __init__(self, container: CziContainer) -> None:
        self._container = container
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, NDArray[Any]] = OrderedDict()
        self._warnings: list[Problem] = []
        words = self._words()
        found: dict[tuple[int, ...], list[SubBlock]] = {}
        blocks = container.sub_blocks()
        for block in blocks:
            found.setdefault(block.series, []).append(block)
        most = _largest_gap(blocks, container.file.size)
        series = [
            self._series(number, key, found[key], words, several=len(found) > 1, coded=most)
            for number, key in enumerate(sorted(found))
        ]
        told = acquired([each.image for each in series], [words.acquisition] * len(series))
        self._document = told.document
        self._all = tuple(replace(each, image=image) for each, image in zip(series, told.images, strict=True))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._kept.clear()
        self._container.close()

    def identity(self) -> tuple[SourceFile, ...]:
        """The one file."""
        return files_of([self._container.path])

    def document(self) -> bytes | None:
        """What the file's XML says, in OME's words."""
        return self._document

    def warnings(self) -> tuple[Problem, ...]:
        """What the curator should know."""
        return tuple(self._warnings)

    def images(self) -> Sequence[Image]:
        """Every image, by scene."""
        return tuple(each.image for each in self._all)

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """Full size only: stored pyramids are not used."""
        pixels = self._all[series].image.pixels
        return ((pixels.size_y, pixels.size_x),)

    def tiling(self, series: int, level: int) -> TileGrid:
        """Size of the commonest tile; a mosaic's may overlap."""
        return self._all[series].grid

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of one block, clipped to the plane; where a mosaic has no tile they are 0."""
        import numpy as np  # with the first pixel

        each = self._all[series]
        pixels = each.image.pixels
        if level or not (0 <= t < pixels.size_t and 0 <= z < pixels.size_z):
            raise IndexError(f"no plane t={t} z={z} at level {level} of series {series}")
        channels = range(*c.indices(pixels.size_c))
        rows, columns = range(*y.indices(pixels.size_y)), range(*x.indices(pixels.size_x))
        out = np.zeros((len(channels), len(rows), len(columns)), pixels.dtype)
        if not out.size:
            return out
        for first in range(channels.start - channels.start % each.samples, channels.stop, each.samples):
            start, stop = max(channels.start, first), min(channels.stop, first + each.samples)
            target = out[start - channels.start : stop - channels.start]
            for block, top, left, y_seen, x_seen in each.planes[t, first // each.samples, z].seen(rows, columns):
                part = self._part(block, _moved(y_seen, -top), _moved(x_seen, -left))
                down, across = _moved(y_seen, -rows.start), _moved(x_seen, -columns.start)
                place = target[:, down.start : down.stop, across.start : across.stop]
                place[:] = part[..., start - first : stop - first].transpose(2, 0, 1)
        return out

    def _part(self, block: SubBlock, y: range, x: range) -> NDArray[Any]:
        """Rows ``y`` and columns ``x`` of one tile, (Y, X, samples)."""
        import numpy as np  # as above

        name = self._container.name
        if not czi_decoder.is_raw(block.compression):
            return self._decoded(block)[y.start : y.stop, x.start : x.stop]
        dtype, samples = czi_decoder.PIXEL_TYPES[block.pixel_type]
        offset, size = self._container.data_of(block)
        row = block.width * samples * czi_decoder.ITEMS[dtype]
        if size < row * block.height:
            message = f"has a tile of {size} bytes, expected {row * block.height}"
            raise damaged(name, message, code="source.truncated")
        data = self._container.file.read(offset + y.start * row, len(y) * row)
        stored = np.frombuffer(data, np.dtype(dtype).newbyteorder("<")).reshape(len(y), block.width, samples)
        return czi_decoder.colours(stored[:, x.start : x.stop])

    def _decoded(self, block: SubBlock) -> NDArray[Any]:
        with self._lock:
            kept = self._kept.get(block.position)
            if kept is not None:
                self._kept.move_to_end(block.position)
                return kept
        offset, size = self._container.data_of(block)
        data = self._container.file.read(offset, size)
        pixels = czi_decoder.decoded(
            self._container.name, data, block.pixel_type, block.compression, block.height, block.width
        )
        with self._lock:
            self._kept[block.position] = pixels
            while len(self._kept) > 1 and sum(each.nbytes for each in self._kept.values()) > _KEPT_BYTES:
                self._kept.popitem(last=False)
        return pixels

    def _words(self) -> CziWords:
        """What the XML says; a file whose XML is damaged has its pixels all the same."""
        try:
            data = self._container.metadata()
            return read_words(data, name=self._container.name) if data else CziWords()
        except PublisherError as error:
            message = f"its metadata cannot be read, only sizes and pixels are: {error.problems[0].message}"
            self._warnings.append(warning(self._container.name, "source.metadata-damaged", message))
            return CziWords()

    def _series(
        self, number: int, key: tuple[int, ...], blocks: list[SubBlock], words: CziWords, *, several: bool, coded: int
    ) -> CziSeries:
        name = self._container.name
        kinds = {(block.pixel_type, block.compression) for block in blocks}
        types = {block.pixel_type for block in blocks}
        if len(types) > 1:
            raise unsupported(name, f"mixes pixels of the CZI types {sorted(types)} in one image")
        largest = max(blocks, key=lambda block: block.height * block.width)
        for pixel_type, compression in kinds:
            czi_decoder.check_kind(name, pixel_type, compression, largest.height, largest.width)
        dtype, stored = czi_decoder.PIXEL_TYPES[blocks[0].pixel_type]
        samples = min(stored, 3)
        top, left = min(block.y for block in blocks), min(block.x for block in blocks)
        height = max(block.y + block.height for block in blocks) - top
        width = max(block.x + block.width for block in blocks) - left
        area = sum(block.height * block.width for block in blocks)
        if height * width > _MOST_SPREAD * area:
            message = f"spreads tiles of {area} pixels over {height} x {width}, which is no mosaic"
            raise damaged(name, message, code="source.too-large")
        planes, (size_t, size_c, size_z) = self._planes(blocks, top, left)
        if size_c * samples > MOST_CHANNELS:
            raise damaged(name, f"claims {size_c} channels, at most {MOST_CHANNELS} are read")
        self._note_gaps(number, planes, height, width)
        rgb = samples == 3 and size_c == 1
        pixels = Pixels(
            size_x=width,
            size_y=height,
            size_z=size_z,
            size_c=size_c * samples,
            size_t=size_t,
            dtype=dtype,
            pixel_size_um=words.pixel_size_um if size_z > 1 else (None, *words.pixel_size_um[1:]),
            time_increment_s=words.increment_s if size_t > 1 else None,
            significant_bits=words.bits if dtype.startswith("uint") else None,
        )
        image = Image(
            series=number,
            name=_name(name, words, key[0], number, several),
            description=words.description,
            acquired=words.acquired,
            pixels=pixels,
            channels=_channels(words, size_c, samples, rgb),
            rgb=rgb,
        )
        raw = all(czi_decoder.is_raw(compression) for _, compression in kinds)
        common = Counter((block.height, block.width) for block in blocks).most_common(1)[0][0]
        grid = TileGrid(
            height=common[0], width=common[1], samples=samples, coded_bytes=0 if raw else coded, compressed=not raw
        )
        return CziSeries(image, planes, samples, grid)

    def _planes(
        self, blocks: list[SubBlock], top: int, left: int
    ) -> tuple[dict[tuple[int, int, int], Mosaic], tuple[int, int, int]]:
        """Tiles by plane, and how many t, c and z there are. Every plane has one at least, or the file is refused.

        Phases run within T, illuminations within C, rotations within Z, as Bio-Formats orders them.
        """
        found: dict[tuple[int, ...], list[SubBlock]] = {}
        for block in blocks:
            found.setdefault(block.key, []).append(block)
        values = [sorted({key[place] for key in found}) for place in range(len(PLANE_AXES))]
        sizes = dict(zip(PLANE_AXES, map(len, values), strict=True))
        wanted = 1
        for size in sizes.values():
            wanted *= size
        if wanted != len(found):
            axes = ", ".join(f"{letter} {size}" for letter, size in sizes.items() if size > 1)
            message = f"holds {len(found)} of the {wanted} planes that {axes} make"
            raise damaged(self._container.name, message, code="source.missing-planes")
        ranks = [{value: rank for rank, value in enumerate(each)} for each in values]
        planes = {}
        for key, tiles in found.items():
            t, c, z, phase, illumination, rotation = (ranks[place][value] for place, value in enumerate(key))
            place = (t * sizes["H"] + phase, c * sizes["I"] + illumination, z * sizes["R"] + rotation)
            planes[place] = Mosaic(tiles, top, left)
        return planes, (sizes["T"] * sizes["H"], sizes["C"] * sizes["I"], sizes["Z"] * sizes["R"])

    def _note_gaps(self, number: int, planes: dict[tuple[int, int, int], Mosaic], height: int, width: int) -> None:
        """Tell of planes that no tile covers in part: outlines of mosaics are seldom rectangles."""
        covered: dict[tuple[tuple[int, int, int, int], ...], bool] = {}  # planes are laid out alike, as a rule
        for mosaic in planes.values():
            layout = mosaic.layout()
            if layout not in covered:
                covered[layout] = mosaic.covers(height, width)
        gaps = sum(not covered[mosaic.layout()] for mosaic in planes.values())
        if gaps:
            message = f"image {number + 1}: the tiles of {gaps} of {len(planes)} planes leave parts uncovered"
            hint = "these pixels are published as 0, as ZEN shows them"
            self._warnings.append(warning(self._container.name, "source.mosaic-gaps", message, hint=hint))


def _name(path: str, words: CziWords, scene: int, number: int, several: bool) -> str:
    name = words.name or stem(path)
    return f"{name} {words.scenes.get(scene) or f'#{number + 1}'}" if several else name


def _channels(words: CziWords, size_c: int, samples: int, rgb: bool) -> tuple[Channel, ...]:
    if rgb:
        return tuple(Channel(name=name, color=color) for name, color in _RGB)
    told = (words.channels + (Channel(),) * size_c)[:size_c]
    if samples == 1:
        return told
    return tuple(
        Channel(name=f"{channel.name} {name}".strip(), color=color) for channel in told for name, color in _RGB
    )


def _largest_gap(blocks: Sequence[SubBlock], size: int) -> int:
    """Bytes from one sub-block to the next at most: none is stored in more."""
    places = [*sorted(block.position for block in blocks), size]
    return max(second - first for first, second in pairwise(places))
