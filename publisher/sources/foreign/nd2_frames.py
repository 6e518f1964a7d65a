"""Where the frames of a Nikon ND2 file stand: the map of chunks at its end, checked against the chunks themselves."""

from __future__ import annotations

import struct
import threading
import zlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass

from publisher.sources.damage import damage_boundary, damaged
from publisher.sources.foreign.stored_bytes import FileBytes

MAGIC = b"\xda\xce\xbe\x0a"
_HEADER = struct.Struct("<4sIQ")
_MAP_END = b"ND2 CHUNK MAP SIGNATURE 0000001!"
_FRAME = b"ImageDataSeq|"
_STAMP = 8
"""Bytes of the time that stands before the pixels of a frame."""
_MOST_MAP = 512 << 20
_KEPT_BYTES = 48 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    """Pixels of one frame in the file, all channels interleaved."""

    offset: int
    size: int


def frames_of(file: FileBytes) -> dict[int, Frame]:
    """Every frame that the file has, by number."""
    if file.size < 40:
        raise damaged(file.name, "is too short for an ND2 file", code="source.truncated")
    end, place = struct.unpack("<32sQ", file.read(file.size - 40, 40))
    if end != _MAP_END:
        hint = "copy it again from where it was acquired"
        raise damaged(file.name, "does not end as an ND2 file", code="source.truncated", hint=hint)
    offset, size = _chunk(file, place)
    if size > _MOST_MAP:
        raise damaged(file.name, f"has a map of {size} bytes", code="source.too-large")
    return {number: _frame(file, number, where) for number, where in _entries(file, file.read(offset, size)).items()}


def _entries(file: FileBytes, data: bytes) -> dict[int, int]:
    """Place of the chunk of each frame: the map holds names that end in "!", each with a place and a size."""
    found: dict[int, int] = {}
    at = 0
    while True:
        stop = data.find(b"!", at) + 1
        name = data[at:stop]
        if not stop or stop + 16 > len(data):
            if name == _MAP_END or data[at : at + len(_MAP_END)] == _MAP_END:
                return found
            raise damaged(file.name, "has a map of chunks without an end")
        if name == _MAP_END:
            return found
        if name.startswith(_FRAME):
            text = name[len(_FRAME) : -1]
            if not text.isdigit() or len(text) > 9:
                raise damaged(file.name, f"has a frame named {name!r:.80}")
            found[int(text)] = struct.unpack_from("<Q", data, stop)[0]
        at = stop + 16


def _chunk(file: FileBytes, place: int, name: bytes = b"") -> tuple[int, int]:
    """(offset, size) of the data of the chunk at ``place``, whose name begins with ``name``."""
    magic, length, size = _HEADER.unpack(file.read(place, _HEADER.size))
    if magic != MAGIC or (name and not file.read(place + _HEADER.size, len(name)).startswith(name)):
        raise damaged(file.name, f"has no chunk {name.decode('latin-1')!r} at byte {place}, where its map says")
    return place + _HEADER.size + length, size


def _frame(file: FileBytes, number: int, place: int) -> Frame:
    offset, size = _chunk(file, place, _FRAME + str(number).encode() + b"!")
    if size < _STAMP or offset + size > file.size:
        message = f"ends at byte {file.size}, within frame {number} of {size} bytes"
        raise damaged(file.name, message, code="source.truncated")
    return Frame(offset + _STAMP, size - _STAMP)


class PackedFrames:
    """Frames that are compressed, as bytes at places: frame n begins at n times ``frame_bytes``."""

    def __init__(self, file: FileBytes, frames: Mapping[int, Frame], frame_bytes: int) -> None:
        self.name = file.name
        self._file, self._frames, self._frame_bytes = file, frames, frame_bytes
        self._lock = threading.Lock()
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def read(self, offset: int, count: int) -> bytes:
        """Exactly ``count`` bytes, which lie within one frame."""
        number, start = divmod(offset, self._frame_bytes)
        return self._unpacked(number)[start : start + count]

    def close(self) -> None:
        """Release the file."""
        self._kept.clear()
        self._file.close()

    def _unpacked(self, number: int) -> bytes:
        with self._lock:
            if number in self._kept:
                self._kept.move_to_end(number)
                return self._kept[number]
        frame = self._frames[number]
        with damage_boundary(self.name, f"unpacking frame {number}"):
            data = zlib.decompressobj().decompress(self._file.read(frame.offset, frame.size), self._frame_bytes)
        if len(data) != self._frame_bytes:
            message = f"has a frame {number} of {len(data)} bytes, expected {self._frame_bytes}"
            raise damaged(self.name, message, code="source.truncated")
        with self._lock:
            self._kept[number] = data
            while len(self._kept) > 1 and len(self._kept) * self._frame_bytes > _KEPT_BYTES:
                self._kept.popitem(last=False)
        return data
