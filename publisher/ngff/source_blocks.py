"""Blocks of level 0 as they are published: read from the source, checked, converted, counted."""

from dataclasses import dataclass
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.errors import ConversionError, DamagedSourceError, Problem
from publisher.ngff.geometry import tiles_touched
from publisher.ngff.plan import ImagePlan
from publisher.sources.protocol import ImageSource, TileGrid


@dataclass(frozen=True, slots=True)
class Group:
    """Planes that are read together: time point, z, and the channels that come out of one tile."""

    t: int
    c: slice
    z: int


class SourceBlocks:
    """Reads one series for one plan; may be shared by threads. ``decoded_tiles`` counts the source's tiles."""

    def __init__(self, source: ImageSource, series: int, plan: ImagePlan, tiling: TileGrid) -> None:
        self._source, self._series, self._plan, self._tiling = source, series, plan, tiling
        # Published samples are little-endian; this is the native order nearly everywhere.
        self._dtype = np.dtype(plan.dtype).newbyteorder("<")
        self._lock = Lock()
        self.decoded_tiles = 0

    def read(self, group: Group, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of the published type, C-contiguous; ``y`` and ``x`` lie within the plane."""
        block = self._source.read(self._series, 0, t=group.t, z=group.z, c=group.c, y=y, x=x)
        self._count(y, x)
        expected = (group.c.stop - group.c.start, y.stop - y.start, x.stop - x.start)
        if block.shape != expected or block.dtype.name != self._plan.source_dtype:
            raise DamagedSourceError(self._wrong_block(block, expected))
        if block.dtype.name != self._plan.dtype:
            self._check_range(block)
        return np.ascontiguousarray(block, self._dtype)

    def _count(self, y: slice, x: slice) -> None:
        tiles = tiles_touched(y.start, y.stop, self._tiling.height) * tiles_touched(x.start, x.stop, self._tiling.width)
        with self._lock:
            self.decoded_tiles += tiles

    def _check_range(self, block: NDArray[Any]) -> None:
        """A sample must survive its conversion: int64 within int32, float64 not beyond float32."""
        if block.dtype == np.bool_:
            return
        limits = np.finfo(self._dtype) if self._dtype.kind == "f" else np.iinfo(self._dtype)
        beyond = (block < limits.min) | (block > limits.max)
        if self._dtype.kind == "f":
            beyond &= np.isfinite(block)
        if beyond.any():
            value = block[beyond].ravel()[0]
            raise ConversionError(
                Problem(
                    code="pixels.value-out-of-range",
                    message=f"series {self._series} holds the value {value}, which {self._plan.source_dtype} samples "
                    f"published as {self._plan.dtype} cannot keep ({limits.min} to {limits.max})",
                    hint="say how to publish it by the key `dtype:` of the image, for example dtype: float32",
                )
            )

    def _wrong_block(self, block: NDArray[Any], expected: tuple[int, ...]) -> Problem:
        return Problem(
            code="image.block-mismatch",
            message=f"series {self._series} delivered a block of shape {block.shape} and type {block.dtype}; "
            f"expected {expected} of {self._plan.source_dtype}",
            hint="the file's metadata does not fit its pixels; check it with publisher inspect",
        )
