"""Reads stores by zarr-python alone, generation 2 or 3, in whatever Python has it. Knows nothing of this project.

Paths of images or label images on standard input, one a line. Prints a JSON list: for each store shape, type and
SHA-256 of its first and last level, and its axes.
"""

import hashlib
import json
import sys
from typing import Any

import numpy as np
import zarr


def level(data: Any) -> dict[str, Any]:
    array = np.ascontiguousarray(data[...])
    values = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return {"shape": array.shape, "dtype": array.dtype.name, "sha256": hashlib.sha256(values).hexdigest()}


def store(path: str) -> dict[str, Any]:
    group = zarr.open_group(path, mode="r")
    attributes = group.attrs.asdict()
    multiscale = attributes.get("ome", attributes)["multiscales"][0]
    paths = [dataset["path"] for dataset in multiscale["datasets"]]
    axes = multiscale["axes"] if "axes" in multiscale else multiscale["coordinateSystems"][0]["axes"]
    return {
        "axes": [axis["name"] for axis in axes],
        "levels": [level(group[paths[0]]), level(group[paths[-1]])],
    }


print(json.dumps([store(path) for path in sys.stdin.read().split("\n") if path]))
