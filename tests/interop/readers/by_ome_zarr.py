"""Reads stores by ome-zarr-py, in a Python that has it. Knows nothing of this project.

Paths of images on standard input, one a line. Prints a JSON list: for each image its axes, shape, type and SHA-256 of
its first and last level, and the names of the label images that come with it.
"""

import hashlib
import json
import sys
from typing import Any

import numpy as np
from ome_zarr.io import parse_url
from ome_zarr.reader import Reader


def level(data: Any) -> dict[str, Any]:
    array = np.ascontiguousarray(np.asarray(data))
    values = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return {"shape": array.shape, "dtype": array.dtype.name, "sha256": hashlib.sha256(values).hexdigest()}


def store(path: str) -> dict[str, Any]:
    location = parse_url(path)
    assert location is not None, f"{path}: not taken for OME-Zarr"
    node, *others = [node for node in Reader(location)() if node.data]
    return {
        "axes": [axis["name"] for axis in node.metadata["axes"]],
        "levels": [level(node.data[0]), level(node.data[-1])],
        "labels": sorted(other.zarr.basename() for other in others),
    }


print(json.dumps([store(path) for path in sys.stdin.read().split("\n") if path]))
