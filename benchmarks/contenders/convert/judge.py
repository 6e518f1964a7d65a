"""How true the levels of a converted pattern are, as JSON: FOLDER (as inputs.py wrote it, converted by somebody).

For each level above 0: the mean of the checkerboard (it should be 2000), how far the ramp is shifted along x at the
place that the metadata state, in pixels of level 0, and the largest difference from the rounded mean of 2 x 2 pixels
of the level above, which is None where levels are made in another way or another size.
"""

import json
import sys
from pathlib import Path

import numpy as np
import zarr

BOARD_PX = 384


def image_group(folder):
    """The group that has multiscales: the folder's own, or one below."""
    for path in sorted(
        [folder, *(p.parent for p in folder.rglob("zarr.json")), *(p.parent for p in folder.rglob(".zattrs"))]
    ):
        try:
            attributes = dict(zarr.open_group(str(path), mode="r").attrs)
        except Exception:
            continue
        found = attributes.get("ome", attributes)
        if "multiscales" in found:
            return path, found["multiscales"][0]
    raise SystemExit(f"{folder} holds no image")


def plane(array, names):
    """The first plane (Y, X) of the first channel, in float64."""
    index = tuple(slice(None) if name in "yx" else 0 for name in names)
    return np.asarray(array[index]).astype(np.float64)


def transform(dataset, kind, default):
    steps = dataset.get("coordinateTransformations", [])
    return next((step[kind] for step in steps if step["type"] == kind), default)


path, multiscale = image_group(Path(sys.argv[1]))
names = [axis["name"].lower() for axis in multiscale["axes"]]
x, y = names.index("x"), names.index("y")
datasets = multiscale["datasets"]
unit = transform(datasets[0], "scale", [1.0] * len(names))
above = None
found = []
for number, dataset in enumerate(datasets):
    pixels = plane(zarr.open_array(str(path / dataset["path"]), mode="r"), names)
    if number:
        scale = transform(dataset, "scale", unit)
        start = transform(dataset, "translation", [0.0] * len(names))
        begin = transform(datasets[0], "translation", [0.0] * len(names))
        fx, fy = scale[x] / unit[x], scale[y] / unit[y]
        ox, oy = (start[x] - begin[x]) / unit[x], (start[y] - begin[y]) / unit[y]
        board = pixels[2 : int(900 / fy), 2 : int((BOARD_PX - 40) / fx)]
        rows, columns = np.mgrid[int(100 / fy) : int(900 / fy), int(450 / fx) : int(740 / fx)]
        told = 100 + 40 * (columns * fx + ox) + 7 * (rows * fy + oy)
        shift = float((pixels[rows, columns] - told).mean() / 40)
        even = np.pad(above, [(0, edge & 1) for edge in above.shape], mode="edge")
        four = even[0::2, 0::2] + even[1::2, 0::2] + even[0::2, 1::2] + even[1::2, 1::2]
        mean = np.floor((four + 2) / 4)
        off = float(np.abs(mean - pixels).max()) if mean.shape == pixels.shape else None
        found.append({"board": float(board.mean()), "shift_px": shift, "off": off, "shape": list(pixels.shape)})
    above = pixels
print(json.dumps(found))
