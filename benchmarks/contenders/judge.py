"""Largest difference of each written level from what it should be, as a JSON list: STACK FOLDER."""

import json
import sys
from pathlib import Path

import numpy as np
import tifffile
import zarr

stack, folder = sys.argv[1], Path(sys.argv[2])
with tifffile.TiffFile(stack) as tiff:
    size_z, size_c, height, width = tiff.series[0].shape
    pages = {(c, z): tiff.pages[z * size_c + c].asarray() for z in (0, size_z // 2) for c in range(size_c)}
paths = sorted((path.parent.name for path in folder.glob("*/zarr.json")), key=str)
worst = [0.0] * len(paths)
for (c, z), page in pages.items():
    expected = page.astype(np.int64)
    for number, path in enumerate(paths):
        array = zarr.open_array(folder / path, mode="r")
        plane = np.asarray(array[(0,) * (array.ndim - 4) + (c, z)]).astype(np.int64)
        worst[number] = max(worst[number], float(np.abs(plane - expected).max()))
        four = expected[0::2, 0::2] + expected[1::2, 0::2] + expected[0::2, 1::2] + expected[1::2, 1::2]
        expected = (four + 2) >> 2
print(json.dumps(worst))
