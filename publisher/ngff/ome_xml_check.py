"""Faults of a fileset's OME-XML against its arrays, in words."""

import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator, Sequence

Shape = tuple[int, ...]

_OME = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"
_TYPES = {"float32": "float", "uint64": "double"}
"""OME names of published types where they differ; OME has no 64-bit integers."""


def ome_xml_problems(
    data: bytes, numbers: Sequence[str], shapes: Sequence[Shape], dtypes: Sequence[str]
) -> Iterator[str]:
    """Faults of the published OME-XML against the arrays, image by image: IDs, sizes, types, channels.

    ``numbers`` are those of the IDs: the images' paths, on a plate their places in the list of series.
    """
    if b"<!DOCTYPE" in data:
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
