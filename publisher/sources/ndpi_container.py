"""The TIFF structure of Hamamatsu slides: a scan is one JPEG, cut into tiles by its restart marks.

A mark stands after every so many blocks of the JPEG (its restart interval), which divides a row of them; tag 65426
lists where each piece begins. With the header before it, its height and width set to the piece's, a piece is a JPEG
of its own. Markers: ITU-T T.81, B.2.
"""

import struct
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path

from publisher.sources.damage import damaged, unsupported
from publisher.sources.tiff_container import Directory, Segments, TiffContainer
from publisher.sources.tiff_layout import Compression, Layout
from publisher.sources.tiff_tags import STRIP_COUNTS, STRIP_OFFSETS

MCU_STARTS, MCU_STARTS_HIGH = 65426, 65432
_HEADER_BYTES = 65536


@dataclass(frozen=True, slots=True)
class _Pieces:
    """Height and width of a piece in pixels, and the header that makes it a JPEG."""

    height: int
    width: int
    header: bytes


class NdpiContainer(TiffContainer):
    """A Hamamatsu slide below 4 GB; directories whose JPEG has restart marks have one tile for each interval."""

    def __init__(self, path: Path, *, name: str | None = None) -> None:
        super().__init__(path, name=name)
        self._pieces = lru_cache(maxsize=64)(self._find_pieces)

    def _directory(self, offset: int, index: int) -> Directory:
        directory = super()._directory(offset, index)
        if directory.layout.compression != Compression.JPEG or MCU_STARTS not in self.tags(directory):
            return directory
        pieces = self._pieces(directory)
        layout = replace(directory.layout, tiled=True, tile_height=pieces.height, tile_width=pieces.width)
        if layout.width % pieces.width or self._count(directory) != layout.tile_count:
            message = f"directory {index} has {self._count(directory)} restart marks, which do not cut it into tiles"
            raise unsupported(self.name, message, hint="convert it with bioformats2raw")
        return replace(directory, layout=self._shared(layout))

    def _shared(self, layout: Layout) -> Layout:
        return self._layouts.setdefault(layout, layout)

    def _count(self, directory: Directory) -> int:
        return self.tags(directory)[MCU_STARTS].values

    def listed(self, directory: Directory) -> Segments:
        """The pieces between marks as tiles."""
        if not self.jpeg_header(directory):
            return super().listed(directory)
        strips, sizes = self.integers(directory, STRIP_OFFSETS), self.integers(directory, STRIP_COUNTS)
        starts = self.integers(directory, MCU_STARTS)
        high = self.integers(directory, MCU_STARTS_HIGH) or (0,) * len(starts)
        if (
            len(strips) != 1
            or len(sizes) != 1
            or len(high) != len(starts)
            or len(starts) != directory.layout.tile_count
        ):
            raise damaged(self.name, f"directory {directory.index} does not list the pieces of one JPEG")
        places = [low + (above << 32) for low, above in zip(starts, high, strict=True)]
        counts = [end - start for start, end in zip(places, [*places[1:], sizes[0]], strict=True)]
        return Segments(tuple(strips[0] + place for place in places), tuple(counts))

    def jpeg_header(self, directory: Directory) -> bytes:
        """What must stand before a piece so that it is a JPEG; empty for a directory without restart marks."""
        if not directory.layout.tiled or MCU_STARTS not in self.tags(directory):
            return b""
        return self._pieces(directory).header

    def _find_pieces(self, directory: Directory) -> _Pieces:
        strips, starts = self.integers(directory, STRIP_OFFSETS), self.integers(directory, MCU_STARTS)
        if len(strips) != 1 or not starts or not 0 < starts[0] <= _HEADER_BYTES:
            raise damaged(self.name, f"directory {directory.index} does not list the pieces of one JPEG")
        try:
            return _pieces(self.read(strips[0], starts[0]))
        except (struct.error, IndexError, ValueError) as error:
            raise damaged(self.name, f"directory {directory.index} has no JPEG header with restart marks") from error


def _pieces(header: bytes) -> _Pieces:
    """The piece that a JPEG header speaks of; raises ValueError when it has no frame or no restart interval."""
    interval = frame = 0
    block_height = block_width = 8
    at = 2
    while at + 4 <= len(header):
        marker, length = struct.unpack_from(">HH", header, at)
        if marker == 0xFFDD:  # DRI
            (interval,) = struct.unpack_from(">H", header, at + 4)
        elif marker in (0xFFC0, 0xFFC1):  # baseline and extended frames
            frame = at
            factors = [header[at + 11 + 3 * number] for number in range(header[at + 9])]
            block_height = 8 * max(factor & 15 for factor in factors)
            block_width = 8 * max(factor >> 4 for factor in factors)
        elif marker == 0xFFDA:  # SOS: the scan begins
            break
        elif not 0xFFC0 <= marker <= 0xFFFE:
            raise ValueError(f"marker {marker:04x}")
        at += 2 + length
    if not (interval and frame and block_height and block_width and interval * block_width < 2**16):
        raise ValueError("no restart interval or no frame")
    size = struct.pack(">HH", block_height, interval * block_width)
    return _Pieces(block_height, interval * block_width, header[: frame + 5] + size + header[frame + 9 :])
