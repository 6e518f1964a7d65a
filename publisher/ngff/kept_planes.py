"""The pixels that pictures are made of: one plane of each channel, and the maximum over z of its time point."""

from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from publisher.ngff.geometry import picture_level
from publisher.ngff.plan import ImagePlan, PicturePlane
from publisher.ngff.store_writer import Place


class KeptPlanes:
    """Takes blocks of a sweep from any thread.

    ``level`` is the level they are of, ``plane`` its pixels (C, Y, X) at the asked section, ``projection`` the
    largest value over all sections: NaN only where all are NaN, None for an image of one section.
    """

    def __init__(self, plan: ImagePlan, picture: PicturePlane) -> None:
        self.longest_px = picture.longest_px
        self.level = picture_level(plan, picture.longest_px)
        _, size_c, size_z, height, width = plan.levels[self.level].shape
        dtype = np.dtype(plan.dtype)
        self._t, self._z = picture.t, picture.z
        self.plane: NDArray[Any] = np.zeros((size_c, height, width), dtype)
        self.projection: NDArray[Any] | None = None
        if size_z > 1:
            lowest = np.nan if dtype.kind == "f" else np.iinfo(dtype).min
            self.projection = np.full((size_c, height, width), lowest, dtype)
        self._lock = Lock()

    def take(self, level: int, place: Place, block: NDArray[Any]) -> None:
        """Look at one block (C, Y, X) that begins at ``place`` of ``level``."""
        t, c, z, y, x = place
        if level != self.level or t != self._t:
            return
        part = slice(c, c + len(block)), slice(y, y + block.shape[1]), slice(x, x + block.shape[2])
        if z == self._z:
            self.plane[part] = block
        if self.projection is not None:
            with self._lock:
                np.fmax(self.projection[part], block, out=self.projection[part])
