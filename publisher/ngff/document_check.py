"""Faults of an image's metadata that no validator sees: each function yields them in words."""

import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence
from itertools import pairwise
from math import isfinite
from typing import Any

Json = dict[str, Any]
Shape = tuple[int, ...]

_COLOR = re.compile(r"[0-9A-F]{6}\Z")
_UNITS = {"time": {"second"}, "space": {"micrometer"}, "channel": set[str]()}
_OME = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"
_TYPES = {"float32": "float", "uint64": "double"}
"""OME names of published types where they differ; OME has no 64-bit integers."""
MOST_ACTIVE = 6


def has_null(value: object) -> bool:
    """Whether a JSON value holds null anywhere."""
    if isinstance(value, dict):
        return any(map(has_null, value.values()))
    return value is None or (isinstance(value, list) and any(map(has_null, value)))


def image_problems(document: Json, arrays: Sequence[Json]) -> Iterator[str]:
    """Faults of an image group's document against its arrays' documents."""
    ome = document["attributes"]["ome"]
    multiscale = ome["multiscales"][0]
    yield from _axes_problems(multiscale["axes"])
    yield from _level_problems(multiscale["datasets"], arrays)
    yield from _omero_problems(ome["omero"], size_c=arrays[0]["shape"][1], size_z=arrays[0]["shape"][2])


def _axes_problems(axes: Sequence[Json]) -> Iterator[str]:
    names = "".join(axis["name"] for axis in axes)
    if names != "tczyx":
        yield f"axes are {names}; expected tczyx"
    for axis in axes:
        if "unit" in axis and axis["unit"] not in _UNITS[axis["type"]]:
            yield f"axis {axis['name']} has the unit {axis['unit']!r}; viewers refuse all but micrometer and second"


def _level_problems(datasets: Sequence[Json], arrays: Sequence[Json]) -> Iterator[str]:
    for dataset, array in zip(datasets, arrays, strict=True):
        name = f"level {dataset['path']}"
        if array["data_type"] != arrays[0]["data_type"]:
            yield f"{name} holds {array['data_type']}, level 0 {arrays[0]['data_type']}"
        if array.get("dimension_names") != ["t", "c", "z", "y", "x"]:
            yield f"{name} has the dimension names {array.get('dimension_names')}; expected t, c, z, y, x"
        scale = dataset["coordinateTransformations"][0]["scale"]
        if not all(isfinite(length) and length > 0 for length in scale):
            yield f"{name} has the scale {scale}; expected finite numbers above 0"
    for above, below in pairwise(arrays):
        if any(small > large for small, large in zip(below["shape"], above["shape"], strict=True)):
            yield f"a level of shape {below['shape']} stands below one of {above['shape']}"


def _omero_problems(omero: Json, *, size_c: int, size_z: int) -> Iterator[str]:
    channels = omero["channels"]
    if len(channels) != size_c:
        yield f"{len(channels)} channels are described; the arrays have {size_c}"
    active = sum(channel["active"] for channel in channels)
    if active > MOST_ACTIVE:
        yield f"{active} channels are active; viewers show {MOST_ACTIVE} at most"
    for number, channel in enumerate(channels):
        if not _COLOR.match(channel["color"]):
            yield f"channel {number} has the colour {channel['color']!r}; expected six upper-case hex digits"
        if not channel["label"]:
            yield f"channel {number} has no label"
        window = channel["window"]
        if not window["min"] <= window["start"] < window["end"] <= window["max"]:
            yield f"channel {number} has the window {window}; expected min <= start < end <= max"
    if not 0 <= omero["rdefs"]["defaultZ"] < size_z:
        yield f"the default z is {omero['rdefs']['defaultZ']}; the arrays have {size_z}"


def ome_xml_problems(
    data: bytes, numbers: Sequence[str], shapes: Sequence[Shape], dtypes: Sequence[str]
) -> Iterator[str]:
    """Faults of the published OME-XML against the arrays, in the order of ``series``: IDs, sizes, types, channels.

    ``numbers`` are those of the IDs: the images' paths, on a plate their places in ``series``.
    """
    if b"<!DOCTYPE" in data[:4096]:
        yield "it declares a DOCTYPE"
        return
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        yield f"it is not well-formed XML: {error}"
        return
    images = root.findall(f"{_OME}Image")
    if len(images) != len(shapes):
        yield f"it describes {len(images)} images; the fileset has {len(shapes)}"
        return
    for number, image, shape, dtype in zip(numbers, images, shapes, dtypes, strict=True):
        if image.get("ID") != f"Image:{number}":
            yield f"image {number} has the ID {image.get('ID')!r}; expected Image:{number}"
        pixels = image.find(f"{_OME}Pixels")
        if pixels is None:
            yield f"image {number} has no Pixels"
            continue
        told = tuple(int(pixels.get(f"Size{axis}", "0")) for axis in "TCZYX")
        if told != shape:
            yield f"image {number} has the sizes {told} (T C Z Y X); the arrays have {shape}"
        if pixels.get("Type") != _TYPES.get(dtype, dtype):
            yield f"image {number} has the type {pixels.get('Type')}; the arrays hold {dtype}"
        if len(pixels.findall(f"{_OME}Channel")) != shape[1]:
            yield f"image {number} describes {len(pixels.findall(f'{_OME}Channel'))} channels of {shape[1]}"
