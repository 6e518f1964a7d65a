"""Planes that stand in XML as base64, decoded piece by piece: never more than one plane is held."""

import binascii
import bz2
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol

from publisher.formats.ome_xml.inline import Span
from publisher.sources.damage import damaged

PIECE_BYTES = 1 << 20
MAX_PLANE_BYTES = 2 << 30
"""Largest plane that is decoded: it must fit in a worker's memory."""
COMPRESSIONS = ("none", "zlib", "bzip2")
_WHITE = b" \t\r\n"
_MOST_OF_ZLIB = 1040
"""Deflate turns one byte into 1032 at most (zlib's technical note)."""


@dataclass(frozen=True, slots=True)
class BinData:
    """One plane: its base64 text in the file, how that is compressed, and the order of bytes in a sample."""

    span: Span
    compression: str
    big_endian: bool


class _Inflater(Protocol):
    """What zlib and bz2 have in common."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int, /) -> bytes: ...


def can_hold(data: BinData, plane_bytes: int) -> bool:
    """Whether so much text can be a plane of ``plane_bytes`` at all; asked before anything of that size is made."""
    raw = data.span.length * 3 // 4
    if data.compression == "bzip2":  # has no bound worth the name
        return raw > 0
    return raw >= plane_bytes - 2 if data.compression == "none" else raw * _MOST_OF_ZLIB >= plane_bytes


def decode_plane(data: BinData, plane_bytes: int, read: Callable[[int, int], bytes], *, name: str) -> bytearray:
    """Exactly ``plane_bytes`` of samples; ``read`` gives (offset, count) bytes of the file that problems call ``name``.

    Raises DamagedSourceError when the text is no base64, does not decompress, or holds more or less than the plane.
    """
    plane = bytearray(plane_bytes)
    filled = 0
    for piece in _inflated(data.compression, _decoded(data.span, read, name), plane_bytes, name):
        if filled + len(piece) > plane_bytes:
            raise damaged(name, f"a plane at byte {data.span.offset} holds more than its {plane_bytes} bytes")
        plane[filled : filled + len(piece)] = piece
        filled += len(piece)
    if filled != plane_bytes:
        message = f"a plane at byte {data.span.offset} holds {filled} bytes, expected {plane_bytes}"
        raise damaged(name, message, code="source.truncated", hint="copy the file again from where it was acquired")
    return plane


def _decoded(span: Span, read: Callable[[int, int], bytes], name: str) -> Iterator[bytes]:
    """The bytes that base64 text stands for, in pieces."""
    left = b""
    for start in range(span.offset, span.offset + span.length, PIECE_BYTES):
        text = left + read(start, min(PIECE_BYTES, span.offset + span.length - start)).translate(None, _WHITE)
        whole = len(text) - len(text) % 4
        text, left = text[:whole], text[whole:]
        try:
            if text:
                yield binascii.a2b_base64(text, strict_mode=True)
        except binascii.Error as error:
            raise damaged(name, f"a plane at byte {span.offset} is no base64: {error}") from error
    if left:
        raise damaged(name, f"a plane at byte {span.offset} is base64 cut short", code="source.truncated")


def _inflated(compression: str, pieces: Iterator[bytes], plane_bytes: int, name: str) -> Iterator[bytes]:
    if compression == "none":
        yield from pieces
        return
    inflater: _Inflater = zlib.decompressobj() if compression == "zlib" else bz2.BZ2Decompressor()
    try:
        for piece in pieces:
            yield from _flow(inflater, piece, plane_bytes)
    except (zlib.error, OSError, EOFError, ValueError) as error:
        raise damaged(name, f"a plane does not decompress as {compression}: {error}") from error
    if not inflater.eof:
        raise damaged(name, f"a plane is {compression} cut short", code="source.truncated")


def _flow(inflater: _Inflater, piece: bytes, plane_bytes: int) -> Iterator[bytes]:
    """What comes out of one piece, a MiB at a time, so that a bomb is noticed when the plane is full."""
    if inflater.eof:
        raise ValueError("more data behind its end")
    most = min(PIECE_BYTES, plane_bytes + 1)
    while True:
        out = inflater.decompress(piece, most)
        yield out
        # zlib hands back what it did not take; bz2 keeps it and says whether it wants more.
        piece = getattr(inflater, "unconsumed_tail", b"")
        if inflater.unused_data:
            raise ValueError("more data behind its end")
        if inflater.eof or (not piece and (len(out) < most or getattr(inflater, "needs_input", False))):
            return
