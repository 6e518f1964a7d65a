"""The structure of a TIFF or BigTIFF file: its directories and their tags, checked against the bytes that exist.

Reading structure ourselves keeps hostile counts, loops and offsets away from the decoders, and lets an
inspection do without any library. Tags and types: TIFF 6.0, section 2; BigTIFF: libtiff's bigtiff page.
"""

import math
import os
import stat
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Self

from publisher.sources.damage import damaged
from publisher.sources.tiff_layout import Layout, read_layout
from publisher.sources.tiff_tags import (
    INTEGER_CODES,
    JPEG_TABLES,
    LAYOUT_TAGS,
    STRIP_COUNTS,
    STRIP_OFFSETS,
    SUB_IFDS,
    TILE_COUNTS,
    TILE_OFFSETS,
    TYPE_SIZES,
    Tag,
    parse_table,
)

MAX_DIRECTORIES = 1_000_000
MAX_TILES = 50_000_000


@dataclass(frozen=True, slots=True)
class Directory:
    """One image file directory (IFD); ``table`` is its tag table as it stands in the file."""

    index: int
    offset: int
    layout: Layout
    table: bytes
    next_offset: int


@dataclass(frozen=True, slots=True)
class Segments:
    """Where the tiles (or strips) of a directory are: byte offsets and byte counts."""

    offsets: tuple[int, ...]
    counts: tuple[int, ...]


class TiffContainer:
    """An opened TIFF file. ``name`` is what problems call it. Reading is safe from several threads."""

    def __init__(self, path: Path, *, name: str | None = None) -> None:
        self.path, self.name = path, name or str(path)
        if not stat.S_ISREG(path.stat().st_mode):
            raise damaged(self.name, "is not a regular file")
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        try:
            self.size = os.fstat(self._fd).st_size
            self.byte_order, self.is_big, self._first = self._header()
        except BaseException:
            self.close()
            raise
        self._layouts: dict[Layout, Layout] = {}
        self._parsed: dict[tuple[object, ...], Layout] = {}
        self._directories: tuple[Directory, ...] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the file; harmless when it is closed."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def read(self, offset: int, count: int) -> bytes:
        """Exactly ``count`` bytes from ``offset``."""
        self._check_span(offset, count)
        data = os.pread(self._fd, count, offset)
        if len(data) != count:
            raise self._cut_short(offset, count)
        return data

    def read_into(self, buffer: memoryview, offset: int) -> None:
        """Fill ``buffer`` with the bytes from ``offset``."""
        self._check_span(offset, len(buffer))
        done = 0
        while done < len(buffer):
            got = os.preadv(self._fd, [buffer[done:]], offset + done)
            if got <= 0:
                raise self._cut_short(offset, len(buffer))
            done += got

    def _check_span(self, offset: int, count: int) -> None:
        if offset < 0 or count < 0 or offset + count > self.size:
            raise self._cut_short(offset, count)

    def _cut_short(self, offset: int, count: int) -> Exception:
        return damaged(
            self.name,
            f"points to {count} bytes at offset {offset}, but the file has {self.size} bytes",
            code="source.truncated",
            hint="copy the file again from where it was acquired",
        )

    def _header(self) -> tuple[str, bool, int]:
        head = self.read(0, min(16, self.size))
        order = {b"II": "<", b"MM": ">"}.get(head[:2])
        if order is None or len(head) < 8:
            raise damaged(self.name, "does not begin like a TIFF file", code="source.not-tiff")
        version = struct.unpack_from(order + "H", head, 2)[0]
        if version == 42:
            return order, False, struct.unpack_from(order + "I", head, 4)[0]
        if version == 43 and len(head) == 16 and struct.unpack_from(order + "HH", head, 4) == (8, 0):
            return order, True, struct.unpack_from(order + "Q", head, 8)[0]
        raise damaged(self.name, f"has TIFF version {version}, expected 42 or 43", code="source.not-tiff")

    def directories(self) -> tuple[Directory, ...]:
        """The main chain of directories, in file order; they are numbered from 0 as TiffData's IFD is."""
        if self._directories is None:
            self._directories = tuple(self._walk())
        return self._directories

    def first_directory(self) -> Directory:
        """The first directory alone: quick where a file has thousands."""
        return self._directories[0] if self._directories else self._directory(self._first, 0)

    def _walk(self) -> Iterator[Directory]:
        offset, seen = self._first, set[int]()
        while offset:
            if offset in seen:
                raise damaged(self.name, f"has directories that form a loop (directory {len(seen)} is seen again)")
            if len(seen) >= MAX_DIRECTORIES:
                raise damaged(self.name, f"has more than {MAX_DIRECTORIES} directories", code="source.too-large")
            seen.add(offset)
            directory = self._directory(offset, len(seen) - 1)
            yield directory
            offset = directory.next_offset
        if not seen:
            raise damaged(self.name, "holds no image directory")

    def sub_directories(self, directory: Directory) -> tuple[Directory, ...]:
        """The directories named by the SubIFDs tag, in order; empty when there are none."""
        offsets = self.integers(directory, SUB_IFDS)
        if len(offsets) > 64:
            raise damaged(self.name, f"directory {directory.index} has {len(offsets)} SubIFDs, at most 64 make sense")
        if directory.offset in offsets or len(set(offsets)) != len(offsets):
            raise damaged(self.name, f"directory {directory.index} has SubIFDs that form a loop")
        return tuple(self._directory(offset, directory.index) for offset in offsets)

    def _directory(self, offset: int, index: int) -> Directory:
        number, entry, pointer = ("Q", 20, 8) if self.is_big else ("H", 12, 4)
        size = struct.calcsize(number)
        head = self.read(offset, min(1024, max(size, self.size - offset)))
        count = struct.unpack_from(self.byte_order + number, head)[0]
        if not 0 < count <= 4096:
            raise damaged(self.name, f"directory {index} claims {count} tags, expected 1 to 4096")
        end = size + count * entry
        if len(head) < end + pointer:
            head = self.read(offset, min(end + pointer, max(end, self.size - offset)))
        table, link = head[size:end], head[end : end + pointer]
        order: Literal["little", "big"] = "little" if self.byte_order == "<" else "big"
        next_offset = int.from_bytes(link, order) if len(link) == pointer else 0
        layout = self._shared_layout(index, parse_table(table, self.byte_order, is_big=self.is_big))
        return Directory(index, offset, layout, table, next_offset)

    def _shared_layout(self, index: int, tags: dict[int, Tag]) -> Layout:
        """The layout that the tags describe; directories with equal tags share it, and are quick to parse."""
        key = (*(tags.get(number) for number in LAYOUT_TAGS), JPEG_TABLES in tags)
        layout = self._parsed.get(key)
        if layout is None:
            parsed = read_layout(tags, self._integers, name=self.name, index=index)
            layout = self._layouts.setdefault(parsed, parsed)
            found = (tag for tag in key if isinstance(tag, Tag))
            if all(TYPE_SIZES.get(tag.kind, 0) * tag.values <= len(tag.inline) for tag in found):
                self._parsed[key] = layout
        return layout

    def tags(self, directory: Directory) -> dict[int, Tag]:
        """The directory's tags by number; of a number given twice the first counts."""
        return parse_table(directory.table, self.byte_order, is_big=self.is_big)

    def tag_bytes(self, tag: Tag) -> bytes:
        """The bytes of one tag's value, wherever they are; never more than the file holds."""
        size = TYPE_SIZES.get(tag.kind, 0) * tag.values
        if not size:
            return b""
        if size <= len(tag.inline):
            return tag.inline[:size]
        return self.read(self._offset_of(tag), size)

    def _offset_of(self, tag: Tag) -> int:
        return int.from_bytes(tag.inline, "little" if self.byte_order == "<" else "big")

    def integers(self, directory: Directory, number: int) -> tuple[int, ...]:
        """The integers of a tag; empty when it is missing or holds something else."""
        tag = self.tags(directory).get(number)
        return self._integers(tag) if tag else ()

    def _integers(self, tag: Tag) -> tuple[int, ...]:
        code = INTEGER_CODES.get(tag.kind)
        if tag.values == 1 and code and tag.kind in (3, 4):  # most tags by far
            return struct.unpack_from(self.byte_order + code, tag.inline)
        return struct.unpack(f"{self.byte_order}{tag.values}{code}", self.tag_bytes(tag)) if code else ()

    def value_bytes(self, directory: Directory, number: int) -> bytes:
        """The bytes of a tag's value; empty when it is missing."""
        tag = self.tags(directory).get(number)
        return self.tag_bytes(tag) if tag else b""

    def leading_bytes(self, directory: Directory, number: int, most: int) -> bytes:
        """The first ``most`` bytes of a tag's value; empty when it is missing."""
        tag = self.tags(directory).get(number)
        size = TYPE_SIZES.get(tag.kind, 0) * tag.values if tag else 0
        if tag is None or size <= most:
            return self.tag_bytes(tag) if tag else b""
        return self.read(self._offset_of(tag), most)

    def rational(self, directory: Directory, number: int) -> float | None:
        """The first value of a RATIONAL tag; None when it is missing or has no finite value."""
        tag = self.tags(directory).get(number)
        if tag is None or tag.kind != 5 or tag.values < 1:
            return None
        above, below = struct.unpack_from(self.byte_order + "II", self.tag_bytes(tag))
        return above / below if below else None

    def float(self, directory: Directory, number: int) -> float | None:
        """The first value of a FLOAT or DOUBLE tag; None when it is missing or not finite."""
        tag = self.tags(directory).get(number)
        code = {11: "f", 12: "d"}.get(tag.kind) if tag else None
        if tag is None or code is None or tag.values < 1:
            return None
        (value,) = struct.unpack_from(self.byte_order + code, self.leading_bytes(directory, number, 8))
        return value if math.isfinite(value) else None

    def segments(self, directory: Directory) -> Segments:
        """Offsets and byte counts of all tiles, each checked to lie inside the file."""
        segments = self.mended(directory, self.listed(directory))
        self._check_segments(directory, segments)
        return segments

    def mended(self, directory: Directory, segments: Segments) -> Segments:
        """Segments as they are meant: a kind of TIFF that lists them otherwise puts them right here."""
        return segments

    def jpeg_header(self, directory: Directory) -> bytes:  # a kind of TIFF with JPEG in pieces has one
        """What must stand before each tile so that it is a JPEG; empty where tiles are whole."""
        return b""

    def listed(self, directory: Directory) -> Segments:
        """Offsets and byte counts of all tiles, as the directory lists them."""
        layout, tags = directory.layout, self.tags(directory)
        offsets_tag = tags.get(TILE_OFFSETS) or tags.get(STRIP_OFFSETS)
        counts_tag = tags.get(TILE_COUNTS) or tags.get(STRIP_COUNTS)
        expected = layout.tile_count
        if expected > MAX_TILES or expected * (4 if offsets_tag and expected > 1 else 0) > self.size:
            raise damaged(
                self.name, f"directory {directory.index} claims {expected} tiles, more than the file can list"
            )
        offsets = self._integers(offsets_tag) if offsets_tag else ()
        counts = self._integers(counts_tag) if counts_tag else ()
        if not counts and layout.is_raw and not layout.tiled:
            counts = tuple(layout.row_bytes * layout.rows_in(tile % layout.tiles_down) for tile in range(expected))
        if len(offsets) < expected or len(counts) < expected:
            message = f"directory {directory.index} lists {min(len(offsets), len(counts))} tiles, expected {expected}"
            raise damaged(self.name, message)
        return Segments(offsets[:expected], counts[:expected])

    def _check_segments(self, directory: Directory, segments: Segments) -> None:
        layout = directory.layout
        for tile, (offset, count) in enumerate(zip(segments.offsets, segments.counts, strict=True)):
            if offset <= 0 or count <= 0:
                message = f"directory {directory.index} has no data for tile {tile} of {layout.tile_count}"
                raise damaged(self.name, message, code="source.missing-pixels")
            if offset + count > self.size:
                raise self._cut_short(offset, count)
            if layout.is_raw:
                rows = layout.tile_height if layout.tiled else layout.rows_in(tile % layout.tiles_down)
                if count < rows * layout.row_bytes:
                    message = (
                        f"directory {directory.index} has {count} bytes for tile {tile}, "
                        f"expected {rows * layout.row_bytes}"
                    )
                    raise damaged(self.name, message, code="source.truncated")
