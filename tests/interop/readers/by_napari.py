"""Reads stores by napari-ome-zarr, in a Python that has it: paths of stores on standard input, one a line.

Prints a JSON list: for each layer its kind, name, contrast limits, scale, axes, and shape, type and SHA-256 of its
first and last level. Data with a channel axis are a layer a channel, as in napari. Knows nothing of this project.
"""

import contextlib
import hashlib
import json
import sys
from collections.abc import Iterator
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
        found += [{"kind": kind, **layer} for layer in split(ends, options)]
    return found


def split(ends: list[Any], options: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """One layer, or one a channel: napari-ome-zarr splits them itself since 0.11, before it left that to napari."""
    said = {key: options.get(key) for key in ("name", "contrast_limits", "scale", "axis_labels")}
    axis = options.get("channel_axis")
    if axis is None:
        yield {"levels": [level(each) for each in ends], **said}
        return
    for channel in range(ends[0].shape[axis]):
        own = {key: said[key][channel] for key in ("name", "contrast_limits")}
        yield {"levels": [level(each.take(channel, axis=axis)) for each in map(np.asarray, ends)], **said, **own}


print(json.dumps([layers(path) for path in sys.stdin.read().split("\n") if path], default=list))
