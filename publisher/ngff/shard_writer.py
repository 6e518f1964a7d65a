"""One shard, appended to: chunks arrive in any order from any thread and are stored in C order, the index last.

A shard never needs memory of its own size: what arrives in order is written at once, what arrives early
waits in memory and, beyond a limit, in a nameless file. The bytes do not depend on who came first.
"""

import hashlib
import os
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import IO, Literal

import numpy as np

from publisher.ngff.geometry import WAITING_BYTES
from publisher.ngff.syncing import Syncer
from publisher.sources.checksum import crc32c

_RUN_CHUNKS = 64
_ABSENT = 2**64 - 1
"""Offset and length of a chunk that a shard does not hold: it is the fill value (Zarr v3, sharding codec)."""


@dataclass(frozen=True, slots=True)
class WrittenFile:
    """A file as it was written: path relative to the image's folder, size in bytes, SHA-256 in hex."""

    path: PurePosixPath
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class _Spilled:
    offset: int
    length: int


class ShardWriter:
    """Writes the shard ``path`` of ``grid`` chunks (t c z y x), the array fills the first ``held`` per axis."""

    def __init__(self, path: Path, grid: tuple[int, ...], held: tuple[int, ...], syncer: Syncer) -> None:
        self._syncer = syncer
        self._path = path
        self._held = held
        self._slots = np.arange(int(np.prod(grid))).reshape(grid)[tuple(map(slice, held))].ravel()
        self._index = np.full((int(np.prod(grid)), 2), _ABSENT, "<u8")
        self._lock = Lock()
        self._appending = False
        self._finishing = False
        self._next = 0
        self._early: dict[int, bytes | _Spilled | None] = {}
        self._early_bytes = 0
        self._spill: IO[bytes] | None = None
        self._spill_end = 0
        self._size = 0
        self._digest = hashlib.sha256()

    def put(self, chunks: Iterable[tuple[tuple[int, ...], bytes | None]]) -> tuple[int, str] | None:
        """Take encoded chunks (place within the shard, bytes or None for fill); size and SHA-256 once it is whole."""
        with self._lock:
            due = -1 if self._appending else self._next
            for place, data in chunks:
                ordinal = int(np.ravel_multi_index(place, self._held))
                self._early[ordinal] = self._keep(data, is_due=ordinal == due)
                due += ordinal == due
            if self._appending:
                return None
            self._appending = True
        while run := self._take_run():
            self._append(run)
        return self._finish() if self._finishing else None

    def _keep(self, data: bytes | None, *, is_due: bool) -> bytes | _Spilled | None:
        if data is None or is_due or self._early_bytes + len(data) <= WAITING_BYTES:
            self._early_bytes += len(data or b"")
            return data
        if self._spill is None:
            self._spill = tempfile.TemporaryFile(dir=self._path.parent, buffering=0)  # noqa: SIM115 (lives as long as the shard)
        offset, self._spill_end = self._spill_end, self._spill_end + len(data)
        _write_at(self._spill.fileno(), data, offset)
        return _Spilled(offset, len(data))

    def _take_run(self) -> list[bytes | _Spilled | None]:
        """The next chunks in order, if they are here; else hands the right to append back."""
        with self._lock:
            run: list[bytes | _Spilled | None] = []
            while self._next + len(run) in self._early and len(run) < _RUN_CHUNKS:
                data = self._early.pop(self._next + len(run))
                self._early_bytes -= len(data) if isinstance(data, bytes) else 0
                run.append(data)
            # Once whole, nobody else may append or finish: the right is not handed back.
            self._finishing = self._next == len(self._slots)
            self._appending = bool(run) or self._finishing
            return run

    def _append(self, run: list[bytes | _Spilled | None]) -> None:
        with self._open() as file:
            for data in map(self._fetch, run):
                if data is not None:
                    self._index[self._slots[self._next]] = self._size, len(data)
                    file.write(data)
                    self._digest.update(data)
                    self._size += len(data)
                self._next += 1

    def _open(self) -> IO[bytes]:
        """The shard for appending; what an interrupted run may have left at its path is dropped."""
        mode: Literal["ab", "wb"] = "ab" if self._size else "wb"
        return self._path.open(mode)

    def _fetch(self, data: bytes | _Spilled | None) -> bytes | None:
        if not isinstance(data, _Spilled):
            return data
        assert self._spill is not None
        return os.pread(self._spill.fileno(), data.length, data.offset)

    def _finish(self) -> tuple[int, str]:
        index = self._index.tobytes()
        index += crc32c(index)
        with self._open() as file:
            file.write(index)
            self._syncer.file(file)
        self._digest.update(index)
        if self._spill is not None:
            self._spill.close()
        return self._size + len(index), self._digest.hexdigest()

    @property
    def is_empty(self) -> bool:
        """Whether no chunk of the shard was stored: all of it is the fill value."""
        return self._size == 0


def _write_at(file: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(file, view, offset)
        view, offset = view[written:], offset + written
