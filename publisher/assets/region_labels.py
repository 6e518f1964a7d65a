"""Regions drawn as a label image: a source of pixels that are made when they are asked for, block by block."""

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.assets.region_raster import Window, covered, reach
from publisher.model.image import Image
from publisher.model.region_labels import Drawn, drawn_shapes
from publisher.model.roi import ROI, Shape
from publisher.sources.protocol import ImageSource, SourceFile, TileGrid

_STRIP_PX = 1 << 18
"""Pixels that are drawn at once: while a mask is scaled each takes some 60 bytes."""


class DrawnRegions(ImageSource):
    """The label image of regions, in type ``dtype``, on planes of (``height``, ``width``); it has one series.

    Value 1 is the first region with shapes to draw (`drawn_shapes`). A shape is on the planes it names, in all
    channels, or on every one where it names none. Where regions overlap the later has the pixel.
    """

    def __init__(self, rois: Sequence[ROI], drawn: Drawn, size: tuple[int, int], dtype: str) -> None:
        self._height, self._width = size
        self._dtype = np.dtype(dtype)
        numbered = enumerate(drawn_shapes(rois, drawn), start=1)
        shapes = [(value, shape) for value, (_, several) in numbered for shape in several]
        within = Window(0, 0, self._width, self._height)
        reached = [(value, shape, window) for value, shape in shapes if (window := reach(shape, within))]
        self._shapes: list[tuple[int, Shape, Window]] = reached
        self._places = np.array([_place(shape, window) for _, shape, window in reached], np.int64).reshape(-1, 6)
        self._hidden: dict[tuple[int, ...], int] = {}

    def __exit__(self, *_: object) -> None:
        return None

    def identity(self) -> tuple[SourceFile, ...]:
        """None: regions were read before."""
        return ()

    def images(self) -> Sequence[Image]:
        """None: its only series is a label image."""
        return ()

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """One."""
        return ((self._height, self._width),)

    def tiling(self, series: int, level: int) -> TileGrid:
        """Any pixels can be had without others."""
        return TileGrid(height=1, width=self._width, compressed=False)

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """Labels (1, Y, X) of one block."""
        window = Window(x.start, y.start, min(x.stop, self._width), min(y.stop, self._height))
        block = np.zeros((window.height, window.width), self._dtype)
        hidden = 0
        for number in self._touching(t, z, window):
            value, shape, reached = self._shapes[number]
            part = reached.within(window)
            for strip in _strips(part) if part else ():
                inside = covered(shape, strip)
                there = block[
                    strip.y0 - window.y0 : strip.y1 - window.y0,
                    strip.x0 - window.x0 : strip.x1 - window.x0,
                ]
                hidden += int(np.count_nonzero(inside & (there != 0) & (there != value)))
                there[inside] = value
        self._hidden[t, z, window.y0, window.x0] = hidden
        return block[np.newaxis]

    def hidden_pixels(self) -> int:
        """How often, in all blocks that were read, a pixel of a region was taken by a later one."""
        return sum(self._hidden.values())

    def _touching(self, t: int, z: int, window: Window) -> list[int]:
        """Numbers of the shapes that may have pixels there, in their order."""
        on_t, on_z, x0, y0, x1, y1 = self._places.T
        on_plane = ((on_t < 0) | (on_t == t)) & ((on_z < 0) | (on_z == z))
        near = (x0 < window.x1) & (x1 > window.x0) & (y0 < window.y1) & (y1 > window.y0)
        found: list[int] = np.flatnonzero(on_plane & near).tolist()
        return found


def _place(shape: Shape, window: Window) -> tuple[int, ...]:
    """t and z, -1 for all, and the box in whole pixels."""
    t, z = (-1 if index is None else index for index in (shape.plane.t, shape.plane.z))
    return t, z, window.x0, window.y0, window.x1, window.y1


def _strips(window: Window) -> Iterator[Window]:
    """``window`` in pieces of whole rows."""
    rows = max(1, _STRIP_PX // window.width)
    for top in range(window.y0, window.y1, rows):
        yield Window(window.x0, top, window.x1, min(top + rows, window.y1))
