"""TIFF files written byte by byte, so that they may lie."""

import struct
from collections.abc import Sequence
from pathlib import Path

SHORT, LONG, ASCII = 3, 4, 2
Value = int | bytes | Sequence[int]


def write_raw_tiff(path: Path, tags: dict[int, Value], pixels: bytes = b"\x01" * 256, **lies: int) -> Path:
    """A one-directory TIFF. ``tags`` override a sound 16 x 16 uint8 image; ``pixels`` stand at byte 8.

    Lies: ``next_offset`` of the directory; ``count_of_<tag>`` replaces a tag's count.
    """
    entries: dict[int, Value] = {
        256: 16, 257: 16, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: 16, 279: len(pixels), **tags
    }  # fmt: skip
    entries = {tag: value for tag, value in entries.items() if value != b""}
    start = 8 + len(pixels)
    size = 2 + 12 * len(entries) + 4
    extra = b""
    table = b""
    for tag, value in sorted(entries.items()):
        kind = ASCII if isinstance(value, bytes) else LONG
        values = [value] if isinstance(value, int) else value
        data = value if isinstance(value, bytes) else struct.pack(f"<{len(list(values))}I", *values)
        count = lies.get(f"count_of_{tag}", len(data) if kind == ASCII else len(data) // 4)
        if len(data) > 4:
            offset = start + size + len(extra)
            extra += data + b"\0" * (len(data) % 2)
            data = struct.pack("<I", offset)
        table += struct.pack("<HHI", tag, kind, count) + data.ljust(4, b"\0")
    table = struct.pack("<H", len(entries)) + table + struct.pack("<I", lies.get("next_offset", 0))
    path.write_bytes(b"II*\0" + struct.pack("<I", start) + pixels + table + extra)
    return path


def directory_offset(path: Path) -> int:
    """Where the first directory of a file by `write_raw_tiff` stands."""
    return int(struct.unpack_from("<I", path.read_bytes(), 4)[0])
