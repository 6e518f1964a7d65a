"""The segments of a Zeiss CZI file: its directory of sub-blocks, and its metadata. No pixel is read here.

Layout after Zeiss' "ZISRAW (CZI) File Format": every segment begins with 32 bytes (id of 16, allocated, used).
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from publisher.sources.damage import damaged, unsupported
from publisher.sources.foreign.stored_bytes import FileBytes

MAGIC = b"ZISRAWFILE\0"
_SEGMENT = 32
_ENTRY = struct.Struct("<2siqiiBB4si")
_DIMENSION = struct.Struct("<4siifi")
_MOST_METADATA = 64 << 20
_MOST_DIMENSIONS = 40
PLANE_AXES = "TCZHIR"
"""Letters of axes along which a sub-block is one thick: time, channel, z, phase, illumination, rotation."""
SERIES_AXES = "SVB"
"""Scene, view, block: each combination is an image of its own."""


@dataclass(frozen=True, slots=True)
class SubBlock:
    """One tile of full resolution: where it stands in the file, and where it belongs.

    ``y`` and ``x`` count pixels from an origin that the whole file shares; ``order`` is the place in the mosaic;
    ``key`` the positions along `PLANE_AXES`; ``series`` those along `SERIES_AXES`.
    """

    position: int
    pixel_type: int
    compression: int
    y: int
    x: int
    height: int
    width: int
    order: int
    key: tuple[int, ...]
    series: tuple[int, ...]


class CziContainer:
    """One opened CZI file."""

    def __init__(self, path: Path, name: str) -> None:
        self.file = FileBytes(path)
        self.file.name = name
        self.name, self.path = name, path
        try:
            self._read_header()
        except BaseException:
            self.file.close()
            raise

    def _read_header(self) -> None:
        head = self.file.read(0, min(self.file.size, _SEGMENT + 80))
        if not head.startswith(MAGIC) or len(head) < _SEGMENT + 80:
            raise damaged(self.name, "does not begin as a CZI file")
        fields = struct.unpack_from("<iiii16s16siqqiq", head, _SEGMENT)
        self._part, self._directory, self._metadata, self._pending = fields[6:10]
        if self._part:
            hint = "join the parts in ZEN, or convert the set with bioformats2raw"
            raise unsupported(self.name, f"is part {self._part + 1} of a CZI of several files", hint=hint)

    def close(self) -> None:
        """Release the file."""
        self.file.close()

    def sub_blocks(self) -> tuple[SubBlock, ...]:
        """Every sub-block of full resolution, in the order of the directory; those of pyramids are passed over."""
        self._expect(self._directory, b"ZISRAWDIRECTORY")
        used = struct.unpack("<q", self.file.read(self._directory + 24, 8))[0]
        start = self._directory + _SEGMENT
        count = struct.unpack("<i", self.file.read(start, 4))[0]
        if not 0 < count <= used // _ENTRY.size:
            raise damaged(self.name, f"has a directory of {used} bytes that claims {count} sub-blocks")
        data = self.file.read(start + 128, min(used, self.file.size - start) - 128)
        try:
            found = tuple(block for block in self._entries(data, count) if block is not None)
        except struct.error as error:
            raise damaged(self.name, f"has a directory that ends within its {count} entries") from error
        if not found:
            raise damaged(self.name, "holds no sub-block of full resolution")
        return found

    def _entries(self, data: bytes, count: int) -> Iterator[SubBlock | None]:
        place = 0
        for _ in range(count):
            schema, pixel_type, position, part, compression, _, _, _, dimensions = _ENTRY.unpack_from(data, place)
            if schema != b"DV" or not 0 <= dimensions <= _MOST_DIMENSIONS:
                raise damaged(self.name, f"has a directory entry of schema {schema!r} with {dimensions} dimensions")
            if part:
                raise unsupported(self.name, "keeps sub-blocks in other files", hint="join the parts in ZEN")
            place += _ENTRY.size
            sizes = {}
            for _ in range(dimensions):
                letter, start, size, _, stored = _DIMENSION.unpack_from(data, place)
                sizes[letter.rstrip(b"\0").decode("latin-1")] = (start, size, stored or size)
                place += _DIMENSION.size
            yield self._sub_block(position, pixel_type, compression, sizes)

    def _sub_block(
        self, position: int, pixel_type: int, compression: int, sizes: dict[str, tuple[int, int, int]]
    ) -> SubBlock | None:
        if not {"X", "Y"} <= sizes.keys():
            raise damaged(self.name, f"has a sub-block with the dimensions {''.join(sizes)}, without X and Y")
        (x, width, stored_width), (y, height, stored_height) = sizes["X"], sizes["Y"]
        if min(width, height, stored_width, stored_height) < 1 or position < 0:
            raise damaged(self.name, f"has a sub-block of {height} x {width} pixels at byte {position}")
        if (stored_width, stored_height) != (width, height):
            return None
        thick = [letter for letter in PLANE_AXES if sizes.get(letter, (0, 1, 1))[1] != 1]
        if thick:
            raise unsupported(self.name, f"has sub-blocks that are more than one thick along {', '.join(thick)}")
        return SubBlock(
            position=position,
            pixel_type=pixel_type,
            compression=compression,
            y=y,
            x=x,
            height=height,
            width=width,
            order=sizes.get("M", (0, 1, 1))[0],
            key=tuple(sizes.get(letter, (0, 1, 1))[0] for letter in PLANE_AXES),
            series=tuple(sizes.get(letter, (0, 1, 1))[0] for letter in SERIES_AXES),
        )

    def metadata(self) -> bytes:
        """The XML document about the images; empty when there is none."""
        if self._metadata <= 0:
            return b""
        self._expect(self._metadata, b"ZISRAWMETADATA")
        size = struct.unpack("<i", self.file.read(self._metadata + _SEGMENT, 4))[0]
        if not 0 <= size <= _MOST_METADATA:
            raise damaged(self.name, f"claims {size} bytes of metadata, at most {_MOST_METADATA} are read")
        return self.file.read(self._metadata + _SEGMENT + 256, size).rstrip(b"\0")

    def data_of(self, block: SubBlock) -> tuple[int, int]:
        """(offset, bytes) of the pixels of one sub-block."""
        self._expect(block.position, b"ZISRAWSUBBLOCK")
        head = self.file.read(block.position + _SEGMENT, 16 + _ENTRY.size)
        metadata, _, size = struct.unpack_from("<iiq", head)
        dimensions = _ENTRY.unpack_from(head, 16)[-1]
        if metadata < 0 or size < 0 or not 0 <= dimensions <= _MOST_DIMENSIONS:
            raise damaged(self.name, f"has a sub-block at byte {block.position} with impossible sizes")
        fixed = max(256, 16 + _ENTRY.size + _DIMENSION.size * dimensions)
        return block.position + _SEGMENT + fixed + metadata, size

    def _expect(self, position: int, identifier: bytes) -> None:
        if position < 0 or self.file.read(position, 16).rstrip(b"\0") != identifier:
            raise damaged(self.name, f"has no {identifier.decode()} segment at byte {position}")
