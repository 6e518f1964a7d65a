"""Blocks of level 0 as they are published: read from the source, checked, converted, counted."""

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.errors import ConversionError, DamagedSourceError, Problem
from publisher.ngff.geometry import KEPT_BYTES, Blocks, cuts_tiles, tiles_touched
from publisher.ngff.plan import ImagePlan
from publisher.sources.protocol import ImageSource, TileGrid


@dataclass(frozen=True, slots=True)
class Group:
    """Planes that are read together: time point, z, and the channels that come out of one tile."""

    t: int
    c: slice
    z: int


class TileKeeper:
    """Decoded tiles that another block will need; the oldest go first when there are too many."""

    def __init__(self, limit_bytes: int) -> None:
        self._limit, self._held = limit_bytes, 0
        self._tiles: OrderedDict[tuple[int, ...], NDArray[Any]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: tuple[int, ...]) -> NDArray[Any] | None:
        """The tile ``key``, no longer kept; None when it is not here."""
        with self._lock:
            tile = self._tiles.pop(key, None)
            self._held -= 0 if tile is None else tile.nbytes
            return tile

    def keep(self, key: tuple[int, ...], tile: NDArray[Any]) -> None:
        """Keep ``tile`` as the newest."""
        with self._lock:
            self._held += tile.nbytes - (self._tiles[key].nbytes if key in self._tiles else 0)
            self._tiles[key] = tile
            self._tiles.move_to_end(key)
            while self._held > self._limit:
                self._held -= self._tiles.popitem(last=False)[1].nbytes


class SourceBlocks:
    """Reads one series for one plan; may be shared by threads. ``decoded_tiles`` counts the source's tiles."""

    def __init__(self, source: ImageSource, series: int, plan: ImagePlan, tiling: TileGrid, blocks: Blocks) -> None:
        self._source, self._series, self._plan, self._tiling = source, series, plan, tiling
        # Published samples are little-endian; this is the native order nearly everywhere.
        self._dtype = np.dtype(plan.dtype).newbyteorder("<")
        self._lock = Lock()
        self._kept = TileKeeper(KEPT_BYTES) if cuts_tiles(plan, tiling, blocks) else None
        self.decoded_tiles = 0

    def read(self, group: Group, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of the published type, C-contiguous; ``y`` and ``x`` lie within the plane."""
        block = self._fetch(group, y, x) if self._kept is None else self._joined(group, y, x, self._kept)
        if block.dtype.name != self._plan.dtype:
            self._check_range(block)
        return np.ascontiguousarray(block, self._dtype)

    def _joined(self, group: Group, y: slice, x: slice, kept: "TileKeeper") -> NDArray[Any]:
        """A block put together of whole tiles, so that those it shares with its neighbours are decoded once."""
        block = np.empty((group.c.stop - group.c.start, y.stop - y.start, x.stop - x.start), self._plan.source_dtype)
        _, _, _, height, width = self._plan.levels[0].shape
        for rows in _tiles(y, self._tiling.height, height):
            for columns in _tiles(x, self._tiling.width, width):
                key = (group.t, group.c.start, group.z, rows.start, columns.start)
                tile = kept.take(key)
                if tile is None:
                    tile = self._fetch(group, rows, columns)
                if not (_within(rows, y) and _within(columns, x)):
                    kept.keep(key, tile)
                top, left = max(rows.start, y.start), max(columns.start, x.start)
                part = tile[:, top - rows.start : y.stop - rows.start, left - columns.start : x.stop - columns.start]
                top, left = top - y.start, left - x.start
                block[:, top : top + part.shape[1], left : left + part.shape[2]] = part
        return block

    def _fetch(self, group: Group, y: slice, x: slice) -> NDArray[Any]:
        """Pixels as the source has them, checked against what it promised."""
        block = self._source.read(self._series, 0, t=group.t, z=group.z, c=group.c, y=y, x=x)
        self._count(y, x)
        expected = (group.c.stop - group.c.start, y.stop - y.start, x.stop - x.start)
        if block.shape != expected or block.dtype.name != self._plan.source_dtype:
            raise DamagedSourceError(self._wrong_block(block, expected))
        return block

    def _count(self, y: slice, x: slice) -> None:
        tiles = tiles_touched(y.start, y.stop, self._tiling.height) * tiles_touched(x.start, x.stop, self._tiling.width)
        with self._lock:
            self.decoded_tiles += tiles

    def _check_range(self, block: NDArray[Any]) -> None:
        """A sample must survive its conversion: whole and in range for integers, exact where integers become floats."""
        lost = lost_samples(block, self._dtype)
        if not lost.any():
            return
        value = block[lost].ravel()[0]
        others = "float32, uint32 or uint64" if self._dtype.kind == "i" else "another type that keeps it"
        raise ConversionError(
            Problem(
                code="pixels.value-out-of-range",
                message=f"series {self._series} holds the value {value}, which {self._plan.source_dtype} samples "
                f"published as {self._plan.dtype} cannot keep ({_kept(self._dtype, block.dtype)})",
                hint=f"name {others} by the key `dtype:` of the image in study.yaml"
                if self._plan.kind == "image"
                else "number the labels anew: viewers read labels of at most 32 bits",
            )
        )

    def _wrong_block(self, block: NDArray[Any], expected: tuple[int, ...]) -> Problem:
        return Problem(
            code="image.block-mismatch",
            message=f"series {self._series} delivered a block of shape {block.shape} and type {block.dtype}; "
            f"expected {expected} of {self._plan.source_dtype}",
            hint="the file's metadata does not fit its pixels; check it with publisher inspect",
        )


def lost_samples(block: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[np.bool_]:
    """Which samples of ``block`` (any shape) are another number, beyond rounding of floats, as ``dtype``."""
    if block.dtype == np.bool_:
        return np.zeros(block.shape, np.bool_)
    low, high = _bounds(dtype, block.dtype)
    if block.dtype.kind == "f" and dtype.kind == "f":
        lost: NDArray[np.bool_] = ((block < low) | (block > high)) & np.isfinite(block)
        return lost
    if block.dtype.kind == "f":
        # Written so that NaN, which compares with nothing, is lost. The upper bound itself may round up.
        wide = block.astype(np.float64, copy=False)
        return np.asarray(~((wide >= low) & (wide < float(high) + 1) & (wide == np.floor(wide))))
    return np.asarray((block < low) | (block > high))


def _bounds(dtype: np.dtype[Any], source: np.dtype[Any]) -> tuple[Any, Any]:
    """Smallest and largest sample that ``dtype`` keeps: of whole numbers float32 keeps each one up to 2^24."""
    if dtype.kind != "f":
        limits = np.iinfo(dtype)
        return limits.min, limits.max
    if source.kind != "f":
        return (-(2**24) if source.kind == "i" else 0), 2**24
    return np.finfo(dtype).min, np.finfo(dtype).max


def _kept(dtype: np.dtype[Any], source: np.dtype[Any]) -> str:
    low, high = _bounds(dtype, source)
    whole = "whole numbers from " if dtype.kind != source.kind == "f" else ""
    return f"{whole}{low} to {high}"


def _tiles(part: slice, tile: int, size: int) -> Iterator[slice]:
    """The tiles along one axis that ``part`` touches."""
    for start in range(part.start // tile * tile, part.stop, tile):
        yield slice(start, min(start + tile, size))


def _within(inner: slice, outer: slice) -> bool:
    return bool(outer.start <= inner.start and inner.stop <= outer.stop)
