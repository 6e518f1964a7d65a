"""Chunks of a source, decoded to be looked at and sealed to be published. A door of numcodecs."""

import struct
import zlib
from typing import Any

import numcodecs
import numpy as np
from numpy.typing import NDArray

from publisher.model.encoded import StoredCodec
from publisher.sources.checksum import crc32c
from publisher.sources.chunk_guard import refusal

_SNAPPY = 2
"""Format of blosc that no browser reads (c-blosc, README_CHUNK_FORMAT: bits 5 to 7 of the flags)."""


class StoredChunks:
    """Decodes chunks of one level, and makes the bytes that are published of them; may be shared by threads.

    ``source`` and ``published`` differ at most in the checksum.
    """

    def __init__(self, source: StoredCodec, published: StoredCodec, dtype: str, shape: tuple[int, int]) -> None:
        numcodecs.blosc.use_threads = False  # ours are enough
        self._source, self._published, self._shape = source, published, shape
        self._dtype = np.dtype(dtype).newbyteorder("<")
        self._raw_bytes = shape[0] * shape[1] * self._dtype.itemsize

    def decode(self, data: bytes) -> NDArray[Any]:
        """Pixels (Y, X) of a chunk; raises ValueError, in words, for bytes that are not just this chunk."""
        body = self._body(data)
        if self._source.checksum and crc32c(body) != data[len(body) :]:
            raise ValueError("does not have the checksum it ends in")
        why = refusal(self._source.name, body, self._raw_bytes) or _beside_pixels(self._source.name, body)
        if why:
            raise ValueError(why)
        pixels = np.frombuffer(self._unpacked(body), np.uint8)
        if pixels.size != self._raw_bytes:
            raise ValueError(f"unpacks to {pixels.size} bytes, expected {self._raw_bytes}")
        return pixels.view(self._dtype).reshape(self._shape)

    def sealed(self, data: bytes) -> bytes:
        """The bytes that are published of a decoded chunk: as they were, with or without their crc32c."""
        if self._source.checksum == self._published.checksum:
            return data
        return data + crc32c(data) if self._published.checksum else self._body(data)

    def filled(self) -> bytes:
        """The bytes of a chunk of zeros."""
        zeros = np.zeros(self._shape, self._dtype)
        data = bytes(self._encoder().encode(zeros)) if self._published.name else zeros.tobytes()
        return data + crc32c(data) if self._published.checksum else data

    def _body(self, data: bytes) -> bytes:
        return data[:-4] if self._source.checksum else data

    def _unpacked(self, body: bytes) -> bytes:
        if not self._source.name:
            return body
        if self._source.name == "gzip":
            return _gunzip(body, self._raw_bytes)
        return bytes(self._encoder().decode(body))

    def _encoder(self) -> Any:
        settings = dict(self._source.settings)
        if self._source.name == "blosc":
            shuffles = {"noshuffle": 0, "shuffle": 1, "bitshuffle": 2}
            return numcodecs.Blosc(
                settings["cname"], settings["clevel"], shuffles[str(settings["shuffle"])], settings["blocksize"]
            )
        codec = numcodecs.Zstd if self._source.name == "zstd" else numcodecs.GZip
        return codec(settings["level"])


def _beside_pixels(name: str, body: bytes) -> str:
    """What a compressed chunk holds beside its pixels, in words: such bytes would be published unread."""
    if name == "blosc":
        (coded,) = struct.unpack_from("<I", body, 12)
        if coded != len(body):
            return f"has {len(body)} bytes, its header says {coded}"
        return "is compressed by snappy, which browsers do not read" if body[2] >> 5 == _SNAPPY else ""
    if name == "zstd" and _zstd_end(body) != len(body):
        return "holds more than one Zstandard frame"
    return ""


def _gunzip(body: bytes, raw_bytes: int) -> bytes:
    """What one gzip stream unpacks to; numcodecs would unpack whatever there is, and any number of streams."""
    if len(body) < 10 or body[3]:
        raise ValueError("has a gzip header with a name or a comment, or none")
    unpacking = zlib.decompressobj(wbits=31)
    try:
        data = unpacking.decompress(body, raw_bytes + 1)
        data += unpacking.decompress(unpacking.unconsumed_tail, 1)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not unpacking.eof or unpacking.unused_data:
        raise ValueError("does not end where its gzip stream does")
    return data


def _zstd_end(body: bytes) -> int:
    """Where the first Zstandard frame ends (RFC 8878, 3.1.1); 0 when it does not."""
    descriptor = body[4]
    single, flag = descriptor >> 5 & 1, descriptor >> 6
    position = 5 + (0 if single else 1) + (0, 1, 2, 4)[descriptor & 3]
    position += 1 if single and not flag else (0, 2, 4, 8)[flag]
    while position + 3 <= len(body):
        header = int.from_bytes(body[position : position + 3], "little")
        kind, size = header >> 1 & 3, header >> 3
        position += 3 + (1 if kind == 1 else size)  # of a run-length block one byte is stored
        if header & 1:
            return position + (4 if descriptor >> 2 & 1 else 0)
    return 0
