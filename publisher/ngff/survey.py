"""Statistics and the picture of an image whose pixels stay where they are: few planes are read, nothing is written."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import product
from math import prod

import numpy as np

from publisher.ngff.gathering import Gathering
from publisher.ngff.geometry import picture_level
from publisher.ngff.pixels import PixelsResult
from publisher.ngff.plan import ITEM_SIZES, ImagePlan, PicturePlane
from publisher.sources.protocol import ImageSource

MOST_BYTES = 256 << 20
"""Pixels that are read at most, beside the plane of the picture."""


def survey_pixels(
    source: ImageSource,
    series: int,
    plan: ImagePlan,
    picture: PicturePlane,
    *,
    progress: Callable[[int], None] = lambda done: None,
) -> PixelsResult:
    """Look at the level that pictures are made of: all its planes, or as many, evenly spread, as `MOST_BYTES` hold.

    Extremes and histograms are those of what was read. ``files`` of the result is empty.
    """
    number = picture_level(plan, picture.longest_px)
    level = replace(plan.levels[number], path="0")
    gathering = Gathering(replace(plan, levels=(level,)), picture)
    _, size_c, _, height, width = level.shape
    samples = source.tiling(series, number).samples
    dtype = np.dtype(plan.dtype)
    everything, read = slice(0, height), 0
    for t, z in _planes(plan, number, picture):
        for c in range(0, size_c, samples):
            channels = slice(c, min(c + samples, size_c))
            block = source.read(series, number, t=t, z=z, c=channels, y=everything, x=slice(0, width))
            gathering.take(0, (t, c, z, 0, 0), block.astype(dtype, copy=False))
            read += 1
    progress(plan.level_bytes)
    return replace(PixelsResult.of(gathering, (), read), picture_level=number)


def _planes(plan: ImagePlan, number: int, picture: PicturePlane) -> Iterator[tuple[int, int]]:
    """Time points and sections to read; the picture's is among them."""
    size_t, size_c, size_z, height, width = plan.levels[number].shape
    every = list(product(range(size_t), range(size_z)))
    fitting = max(MOST_BYTES // (prod((size_c, height, width)) * ITEM_SIZES[plan.dtype]), 1)
    step = -(-len(every) // fitting)
    chosen = {*every[::step], (picture.t, picture.z)}
    yield from sorted(chosen)
