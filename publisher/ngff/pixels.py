"""One image's pixels to OME-Zarr arrays, with all that is learnt on the way. Everything happens in one sweep."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from numpy.typing import NDArray

from publisher.errors import ConversionError, Problem
from publisher.model.statistics import ImageStatistics
from publisher.ngff.gathering import Gathering
from publisher.ngff.geometry import choose_blocks
from publisher.ngff.kept_planes import KeptPlanes
from publisher.ngff.label_table import LabelTable, Rows
from publisher.ngff.plan import ImagePlan, PicturePlane
from publisher.ngff.shard_writer import WrittenFile
from publisher.ngff.source_blocks import SourceBlocks
from publisher.ngff.store_writer import LevelWriter, Place
from publisher.ngff.sweep import Sink, Sweep
from publisher.ngff.syncing import Syncer, SyncThreads
from publisher.sources.protocol import ImageSource


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelsResult:
    """What `write_pixels` did. ``files``: sorted by path, relative to the image's folder.

    ``picture``: pixels (C, Y, X) of the published type at the asked plane, from level
    ``picture_level``; ``projection``: the maximum over z there, None where z is 1.
    ``decoded_tiles``: tiles of the source that were decoded.
    """

    files: tuple[WrittenFile, ...]
    statistics: ImageStatistics
    picture: NDArray[Any]
    projection: NDArray[Any] | None
    picture_level: int
    decoded_tiles: int

    @classmethod
    def of(cls, gathering: Gathering, files: Iterable[WrittenFile], decoded_tiles: int) -> Self:
        """What ``gathering`` learnt of a sweep that is over and wrote ``files``."""
        planes = gathering.planes
        return cls(
            files=tuple(files),
            statistics=gathering.statistics(),
            picture=planes.plane,
            projection=planes.projection,
            picture_level=planes.level,
            decoded_tiles=decoded_tiles,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelsResult:
    """What `write_labels` did: ``files`` as of `PixelsResult`, ``objects`` as of `LabelTable.rows`.

    ``picture`` and ``projection`` are pixels (1, Y, X) as of `PixelsResult`: of a projection the highest value.
    """

    files: tuple[WrittenFile, ...]
    objects: Rows | None
    picture: NDArray[Any]
    projection: NDArray[Any] | None


class _LabelGathering:
    """What is kept of a sweep over labels."""

    def __init__(self, plan: ImagePlan, picture: PicturePlane) -> None:
        self.planes = KeptPlanes(plan, picture)
        self.table = LabelTable()

    def take(self, level: int, place: Place, block: NDArray[Any]) -> None:
        self.planes.take(level, place, block)
        if level == 0:
            t, _, z, y, x = place
            self.table.add(t, z, y, x, block[0])


class _Writing:
    """Shows each block to its level's writer and to whoever learns from it."""

    def __init__(self, folder: Path, plan: ImagePlan, gathering: Sink, sync_threads: SyncThreads | None) -> None:
        self._syncer = Syncer(sync_threads)
        self._levels = tuple(LevelWriter(folder, plan, level, self._syncer) for level in plan.levels)
        self._gathering = gathering

    def take(self, level: int, place: Place, block: NDArray[Any]) -> None:
        self._gathering.take(level, place, block)
        self._levels[level].write(place, block)

    def close(self) -> tuple[WrittenFile, ...]:
        files = tuple(file for level in self._levels for file in level.close())
        self._syncer.close()
        return files


@dataclass(frozen=True, slots=True)
class Means:
    """What a sweep may take: ``memory_bytes`` lowers the threads; ``progress`` is told the bytes of level 0 done."""

    threads: int = 1
    memory_bytes: int | None = None
    progress: Callable[[int], None] = lambda done: None
    sync_threads: SyncThreads | None = None


def write_pixels(
    source: ImageSource,
    series: int,
    plan: ImagePlan,
    folder: Path,
    *,
    threads: int = 1,
    memory_bytes: int | None = None,
    picture: PicturePlane | None = None,
    progress: Callable[[int], None] = lambda done: None,
    sync_threads: SyncThreads | None = None,
) -> PixelsResult:
    """Write the arrays of ``plan`` into ``folder`` (an empty or missing one: the image's, ``<fileset>/0``).

    Writes no group metadata. Every file is synced and hashed; the bytes are the same for any number of
    ``threads``. ``memory_bytes`` lowers the threads, and raises ConversionError when not even one fits.
    ``picture`` is the plane to keep for pictures, the first time point and middle section by default.
    ``progress`` is told the bytes of level 0 that are done so far. ``sync_threads`` are for who writes many images.
    """
    gathering = Gathering(plan, picture or plan.middle)
    means = Means(threads=threads, memory_bytes=memory_bytes, progress=progress, sync_threads=sync_threads)
    files, decoded = _sweep(source, series, plan, folder, gathering, means)
    return PixelsResult.of(gathering, files, decoded)


def write_labels(
    source: ImageSource, series: int, plan: ImagePlan, folder: Path, picture: PicturePlane, means: Means
) -> LabelsResult:
    """Write the arrays of the label image ``plan`` into ``folder`` (``<fileset>/0/labels/<name>``).

    As `write_pixels`. Raises ConversionError for a value that the published type cannot keep.
    """
    gathering = _LabelGathering(plan, picture)
    files, _ = _sweep(source, series, plan, folder, gathering, means)
    planes = gathering.planes
    return LabelsResult(files=files, objects=gathering.table.rows(), picture=planes.plane, projection=planes.projection)


def _sweep(
    source: ImageSource,
    series: int,
    plan: ImagePlan,
    folder: Path,
    gathering: Gathering | _LabelGathering,
    means: Means,
) -> tuple[tuple[WrittenFile, ...], int]:
    """One pass: the files that it wrote, and how many tiles of the source it decoded."""
    tiling = source.tiling(series, 0)
    blocks = choose_blocks(plan, tiling, means.threads, means.memory_bytes, gathering.planes.longest_px)
    reader = SourceBlocks(source, series, plan, tiling, blocks)
    try:
        writing = _Writing(folder, plan, gathering, means.sync_threads)
        Sweep(plan, tiling.samples, blocks, reader, writing).run(means.progress)
        return writing.close(), reader.decoded_tiles
    except OSError as error:
        raise ConversionError(not_written(error, series)) from error


def not_written(error: OSError, series: int) -> Problem:
    """What the disk refused, as a problem of series ``series``."""
    return Problem(
        code="pixels.not-written",
        message=f"the pixels of series {series} could not be written: {error.strerror or error}",
        hint="make room on the disk and check that the output folder may be written to",
    )
