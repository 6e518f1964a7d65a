"""One image's stored chunks to OME-Zarr arrays: each is decoded once, to be looked at, and written as it was.

The counterpart of `pixels.write_pixels` for plans that keep the chunks of their source.
"""

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice, product
from math import ceil, prod
from pathlib import Path

import numpy as np

from publisher.errors import ConversionError, DamagedSourceError, Problem
from publisher.model.encoded import EncodedLevel, Shape5
from publisher.ngff.gathering import Gathering
from publisher.ngff.pixels import Means, PixelsResult, not_written
from publisher.ngff.plan import ITEM_SIZES, ImagePlan, LevelPlan, PicturePlane
from publisher.ngff.shard_writer import WrittenFile
from publisher.ngff.store_writer import LevelWriter, Place
from publisher.ngff.stored_chunks import StoredChunks
from publisher.ngff.syncing import Syncer
from publisher.sources.protocol import EncodedChunks

_AHEAD = 4
"""Chunks a thread that are asked for before they are needed."""


@dataclass(frozen=True, slots=True)
class _Level:
    number: int
    plan: LevelPlan
    chunks: StoredChunks
    filled: bytes
    writer: LevelWriter


def copy_pixels(
    source: EncodedChunks,
    series: int,
    plan: ImagePlan,
    folder: Path,
    picture: PicturePlane,
    means: Means,
) -> PixelsResult:
    """Publish the chunks of one image by ``plan`` (`passthrough_plan`) into ``folder``; see `write_pixels`.

    ``means.memory_bytes`` lowers nothing here: a few chunks a thread are held. Raises DamagedSourceError for a chunk
    that does not decode to the pixels it stands for.
    """
    gathering = Gathering(plan, picture)
    encoded = source.encoded(series).levels
    copying = _Copying(source, series, plan, gathering, means.progress)
    files: list[WrittenFile] = []
    try:
        syncer = Syncer(means.sync_threads)
        for number, (level, stored) in enumerate(zip(plan.levels, encoded, strict=False)):
            _refuse_other(level, stored, series)
            height, width = level.chunks[3:]
            chunks = StoredChunks(stored.codec, plan.stored[number], plan.dtype, (height, width))
            writer = LevelWriter(folder, plan, level, syncer)
            copying.run(_Level(number, level, chunks, chunks.filled(), writer), means.threads)
            files += writer.close()
        syncer.close()
    except OSError as error:
        raise ConversionError(not_written(error, series)) from error
    return PixelsResult.of(gathering, files, copying.decoded)


class _Copying:
    """Copies the chunks of one image, level after level."""

    def __init__(
        self,
        source: EncodedChunks,
        series: int,
        plan: ImagePlan,
        gathering: Gathering,
        progress: Callable[[int], None],
    ) -> None:
        self._source, self._series, self._plan = source, series, plan
        self._gathering, self._progress = gathering, progress
        self.decoded = 0

    def run(self, level: _Level, threads: int) -> None:
        """Copy one level; chunks follow each other as the shards store them."""
        places = _places(level.plan)
        item = ITEM_SIZES[self._plan.dtype]
        with ThreadPoolExecutor(threads, thread_name_prefix="copy") as pool:
            waiting: deque[Future[int]] = deque()
            done = 0
            try:
                waiting.extend(pool.submit(self._copy, level, place) for place in islice(places, _AHEAD * threads))
                while waiting:
                    pixels = waiting.popleft().result()
                    waiting.extend(pool.submit(self._copy, level, place) for place in islice(places, 1))
                    if level.number == 0:
                        self.decoded += 1
                        done += pixels * item
                        self._progress(done)
            except BaseException:
                pool.shutdown(cancel_futures=True)
                raise
        if self._plan.linked:
            self._link(level)

    def _copy(self, level: _Level, place: Place) -> int:
        """Look at one chunk and write it; how many pixels of the array it holds."""
        data = self._source.encoded_chunk(self._series, level.number, place)
        height, width = level.plan.chunks[3:]
        top, left = place[3] * height, place[4] * width
        rows, columns = min(height, level.plan.shape[3] - top), min(width, level.plan.shape[4] - left)
        if data is None:
            block = np.zeros((1, rows, columns), np.dtype(self._plan.dtype))
        else:
            try:
                block = level.chunks.decode(data)[None, :rows, :columns]
            except (ValueError, RuntimeError, IndexError) as error:
                raise DamagedSourceError(self._damaged(level, place, error)) from error
        self._gathering.take(level.number, (place[0], place[1], place[2], top, left), block)
        if not self._plan.linked:
            sealed = None if data is None else level.chunks.sealed(data)
            level.writer.write_chunk(place, sealed, level.filled)
        return rows * columns

    def _link(self, level: _Level) -> None:
        """Share the files of a level whose chunks have all been looked at."""
        pieces = level.plan.shards or level.plan.chunks
        for place in product(*map(range, _grid(level.plan.shape, pieces))):
            at = (place[0], place[1], place[2], place[3], place[4])
            file = self._source.encoded_file(self._series, level.number, at)
            if file is not None:
                level.writer.link(at, file)
            elif level.plan.shards is None:
                level.writer.write_chunk(at, None, level.filled)
            else:
                inner = _inner(level.plan)
                for chunk in _within(level.plan, at, inner):
                    level.writer.write_chunk(chunk, None, level.filled)

    def _damaged(self, level: _Level, place: Place, error: Exception) -> Problem:
        at = ", ".join(f"{axis} {index}" for axis, index in zip("tczyx", place, strict=True))
        return Problem(
            code="source.damaged",
            message=f"series {self._series}: chunk {at} of level {level.number} {error}",
            hint="copy the store again; if all its pixels can be read, set `passthrough: rewrite` on the image",
        )


def _places(level: LevelPlan) -> Iterator[Place]:
    """Indices of all chunks, shard after shard."""
    inner = _inner(level)
    for shard in product(*map(range, _grid(level.shape, level.shards or level.chunks))):
        yield from _within(level, shard, inner)


def _inner(level: LevelPlan) -> tuple[int, ...]:
    """Chunks in a shard per axis; 1 where each is a file."""
    return tuple(outer // chunk for outer, chunk in zip(level.shards or level.chunks, level.chunks, strict=True))


def _within(level: LevelPlan, shard: tuple[int, ...], inner: tuple[int, ...]) -> Iterator[Place]:
    counts = _grid(level.shape, level.chunks)
    ranges = (range(at * n, min((at + 1) * n, count)) for at, n, count in zip(shard, inner, counts, strict=True))
    yield from product(*ranges)


def _grid(shape: Shape5, pieces: Shape5) -> list[int]:
    return [ceil(size / piece) for size, piece in zip(shape, pieces, strict=True)]


def _refuse_other(level: LevelPlan, stored: EncodedLevel, series: int) -> None:
    """The store must be what it was when it was planned."""
    if stored.shape != level.shape or stored.chunks != level.chunks or not prod(stored.shape):
        raise DamagedSourceError(
            Problem(
                code="source.changed",
                message=f"series {series} has changed since it was looked at: {stored.shape}, expected {level.shape}",
                hint="build again when nobody writes to it",
            )
        )
