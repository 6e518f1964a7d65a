"""One OME-Zarr hierarchy as one file, ``.ozx``: a zip in which nothing is compressed again (RFC-9).

The bytes depend on names and contents alone: no times, no users, no order of arrival. A file of any size
is packed in the memory of one block. Every size is written in its ZIP64 form: "The ZIP64 format extension
SHOULD be used, irrespective of the ZIP file size."
"""

import hashlib
import json
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from struct import Struct
from typing import IO

from publisher.errors import ConversionError, Problem

REVISION = 1
"""Rises when the same members yield other bytes."""
_BLOCK_BYTES = 4 << 20
_MIDNIGHT, _DAY_ONE = 0, (1 << 5) | 1
"""The earliest time that a zip can say, 1980-01-01 00:00: "no clock in outputs"."""
_VERSION = 45
"""Of the zip format: the first with ZIP64."""
_UNIX, _MODE = 3, 0o100644
_UTF8_NAME = 0x800
_ELSEWHERE, _ELSEWHERE_16 = 2**32 - 1, 2**16 - 1
"""Stands where the number is in the ZIP64 part."""

_LOCAL = Struct("<4s5H3L2H")
_LOCAL_64 = Struct("<2H2Q")
_CENTRAL = Struct("<4s6H3L5H2L")
_CENTRAL_64 = Struct("<2H3Q")
_END_64 = Struct("<4sQ2H2L4Q")
_LOCATOR_64 = Struct("<4sLQL")
_END = Struct("<4s4H2LH")


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A file of the zip: its name in the hierarchy, and its bytes or where they are, with their SHA-256 and size."""

    name: str
    content: bytes | Path
    size: int
    sha256: str


def member(name: str, data: bytes) -> Member:
    """A member whose bytes are at hand."""
    return Member(name=name, content=data, size=len(data), sha256=hashlib.sha256(data).hexdigest())


def in_order(members: Iterable[Member]) -> list[Member]:
    """Members as RFC-9 recommends: the root's zarr.json, the others "in breadth-first order", then all else by name."""
    return sorted(members, key=lambda each: (not _is_metadata(each.name), _depth(each), each.name))


def comment(version: str) -> bytes:
    """The zip's comment: "a UTF-8-encoded JSON string with an ome attribute that holds a version key"."""
    ome = {"version": version, "zipFile": {"centralDirectory": {"jsonFirst": True}}}
    return json.dumps({"ome": ome}, separators=(",", ":")).encode()


def packed_bytes(members: Iterable[tuple[str, int]], version: str) -> int:
    """Exact size of the zip that holds ``members`` (name, size)."""
    fixed = _END_64.size + _LOCATOR_64.size + _END.size + len(comment(version))
    each = _LOCAL.size + _LOCAL_64.size + _CENTRAL.size + _CENTRAL_64.size
    return fixed + sum(each + 2 * len(name.encode()) + size for name, size in members)


def write_ozx(target: Path, members: Sequence[Member], version: str) -> tuple[int, str]:
    """Write ``members`` to ``target``; size and SHA-256 of the file. ``version`` is OME-Zarr's.

    Raises ConversionError for a member whose bytes are not those that were written once.
    """
    with target.open("wb") as file:
        output = _Hashed(file)
        entries = [_write_member(output, each) for each in in_order(members)]
        start = output.size
        for name, crc, size, offset in entries:
            output.write(_central(name, crc, size, offset))
        output.write(_end(len(entries), start, output.size, comment(version)))
    return output.size, output.digest.hexdigest()


def _is_metadata(name: str) -> bool:
    return name.rpartition("/")[2] == "zarr.json"


def _depth(each: Member) -> int:
    return each.name.count("/") if _is_metadata(each.name) else 0


class _Hashed:
    """A file that counts and hashes what is written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.size = 0
        self.digest = hashlib.sha256()

    def write(self, data: bytes) -> None:
        self._file.write(data)
        self.digest.update(data)
        self.size += len(data)


def _write_member(output: _Hashed, each: Member) -> tuple[bytes, int, int, int]:
    """Header and bytes of one member; what the central directory says of it: name, CRC-32, size, offset."""
    name, offset, crc = each.name.encode(), output.size, _checked_crc(each)
    extra = _LOCAL_64.pack(1, _LOCAL_64.size - 4, each.size, each.size)
    sizes = (_ELSEWHERE, _ELSEWHERE, len(name), len(extra))
    output.write(_LOCAL.pack(b"PK\x03\x04", _VERSION, _UTF8_NAME, 0, _MIDNIGHT, _DAY_ONE, crc, *sizes) + name + extra)
    begin = output.size
    for block in _blocks(each.content):
        output.write(block)
    if output.size - begin != each.size:
        raise ConversionError(_changed(each))
    return name, crc, each.size, offset


def _checked_crc(each: Member) -> int:
    """CRC-32, which a zip states before the bytes; they are read twice for it, and checked on the way."""
    crc, size, digest = 0, 0, hashlib.sha256()
    for block in _blocks(each.content):
        crc, size = zlib.crc32(block, crc), size + len(block)
        digest.update(block)
    if (size, digest.hexdigest()) != (each.size, each.sha256):
        raise ConversionError(_changed(each))
    return crc


def _blocks(content: bytes | Path) -> Iterator[bytes]:
    if isinstance(content, bytes):
        yield content
        return
    with content.open("rb") as file:
        while block := file.read(_BLOCK_BYTES):
            yield block


def _central(name: bytes, crc: int, size: int, offset: int) -> bytes:
    extra = _CENTRAL_64.pack(1, _CENTRAL_64.size - 4, size, size, offset)
    made_by = _UNIX << 8 | _VERSION
    sizes = (_ELSEWHERE, _ELSEWHERE, len(name), len(extra), 0, 0, 0, _MODE << 16, _ELSEWHERE)
    head = (b"PK\x01\x02", made_by, _VERSION, _UTF8_NAME, 0, _MIDNIGHT, _DAY_ONE, crc)
    return _CENTRAL.pack(*head, *sizes) + name + extra


def _end(count: int, start: int, end: int, words: bytes) -> bytes:
    whole = _END_64.pack(
        b"PK\x06\x06", _END_64.size - 12, _UNIX << 8 | _VERSION, _VERSION, 0, 0, count, count, end - start, start
    )
    locator = _LOCATOR_64.pack(b"PK\x06\x07", 0, end, 1)
    counts = (_ELSEWHERE_16, _ELSEWHERE_16, _ELSEWHERE, _ELSEWHERE)
    return whole + locator + _END.pack(b"PK\x05\x06", 0, 0, *counts, len(words)) + words


def _changed(each: Member) -> Problem:
    return Problem(
        code="store.changed",
        path=str(each.content) if isinstance(each.content, Path) else each.name,
        message="does not hold the bytes that were written there; it cannot be packed",
        hint="delete it and build again: what is missing is made anew",
    )
