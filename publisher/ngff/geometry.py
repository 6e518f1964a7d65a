"""Into which blocks a plane is cut, how many threads work on them, and what memory that takes. Pure.

A block is read at once, owns whole chunks, and is halved into a quarter of a block of the next level.
Blocks follow the source's tiles, so that a tile is decoded once; an axis that one tile spans is not cut.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, prod

from publisher.errors import ConversionError, Problem
from publisher.ngff.plan import ITEM_SIZES, ImagePlan
from publisher.sources.protocol import TileGrid

BASE_BYTES = 70 * 2**20
"""The interpreter and its libraries."""
PICTURE_BYTES = 64 * 2**20
"""Most that the pixels kept for pictures may take, over all channels."""
PICTURE_PX = 1024
"""Longest edge that pictures need, where nobody says otherwise."""
BLOCK_PX = 2048
"""Edge that a block is aimed at."""
_COPIES = 4.5
"""Blocks that one thread holds at most: as read, joined for the next level, encoded, halved, and handed on."""
_COPIES_OF_SAMPLES = 5.5
"""The same where channels are taken apart (interleaved samples)."""
_OVERLAP = 1.14
"""Tiles decoded a tile needed, per axis, that is let pass where no block nests (1.3 over both axes)."""
_WORTH_KEEPING = 1.1
WAITING_BYTES = 4 * 2**20
"""Encoded chunks that one shard keeps in memory while an earlier one is missing."""
KEPT_BYTES = 48 * 2**20
"""Decoded tiles that are kept for the neighbours of a block where more are cut than may pass."""


@dataclass(frozen=True, slots=True)
class Blocks:
    """Height and width of a block in pixels, the same on every level, and the threads that share the work."""

    height: int
    width: int
    threads: int


def choose_blocks(
    plan: ImagePlan, tiling: TileGrid, threads: int, memory_bytes: int | None, picture_px: int = PICTURE_PX
) -> Blocks:
    """The largest blocks up to `BLOCK_PX` with which ``threads`` (or fewer) stay below ``memory_bytes``.

    ``picture_px`` is the longest edge that pictures need.
    """
    edge = BLOCK_PX
    while True:
        blocks = Blocks(*_block_shape(plan, tiling, edge), threads)
        if memory_bytes is None:
            return blocks
        fixed = BASE_BYTES + _fixed_bytes(blocks, plan, tiling, picture_px)
        spare = (memory_bytes - fixed) / _bytes_a_thread(blocks, plan, tiling) - _joining(blocks, plan)
        if spare >= 1:
            return Blocks(blocks.height, blocks.width, min(threads, int(spare)))
        if edge <= plan.levels[0].chunks[4]:
            raise ConversionError(_too_little_memory(blocks, plan, tiling, memory_bytes, fixed))
        edge //= 2


def memory_needed(plan: ImagePlan, tiling: TileGrid, threads: int, picture_px: int = PICTURE_PX) -> int:
    """Bytes that a conversion with ``threads`` takes at most."""
    blocks = choose_blocks(plan, tiling, threads, None)
    return (
        BASE_BYTES
        + _fixed_bytes(blocks, plan, tiling, picture_px)
        + ceil((threads + _joining(blocks, plan)) * _bytes_a_thread(blocks, plan, tiling))
    )


def tiles_touched(start: int, stop: int, tile: int) -> int:
    """Tiles of length ``tile`` that pixels ``start`` to ``stop`` (exclusive) of one axis lie in."""
    return ceil(stop / tile) - start // tile


def _bytes_a_thread(blocks: Blocks, plan: ImagePlan, tiling: TileGrid) -> float:
    height, width = min(blocks.height, plan.levels[0].shape[3]), min(blocks.width, plan.levels[0].shape[4])
    copies = _COPIES_OF_SAMPLES if tiling.samples > 1 else _COPIES
    return height * width * tiling.samples * ITEM_SIZES[plan.dtype] * copies + tiling.coded_bytes


def picture_level(plan: ImagePlan, picture_px: int) -> int:
    """The smallest level not below ``picture_px`` on its longest edge, or a smaller one where channels are many."""
    fitting = [number for number, level in enumerate(plan.levels) if max(level.shape[3:]) >= picture_px]
    number = fitting[-1] if fitting else 0
    while number + 1 < len(plan.levels) and _plane_bytes(plan, number) > PICTURE_BYTES:
        number += 1
    return number


def _plane_bytes(plan: ImagePlan, number: int) -> int:
    """One plane of each channel of a level."""
    _, size_c, _, height, width = plan.levels[number].shape
    return size_c * height * width * ITEM_SIZES[plan.dtype]


def _fixed_bytes(blocks: Blocks, plan: ImagePlan, tiling: TileGrid, picture_px: int) -> int:
    """Memory that does not grow with threads: the picture, tiles that are kept, chunks that wait for their turn.

    Of several sections their maximum is kept beside the picture. Chunks wait in one shard a level, where a level
    has several blocks.
    """
    waiting = sum(1 for level in plan.levels if level.shards and prod(grid(level.shape[3:], blocks)) > 1)
    picture = _plane_bytes(plan, picture_level(plan, picture_px)) * (1 if plan.levels[0].shape[2] == 1 else 2)
    tiles = KEPT_BYTES if cuts_tiles(plan, tiling, blocks) else 0
    return picture + WAITING_BYTES * waiting + tiles


def cuts_tiles(plan: ImagePlan, tiling: TileGrid, blocks: Blocks) -> bool:
    """Whether blocks cut so many tiles that those are worth keeping for the neighbours."""
    _, _, _, height, width = plan.levels[0].shape
    cut = _overlap(height, tiling.height, blocks.height) * _overlap(width, tiling.width, blocks.width)
    return tiling.compressed and cut > _WORTH_KEEPING


def _joining(blocks: Blocks, plan: ImagePlan) -> float:
    """Threads' worth of memory of the blocks that the levels above the tasks are joined in."""
    joined = sum(1 for level in plan.levels[:-1] if prod(grid(level.shape[3:], blocks)) > 1)
    return joined / _COPIES


def grid(plane: tuple[int, ...], blocks: Blocks) -> tuple[int, int]:
    """Blocks down and across a plane of (height, width)."""
    return ceil(plane[0] / blocks.height), ceil(plane[1] / blocks.width)


def _block_shape(plan: ImagePlan, tiling: TileGrid, edge: int) -> tuple[int, int]:
    shape, chunks = plan.levels[0].shape, plan.levels[0].chunks
    tiles = (tiling.height, tiling.width) if tiling.compressed or tiling.samples > 1 else (1, 1)
    height, width = (
        _extent(size, chunk, tile, edge) for size, chunk, tile in zip(shape[3:], chunks[3:], tiles, strict=True)
    )
    return height, width


def _extent(size: int, chunk: int, tile: int, edge: int) -> int:
    """Length of a block along one axis: a multiple of the chunk that cuts as few tiles as it can."""
    whole = ceil(size / chunk) * chunk
    if tile >= size or whole <= edge:
        return whole
    lengths = range(chunk, min(whole, 2 * edge) + 1, chunk)
    cut = {length: _overlap(size, tile, length) for length in lengths}
    nesting = [length for length in lengths if cut[length] == 1.0 and 4 * length >= edge]
    passing = nesting or [length for length in lengths if cut[length] <= _OVERLAP]
    if passing:
        return min(passing, key=lambda length: abs(length - edge))
    return min(lengths, key=lambda length: (cut[length], length))


def _overlap(size: int, tile: int, length: int) -> float:
    """Tiles decoded a tile, were an axis of ``size`` read in blocks of ``length`` that share nothing."""
    decoded = sum(tiles_touched(start, min(start + length, size), tile) for start in range(0, size, length))
    return decoded / ceil(size / tile)


def block_starts(plane: tuple[int, ...], blocks: Blocks) -> Iterator[tuple[int, int]]:
    """Places (down, across) of a plane's blocks, row by row."""
    down, across = grid(plane, blocks)
    return ((y, x) for y in range(down) for x in range(across))


def _too_little_memory(blocks: Blocks, plan: ImagePlan, tiling: TileGrid, memory_bytes: int, fixed: int) -> Problem:
    needed = fixed + ceil((1 + _joining(blocks, plan)) * _bytes_a_thread(blocks, plan, tiling))
    return Problem(
        code="pixels.memory",
        message=f"one thread needs {needed / 2**20:.0f} MiB, because the file is cut into tiles of "
        f"{tiling.height} × {tiling.width} pixels; {memory_bytes / 2**20:.0f} MiB were allowed",
        hint=f"allow more: publisher build --memory {ceil(needed / 2**20)}M",
    )
