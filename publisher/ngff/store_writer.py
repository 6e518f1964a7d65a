"""The files of one level: blocks of pixels in, chunks encoded and handed to the shard (or file) that owns them."""

import hashlib
import os
import shutil
from collections import defaultdict
from collections.abc import Iterator
from math import ceil
from pathlib import Path, PurePosixPath
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.model.encoded import Shape5
from publisher.ngff.array_metadata import array_files, chunk_bytes, chunk_key, has_checksums
from publisher.ngff.chunk_encoder import ChunkEncoder
from publisher.ngff.json_file import json_bytes
from publisher.ngff.plan import ImagePlan, LevelPlan
from publisher.ngff.shard_writer import ShardWriter, WrittenFile
from publisher.ngff.syncing import Syncer

Place = tuple[int, int, int, int, int]
"""Indices of a chunk, a shard or the first pixel of a block: t c z y x."""


class LevelWriter:
    """Writes one level below ``folder`` (the image's folder); blocks may come from several threads, each once.

    Files and folders are durable when ``syncer`` says so.
    """

    def __init__(self, folder: Path, plan: ImagePlan, level: LevelPlan, syncer: Syncer) -> None:
        self._folder, self._plan, self._level = folder, plan, level
        self._write_empty = plan.write_empty
        checksum = has_checksums(plan.version)
        self._encoder = ChunkEncoder(plan.codec, chunk_bytes(level, plan.dtype), checksum=checksum)
        self._lock = Lock()
        self._syncer = syncer
        self._shards: dict[Place, ShardWriter] = {}
        self._folders: set[Path] = set()
        self._files: list[WrittenFile] = []
        self._make_folder(folder / level.path)
        for name, document in array_files(plan, level).items():
            self._write_file(PurePosixPath(level.path, name), json_bytes(document))

    def write(self, place: Place, block: NDArray[Any]) -> None:
        """Write ``block`` (C, Y, X), whose first pixel is at ``place``: a multiple of the chunk in y and x."""
        if self._level.shards is None:
            for chunk_place, chunk in self._chunks(place, block):
                self._write_chunk(chunk_place, chunk)
            return
        inner = _quotient(self._level.shards, self._level.chunks)
        batches: dict[Place, list[tuple[Place, bytes | None]]] = defaultdict(list)
        for chunk_place, chunk in self._chunks(place, block):
            owner = _quotient(chunk_place, inner)
            batches[owner].append((_remainder(chunk_place, inner), self._encoder.encode(chunk)))
        for owner, batch in batches.items():
            self._put(owner, inner, batch)

    def write_chunk(self, place: Place, data: bytes | None, filled: bytes) -> None:
        """Write the bytes of chunk ``place``; None for one that is all zeros, whose bytes would be ``filled``."""
        if self._level.shards is not None:
            inner = _quotient(self._level.shards, self._level.chunks)
            self._put(_quotient(place, inner), inner, [(_remainder(place, inner), data)])
        elif data is not None or self._write_empty:
            self._write_at(place, filled if data is None else data)

    def link(self, place: Place, source: Path) -> None:
        """Share the file ``source`` as chunk, or shard, ``place``; a copy where file systems do not share."""
        path = self._key(place)
        with self._lock:
            self._make_folder((self._folder / path).parent)
        target = self._folder / path
        try:
            os.link(source, target)
        except OSError:  # another file system, or one without links
            shutil.copyfile(source, target)
        with target.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
            self._syncer.file(file)
        with self._lock:
            self._files.append(WrittenFile(path, target.stat().st_size, digest))

    def close(self) -> tuple[WrittenFile, ...]:
        """Sync the folders; every file of the level, sorted by path."""
        assert not self._shards, "a shard lacks chunks"
        for folder in sorted(self._folders):
            self._syncer.folder(folder)
        return tuple(sorted(self._files, key=lambda file: file.path))

    def _chunks(self, place: Place, block: NDArray[Any]) -> Iterator[tuple[Place, NDArray[Any]]]:
        """Chunks of a block in C order; the array that is yielded is filled anew for the next."""
        t, first_c, z, top, left = place
        height, width = self._level.chunks[3:]
        chunk = np.zeros((height, width), block.dtype)
        for c, plane in enumerate(block):
            for y in range(0, plane.shape[0], height):
                for x in range(0, plane.shape[1], width):
                    _fill(chunk, plane[y : y + height, x : x + width])
                    yield (t, first_c + c, z, (top + y) // height, (left + x) // width), chunk

    def _put(self, owner: Place, inner: Shape5, batch: list[tuple[Place, bytes | None]]) -> None:
        path = self._key(owner)
        with self._lock:
            shard = self._shards.get(owner)
            if shard is None:
                self._make_folder((self._folder / path).parent)
                shard = self._shards[owner] = ShardWriter(
                    self._folder / path, inner, self._held(owner, inner), self._syncer
                )
        written = shard.put(batch)
        if written is None:
            return
        if shard.is_empty and not self._write_empty:
            (self._folder / path).unlink()
        with self._lock:
            del self._shards[owner]
            if not shard.is_empty or self._write_empty:
                self._files.append(WrittenFile(path, *written))

    def _held(self, owner: Place, inner: Shape5) -> Shape5:
        counts = (
            min(n, ceil(size / chunk) - index * n)
            for index, n, size, chunk in zip(owner, inner, self._level.shape, self._level.chunks, strict=True)
        )
        return _five(counts)

    def _write_chunk(self, place: Place, chunk: NDArray[Any]) -> None:
        data = self._encoder.encode_always(chunk) if self._write_empty else self._encoder.encode(chunk)
        if data is not None:
            self._write_at(place, data)

    def _write_at(self, place: Place, data: bytes) -> None:
        path = self._key(place)
        with self._lock:
            self._make_folder((self._folder / path).parent)
        self._write_file(path, data)

    def _write_file(self, path: PurePosixPath, data: bytes) -> None:
        with (self._folder / path).open("wb") as file:
            file.write(data)
            self._syncer.file(file)
        written = WrittenFile(path, len(data), hashlib.sha256(data).hexdigest())
        with self._lock:
            self._files.append(written)

    def _make_folder(self, folder: Path) -> None:
        if folder not in self._folders:
            folder.mkdir(parents=True, exist_ok=True)
            while folder not in self._folders and folder != self._folder.parent:
                self._folders.add(folder)
                folder = folder.parent

    def _key(self, place: Place) -> PurePosixPath:
        """Where chunk (or shard) ``place`` stands."""
        return PurePosixPath(self._level.path, *chunk_key(self._plan.version, self._plan.of_axes(place)))


def _fill(chunk: NDArray[Any], part: NDArray[Any]) -> None:
    """Put ``part`` into ``chunk``: beyond the array's edge a chunk holds the fill value."""
    if part.shape != chunk.shape:
        chunk[part.shape[0] :] = 0
        chunk[:, part.shape[1] :] = 0
    chunk[: part.shape[0], : part.shape[1]] = part


def _quotient(place: Place | Shape5, by: Place | Shape5) -> Place:
    return _five(a // b for a, b in zip(place, by, strict=True))


def _remainder(place: Place, by: Shape5) -> Place:
    return _five(a % b for a, b in zip(place, by, strict=True))


def _five(numbers: Iterator[int]) -> Place:
    t, c, z, y, x = numbers
    return t, c, z, y, x
