"""Judges and reads filesets of OME-Zarr 0.6 by ome-zarr-models and by ome-zarr-py's classes, in a Python that has both.

Knows nothing of this project. Paths of filesets on standard input, one a line; each is a bioformats2raw collection or a
plate. Prints a JSON list: for each fileset its images and label images by path, with the coordinate system, the scale
and translation of each level, and SHA-256 of its pixels; whatever the models refuse ends the program.
"""

import hashlib
import json
import sys
from typing import Any

import numpy as np
import zarr
from ome_zarr.classes.image import OMEZarrLabels, OMEZarrMultiscale
from ome_zarr_models.v06.bioformats2raw import BioFormats2Raw
from ome_zarr_models.v06.hcs import HCS
from ome_zarr_models.v06.image import Image
from ome_zarr_models.v06.image_label import ImageLabel
from ome_zarr_models.v06.labels import Labels


def levels(multiscale: Any, pixels: Any) -> list[dict[str, Any]]:
    found = []
    for dataset, image in zip(multiscale.datasets, pixels.images, strict=True):
        (step,) = dataset.coordinateTransformations
        parts = {one.type: one for one in getattr(step, "transformations", (step,))}
        moved = parts["translation"].translation if "translation" in parts else [0.0] * multiscale.ndim
        array = np.ascontiguousarray(image.data)
        values = array.astype(array.dtype.newbyteorder("<"), copy=False).tobytes()
        found.append(
            {
                "scale": list(parts["scale"].scale),
                "translation": list(moved),
                "shape": list(array.shape),
                "dtype": array.dtype.name,
                "sha256": hashlib.sha256(values).hexdigest(),
            }
        )
    return found


def image(group: zarr.Group, model: Any, reader: Any) -> dict[str, Any]:
    (multiscale,) = model.from_zarr(group).ome_attributes.multiscales
    system = multiscale.intrinsic_coordinate_system
    axes = [[axis.name, axis.type, axis.unit] for axis in system.axes]
    return {"axes": axes, "levels": levels(multiscale, reader.from_ome_zarr(group))}


def fileset(path: str) -> dict[str, Any]:
    root = zarr.open_group(path, mode="r")
    if "plate" in root.attrs["ome"]:
        wells = HCS.from_zarr(root).ome_attributes.plate.wells
        paths = [f"{w.path}/{each['path']}" for w in wells for each in root[w.path].attrs["ome"]["well"]["images"]]
    else:
        BioFormats2Raw.from_zarr(root)
        paths = root["OME"].attrs["ome"]["series"]
    found = {}
    for each in paths:
        found[each] = image(root[each], Image, OMEZarrMultiscale)
        if "labels" in root[each]:
            for name in Labels.from_zarr(root[each]["labels"]).label_paths:
                label = f"{each}/labels/{name}"
                found[label] = image(root[label], ImageLabel, OMEZarrLabels)
    return found


print(json.dumps([fileset(path) for path in sys.stdin.read().split("\n") if path]))
