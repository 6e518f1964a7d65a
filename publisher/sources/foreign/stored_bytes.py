"""Bytes of a file at a place, from several threads at once; of compressed files, once they are unpacked."""

from __future__ import annotations

import bz2
import gzip
import os
import tempfile
import threading
from pathlib import Path
from typing import IO, Protocol

from publisher.sources.damage import damage_boundary, damaged

_MOST_EXPANSION = 1100
"""Deflate makes at most 1032 bytes of one (zlib's own account of its format)."""
_ALWAYS_ALLOWED = 64 << 20
_PIECE = 1 << 20
PACKED = (".gz", ".bz2")
"""Endings of files that are unpacked before they are read."""


def check_regular(path: Path) -> None:
    """Raise DamagedSourceError for what is no ordinary file: opening a pipe would wait for ever."""
    if not path.is_file():
        raise damaged(path, "does not exist or is not a regular file", code="source.not-found")


class StoredBytes(Protocol):
    """Bytes at offsets; ``name`` is the file as problems name it."""

    name: str

    def read(self, offset: int, count: int) -> bytes:
        """Exactly ``count`` bytes; raises DamagedSourceError when the file ends before."""

    def close(self) -> None:
        """Release the file."""


class FileBytes:
    """The bytes of a file as it stands."""

    def __init__(self, path: Path) -> None:
        check_regular(path)
        self.name, self.path = str(path), path
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        self.size = os.fstat(self._descriptor).st_size

    def read(self, offset: int, count: int) -> bytes:
        """Exactly ``count`` bytes from ``offset`` on."""
        if offset < 0 or count < 0 or offset + count > self.size:
            raise damaged(self.name, _short(offset, count, self.size), code="source.truncated")
        parts, missing = [], count
        while missing:
            part = os.pread(self._descriptor, missing, offset + count - missing)
            if not part:
                raise damaged(self.name, _short(offset, count, self.size), code="source.truncated")
            parts.append(part)
            missing -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def close(self) -> None:
        """Release the file."""
        os.close(self._descriptor)


class UnpackedBytes:
    """The bytes within a .gz or .bz2 file, unpacked to a nameless temporary file with the first read.

    ``expected`` bytes are unpacked and no more: what the header of the image claims, so that a small file
    cannot fill the disk. ``start`` bytes of packing come before them.
    """

    def __init__(self, path: Path, expected: int, *, start: int = 0, kind: str = "") -> None:
        self.name, self.path, self.size = str(path), path, expected
        self._start, self._kind = start, kind or path.suffix.lower()
        self._lock = threading.Lock()
        self._unpacked: IO[bytes] | None = None
        packed = path.stat().st_size - start
        if expected > max(_ALWAYS_ALLOWED, packed * _MOST_EXPANSION):
            message = f"claims to unpack {packed} bytes to {expected}, which cannot be"
            raise damaged(path, message, code="source.too-large")

    def read(self, offset: int, count: int) -> bytes:
        """Exactly ``count`` bytes from ``offset`` on of what is unpacked."""
        with self._lock:
            if self._unpacked is None:
                self._unpacked = self._unpack()
        data = os.pread(self._unpacked.fileno(), count, offset)
        if len(data) != count:
            raise damaged(self.name, _short(offset, count, self.size), code="source.truncated")
        return data

    def close(self) -> None:
        """Release the temporary file."""
        if self._unpacked is not None:
            self._unpacked.close()
            self._unpacked = None

    def _unpack(self) -> IO[bytes]:
        target = tempfile.TemporaryFile()  # noqa: SIM115  # it lives as long as the source; close() ends it
        try:
            with damage_boundary(self.name, "unpacking"), self.path.open("rb") as file:
                file.seek(self._start)
                left = self.size
                with packed_stream(file, self._kind) as stream:
                    while left and (piece := stream.read(min(left, _PIECE))):
                        target.write(piece)
                        left -= len(piece)
            if left:
                raise damaged(self.name, f"unpacks to {self.size - left} bytes, expected {self.size}", code=_TRUNCATED)
            target.flush()
        except BaseException:
            target.close()
            raise
        return target


_TRUNCATED = "source.truncated"


def packed_stream(file: IO[bytes], kind: str) -> IO[bytes]:
    """What ``file`` holds, unpacked; ``kind`` is ".gz" or ".bz2"."""
    if kind == ".bz2":
        return bz2.BZ2File(file)
    return gzip.GzipFile(fileobj=file)  # type: ignore[return-value]  # it has all of IO that is used here


def unpacked_head(path: Path, count: int) -> bytes:
    """The first ``count`` bytes of a file, unpacked when its name ends in one of `PACKED`."""
    check_regular(path)
    with damage_boundary(path, "reading its header"), path.open("rb") as file:
        if path.suffix.lower() not in PACKED:
            return file.read(count)
        with packed_stream(file, path.suffix.lower()) as stream:
            return stream.read(count)


def _short(offset: int, count: int, size: int) -> str:
    return f"ends at byte {size}, but pixels should stand at {offset} to {offset + count}"
