"""Images of an OME-XML tree as values of the model."""

from dataclasses import replace
from itertools import islice

from publisher.errors import DamagedSourceError, Problem
from publisher.formats.ome_units import micrometers, seconds
from publisher.formats.ome_xml.annotation import OriginalReader, annotations_of, annotations_of_file
from publisher.formats.ome_xml.channels import is_rgb, published_channels, samples_per_channel
from publisher.formats.ome_xml.clean import positive
from publisher.formats.ome_xml.engine import NS, Element
from publisher.formats.ome_xml.instrument import AcquisitionReader
from publisher.formats.ome_xml.roi import has_mask, roi_elements
from publisher.formats.ome_xml.tree import OmeTree
from publisher.model.image import Image, Pixels

DTYPES = {
    "int8": "int8",
    "int16": "int16",
    "int32": "int32",
    "uint8": "uint8",
    "uint16": "uint16",
    "uint32": "uint32",
    "float": "float32",
    "double": "float64",
    "complex": "complex64",
    "double-complex": "complex128",
    "bit": "bool",
}
"""OME pixel types as numpy names; "bit" is a sample that is 0 or 1, published as uint8."""

_LARGEST = 2**31 - 1
_MOST_CHANNELS = 2**16
MOST_PEOPLE = 1_000
"""Names that texts are searched for; every text for each, so that there must be an end."""


def read_images(tree: OmeTree) -> tuple[Image, ...]:
    """Every Image of ``tree``, in series order. Annotations that nothing refers to are those of an only image.

    Raises DamagedSourceError, naming each fault, when an image has no sizes or no known pixel type.
    """
    problems: list[Problem] = []
    images = []
    reader = AcquisitionReader(tree)
    original = OriginalReader(tree)
    people = people_of(tree)
    for series, element in enumerate(tree.images()):
        try:
            images.append(replace(_image(tree, element, series, reader, original), people=people))
        except ValueError as error:
            problems.append(
                Problem(code="ome-xml.no-dimensions", path=tree.name, message=f"image {series + 1}: {error}")
            )
    if problems:
        raise DamagedSourceError(*problems)
    if len(images) == 1:
        [image] = images
        return (replace(image, annotations=(*image.annotations, *annotations_of_file(tree))),)
    return tuple(images)


def people_of(tree: OmeTree) -> tuple[tuple[str, str], ...]:
    """Given and family name of each Experimenter that has both, at most `MOST_PEOPLE`; single letters are no names."""
    every = tree.root.iterfind(NS + "Experimenter")
    names = ((each.get("FirstName", "").strip(), each.get("LastName", "").strip()) for each in every)
    found = dict.fromkeys((first, last) for first, last in names if len(first) > 1 and len(last) > 1)
    return tuple(islice(found, MOST_PEOPLE))


def _image(tree: OmeTree, element: Element, series: int, reader: AcquisitionReader, original: OriginalReader) -> Image:
    pixels = element.find(NS + "Pixels")
    if pixels is None:
        raise ValueError("has no Pixels")
    shape = _pixels(pixels)
    return Image(
        series=series,
        name=element.get("Name", "").strip(),
        description=text_of(element, "Description"),
        acquired=text_of(element, "AcquisitionDate") or None,
        pixels=shape,
        channels=published_channels(pixels, shape.size_c),
        rgb=is_rgb(samples_per_channel(pixels, shape.size_c)),
        ome_id=element.get("ID", ""),
        annotations=annotations_of(tree, element),
        roi_count=len(rois := roi_elements(tree, element)),
        mask_count=sum(map(has_mask, rois)),
        acquisition=reader.sections(element),
        original=original.of(element),
    )


def _pixels(element: Element) -> Pixels:
    kind = element.get("Type", "")
    if kind not in DTYPES:
        raise ValueError(f'pixel type "{kind}", expected one of {", ".join(DTYPES)}')
    return Pixels(
        size_x=_size(element, "SizeX"),
        size_y=_size(element, "SizeY"),
        size_z=_size(element, "SizeZ"),
        size_c=_size(element, "SizeC", most=_MOST_CHANNELS),
        size_t=_size(element, "SizeT"),
        dtype=DTYPES[kind],
        pixel_size_um=pixel_size_um(element),
        time_increment_s=time_increment_s(element),
        significant_bits=_optional_int(element.get("SignificantBits")),
    )


def _size(element: Element, key: str, *, most: int = _LARGEST) -> int:
    number = _optional_int(element.get(key))
    if number is None or number > most:
        raise ValueError(f'{key}="{element.get(key, "")[:40]}", expected a whole number from 1 to {most}')
    return number


def _optional_int(text: str | None) -> int | None:
    text = (text or "").strip().removeprefix("+")
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    return number if 0 < number <= _LARGEST else None


def pixel_size_um(element: Element) -> tuple[float | None, float | None, float | None]:
    """Physical size of one pixel of a Pixels element, (z, y, x), None where it does not say."""
    return _length(element, "Z"), _length(element, "Y"), _length(element, "X")


def time_increment_s(element: Element) -> float | None:
    """Time from one point to the next, of a Pixels element; None where it does not say."""
    value = positive(element.get("TimeIncrement"))
    return None if value is None else seconds(value, element.get("TimeIncrementUnit", "s"))


def _length(element: Element, axis: str) -> float | None:
    value = positive(element.get(f"PhysicalSize{axis}"))
    return None if value is None else micrometers(value, element.get(f"PhysicalSize{axis}Unit", "µm"))


def text_of(element: Element, tag: str) -> str:
    """Text of the first child ``tag`` without white space around it; empty when there is none."""
    return (element.findtext(NS + tag) or "").strip()
