"""Reads stores by napari-ome-zarr, in a Python that has it: paths of stores on standard input, one a line.

Prints a JSON list: for each layer its kind, channel names, contrast limits, scale, axes, and shape, type and SHA-256
of its first and last level. Knows nothing of this project.
"""

import contextlib
import hashlib
import json
import sys
from typing import Any

import numpy as np
from napari_ome_zarr import napari_get_reader


def level(data: Any) -> dict[str, Any]:
    array = np.ascontiguousarray(data)
    values = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
    return {"shape": array.shape, "dtype": array.dtype.name, "sha256": hashlib.sha256(values).hexdigest()}


def layers(path: str) -> list[dict[str, Any]]:
    read = napari_get_reader(path)
    assert read is not None, f"{path}: not taken for OME-Zarr"
    found = []
    with contextlib.redirect_stdout(sys.stderr):  # ome-zarr-py prints when it meets a plate
        read_layers = read(path)
    for data, options, kind in read_layers:
        ends = [data[0], data[-1]] if isinstance(data, list) else [data, data]
        said = {key: options.get(key) for key in ("name", "channel_axis", "contrast_limits", "scale", "axis_labels")}
        found.append({"kind": kind, "levels": [level(each) for each in ends], **said})
    return found


print(json.dumps([layers(path) for path in sys.stdin.read().split("\n") if path], default=list))
