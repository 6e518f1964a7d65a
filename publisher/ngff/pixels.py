"""One image's pixels to OME-Zarr arrays, with all that is learnt on the way. Everything happens in one sweep."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from publisher.errors import ConversionError, Problem
from publisher.model.statistics import ImageStatistics
from publisher.ngff.gathering import Gathering
from publisher.ngff.geometry import choose_blocks
from publisher.ngff.plan import ImagePlan, PicturePlane
from publisher.ngff.shard_writer import WrittenFile
from publisher.ngff.source_blocks import SourceBlocks
from publisher.ngff.store_writer import LevelWriter, Place
from publisher.ngff.sweep import Sweep
from publisher.ngff.syncing import Syncer, SyncThreads
from publisher.sources.protocol import ImageSource


@dataclass(frozen=True, slots=True, kw_only=True)
class PixelsResult:
    """What `write_pixels` did. ``files``: sorted by path, relative to the image's folder.

    ``picture``: pixels (C, Y, X) of the published type at the asked plane, from level
    ``picture_level``. ``decoded_tiles``: tiles of the source that were decoded.
    """

    files: tuple[WrittenFile, ...]
    statistics: ImageStatistics
    picture: NDArray[Any]
    picture_level: int
    decoded_tiles: int


class _Sink:
    """Shows each block to its level's writer and to the gathering."""

    def __init__(self, levels: tuple[LevelWriter, ...], gathering: Gathering) -> None:
        self._levels, self._gathering = levels, gathering

    def take(self, level: int, place: Place, block: NDArray[Any]) -> None:
        self._gathering.take(level, place, block)
        self._levels[level].write(place, block)


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
    tiling = source.tiling(series, 0)
    blocks = choose_blocks(plan, tiling, threads, memory_bytes)
    gathering = Gathering(plan, picture or PicturePlane(z=plan.levels[0].shape[2] // 2))
    reader = SourceBlocks(source, series, plan, tiling, blocks)
    try:
        syncer = Syncer(sync_threads)
        writers = tuple(LevelWriter(folder, plan, level, syncer) for level in plan.levels)
        Sweep(plan, tiling.samples, blocks, reader, _Sink(writers, gathering)).run(progress)
        files = tuple(file for writer in writers for file in writer.close())
        syncer.close()
    except OSError as error:
        raise ConversionError(not_written(error, series)) from error
    return PixelsResult(
        files=files,
        statistics=gathering.statistics(),
        picture=gathering.picture,
        picture_level=gathering.picture_level,
        decoded_tiles=reader.decoded_tiles,
    )


def not_written(error: OSError, series: int) -> Problem:
    """What the disk refused, as a problem of series ``series``."""
    return Problem(
        code="pixels.not-written",
        message=f"the pixels of series {series} could not be written: {error.strerror or error}",
        hint="make room on the disk and check that the output folder may be written to",
    )
