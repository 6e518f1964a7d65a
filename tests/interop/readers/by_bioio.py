"""Reads stores by bioio-ome-zarr, in a Python that has it. Knows nothing of this project.

Paths of images on standard input, one a line. Prints a JSON list: for each image its axes, and shape, type and SHA-256
of its first and last level.
"""

import hashlib
import json
import sys
from typing import Any

import numpy as np
from bioio_ome_zarr import Reader


def level(reader: Any, number: int) -> dict[str, Any]:
    reader.set_resolution_level(number)
    array = np.ascontiguousarray(reader.data)
    values = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return {"shape": array.shape, "dtype": array.dtype.name, "sha256": hashlib.sha256(values).hexdigest()}


def store(path: str) -> dict[str, Any]:
    reader = Reader(path)
    levels = reader.resolution_levels
    return {"axes": list(reader.dims.order.lower()), "levels": [level(reader, levels[0]), level(reader, levels[-1])]}


print(json.dumps([store(path) for path in sys.stdin.read().split("\n") if path]))
