"""Regions of interest in an OME-XML tree: read as values of the model, and written as elements of release 2016-06."""

import bz2
import math
import re
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from typing import Any

from publisher.errors import Problem
from publisher.formats.ome_xml.clean import warning
from publisher.formats.ome_xml.engine import NS, Element, add, local, new_root
from publisher.formats.ome_xml.text import writable
from publisher.formats.ome_xml.tree import OmeTree
from publisher.model.roi import (
    ROI,
    Ellipse,
    Label,
    Line,
    Mask,
    Matrix,
    Plane,
    Point,
    Point2,
    Polygon,
    Polyline,
    Rectangle,
    Rgba,
    Shape,
)

_FAR = 1e9
"""Coordinates beyond this are no place on an image: no published image is wider than 2**31 pixels."""
_PIXELS = {"pixel": 1.0, "pt": 4 / 3}
"""Pixels a unit of strokes and fonts; a point is 4/3 of a pixel, as in CSS."""
_MATRIX = ("A00", "A10", "A01", "A11", "A02", "A12")
_MOST_TOLD = 5
_MOST_PIXELS = 1 << 30
"""Pixels of a mask: 128 MiB of bits."""


def read_rois(tree: OmeTree, image: Element) -> tuple[tuple[ROI, ...], tuple[Problem, ...]]:
    """Regions of one Image of ``tree``, in the order of its references, and what of them could not be understood.

    Documents of before 2013-06 often define regions and refer to none: with a single image they are that image's.
    """
    faults: list[str] = []
    rois = tuple(roi for element in roi_elements(tree, image) if (roi := _roi(element, faults)))
    return rois, tuple(_told(faults, tree.name))


def roi_elements(tree: OmeTree, image: Element) -> tuple[Element, ...]:
    """The ROI elements of one Image, each once."""
    named = dict.fromkeys(reference.get("ID", "") for reference in image.iterfind(NS + "ROIRef"))
    if not named and len(tree.images()) == 1:
        return tuple(tree.root.iterfind(NS + "ROI"))
    found = (tree.find(identifier) for identifier in named)
    return tuple(element for element in found if element is not None and local(element) == "ROI")


def _told(faults: list[str], name: str) -> Iterator[Problem]:
    for fault in faults[:_MOST_TOLD]:
        yield warning(name, f"{fault}: it is not shown", code="regions.bad-shape")
    if len(faults) > _MOST_TOLD:
        message = f"{len(faults) - _MOST_TOLD:,} more shapes cannot be understood: they are not shown"
        yield warning(name, message, code="regions.bad-shape")


def _roi(element: Element, faults: list[str]) -> ROI | None:
    shapes = []
    for part in element.iterfind(f"{NS}Union/*"):
        identifier = part.get("ID", "")
        try:
            shapes.append(_READ[local(part)](part, _common(part)))
        except KeyError as error:
            faults.append(f"shape {identifier or '(no ID)'}: {local(part)} without {error.args[0]}")
        except ValueError as error:
            faults.append(f"shape {identifier or '(no ID)'}: {error}")
    if not shapes:
        return None
    return ROI(
        id=element.get("ID", ""),
        name=element.get("Name", "").strip(),
        description=(element.findtext(NS + "Description") or "").strip(),
        shapes=tuple(shapes),
    )


# Reading


def _common(element: Element) -> dict[str, Any]:
    return {
        "id": element.get("ID", ""),
        "plane": Plane(t=_index(element, "TheT"), c=_index(element, "TheC"), z=_index(element, "TheZ")),
        "text": element.get("Text", ""),
        "transform": _matrix(element.find(NS + "Transform")),
        "fill": _rgba(element.get("FillColor")),
        "stroke": _rgba(element.get("StrokeColor")),
        "stroke_width": _scaled(element, "StrokeWidth", "StrokeWidthUnit", "pixel"),
        "dashes": tuple(number for number in _numbers(element.get("StrokeDashArray", "")) if number >= 0),
        "font_size": _scaled(element, "FontSize", "FontSizeUnit", "pt") or None,
        "locked": element.get("Locked", "") in ("true", "1"),
    }


def _index(element: Element, key: str) -> int | None:
    text = element.get(key, "").strip()
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None


def _number(element: Element, key: str) -> float:
    text = element.attrib[key].strip()
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not abs(value) <= _FAR:
        raise ValueError(f'{key}="{text[:40]}", expected a number of pixels')
    return value


def _size(element: Element, key: str) -> float:
    value = _number(element, key)
    if value < 0:
        raise ValueError(f'{key}="{value:g}", expected no negative size')
    return value


def _numbers(text: str) -> tuple[float, ...]:
    found = []
    for word in re.split(r"[\s,]+", text.strip()):
        try:
            value = float(word)
        except ValueError:
            continue
        if abs(value) <= _FAR:
            found.append(value)
    return tuple(found)


def _matrix(element: Element | None) -> Matrix | None:
    if element is None or not any(element.get(key, "").strip() for key in _MATRIX):
        return None  # OME's upgrade of an empty Transform leaves six empty values
    a00, a10, a01, a11, a02, a12 = (_number(element, key) for key in _MATRIX)
    return None if (a00, a10, a01, a11, a02, a12) == (1, 0, 0, 1, 0, 0) else (a00, a10, a01, a11, a02, a12)


def _rgba(text: str | None) -> Rgba | None:
    """A signed 32-bit number: red in the highest byte, opacity in the lowest."""
    try:
        number = int(text or "")
    except ValueError:
        return None
    if not -(2**31) <= number < 2**32:
        return None
    red, green, blue, opacity = (number & 0xFFFFFFFF).to_bytes(4, "big")
    return red, green, blue, opacity


def _scaled(element: Element, key: str, unit_key: str, unit: str) -> float | None:
    """A length in pixels; None where it is not given, or in a unit that no screen knows."""
    factor = _PIXELS.get(element.get(unit_key, unit))
    if key not in element.attrib or factor is None:
        return None
    value = _number(element, key) * factor
    return value if value >= 0 else None


def _points(element: Element, least: int) -> tuple[Point2, ...]:
    """Pairs of numbers; commas and spaces are used in any way (samples of OME have "1,1 10,20, 20,20")."""
    numbers = []
    for word in re.split(r"[\s,]+", element.attrib["Points"].strip()):
        try:
            value = float(word)
        except ValueError:
            raise ValueError(f'Points has "{word[:40]}", expected a number') from None
        if not abs(value) <= _FAR:
            raise ValueError(f'Points has "{word[:40]}", expected a number of pixels')
        numbers.append(value)
    if len(numbers) % 2 or len(numbers) < 2 * least:
        raise ValueError(f"Points has {len(numbers)} numbers, expected x and y of {least} points or more")
    return tuple(zip(numbers[::2], numbers[1::2], strict=True))


def _rectangle(element: Element, common: dict[str, Any]) -> Shape:
    return Rectangle(
        x=_number(element, "X"),
        y=_number(element, "Y"),
        width=_size(element, "Width"),
        height=_size(element, "Height"),
        **common,
    )


def _ellipse(element: Element, common: dict[str, Any]) -> Shape:
    return Ellipse(
        x=_number(element, "X"),
        y=_number(element, "Y"),
        radius_x=_size(element, "RadiusX"),
        radius_y=_size(element, "RadiusY"),
        **common,
    )


def _point(element: Element, common: dict[str, Any]) -> Shape:
    return Point(x=_number(element, "X"), y=_number(element, "Y"), **common)


def _label(element: Element, common: dict[str, Any]) -> Shape:
    return Label(x=_number(element, "X"), y=_number(element, "Y"), **common)


def _arrows(element: Element) -> dict[str, Any]:
    return {
        "arrow_start": element.get("MarkerStart") == "Arrow",
        "arrow_end": element.get("MarkerEnd") == "Arrow",
    }


def _line(element: Element, common: dict[str, Any]) -> Shape:
    start = _number(element, "X1"), _number(element, "Y1")
    end = _number(element, "X2"), _number(element, "Y2")
    return Line(start=start, end=end, **_arrows(element), **common)


def _polyline(element: Element, common: dict[str, Any]) -> Shape:
    return Polyline(points=_points(element, 2), **_arrows(element), **common)


def _polygon(element: Element, common: dict[str, Any]) -> Shape:
    points = _points(element, 1)
    if len(points) < 3:
        raise ValueError(f"Polygon of {len(points)} points, expected three or more")
    return Polygon(points=points, **common)


def _mask(element: Element, common: dict[str, Any]) -> Shape:
    width, height = _size(element, "Width"), _size(element, "Height")
    rows, columns = math.ceil(height), math.ceil(width)
    data = element.find(NS + "BinData")
    if data is None or not rows * columns:
        raise ValueError("Mask without pixels")
    if rows * columns > _MOST_PIXELS:
        raise ValueError(f"Mask of {columns:,} by {rows:,} pixels, more than are read")
    return Mask(
        x=_number(element, "X"),
        y=_number(element, "Y"),
        width=width,
        height=height,
        rows=rows,
        columns=columns,
        bits=_bits(data, rows * columns),
        **common,
    )


def _bits(data: Element, count: int) -> bytes:
    """``count`` pixels, one a bit. Bio-Formats and samples of OME also write one a byte: that many bytes are those."""
    try:
        raw = b64decode(re.sub(r"\s+", "", data.text or ""), validate=True)
    except ValueError:
        raise ValueError("BinData of a Mask is no base64") from None
    values = _uncompressed(raw, data.get("Compression", "none"), count)
    packed = -(-count // 8)
    if len(values) >= count and count > 1:
        return _packed(values[:count])
    if len(values) < packed:
        raise ValueError(f"BinData of a Mask has {len(values):,} bytes, expected {packed:,}")
    return _without_rest(values[:packed], count)


def _uncompressed(raw: bytes, compression: str, most: int) -> bytes:
    try:
        if compression == "zlib":
            return zlib.decompressobj().decompress(raw, most)
        if compression == "bzip2":
            return bz2.BZ2Decompressor().decompress(raw, most)
    except (zlib.error, OSError, EOFError) as error:
        raise ValueError(f"BinData of a Mask cannot be decompressed: {error}") from error
    if compression != "none":
        raise ValueError(f'BinData of a Mask has Compression="{compression[:20]}", expected none, zlib or bzip2')
    return raw


def _packed(values: bytes) -> bytes:
    """One bit for each byte: 1 where it is not 0."""
    bits = int(values.translate(bytes([48, *[49] * 255])), 2) if values else 0
    size = -(-len(values) // 8)
    return (bits << (size * 8 - len(values))).to_bytes(size, "big")


def _without_rest(values: bytes, count: int) -> bytes:
    """Bits behind the last pixel mean nothing, and are 0 here."""
    rest = -count % 8
    return values[:-1] + bytes([values[-1] >> rest << rest]) if rest else values


_READ: dict[str, Callable[[Element, dict[str, Any]], Shape]] = {
    "Rectangle": _rectangle,
    "Ellipse": _ellipse,
    "Point": _point,
    "Line": _line,
    "Polyline": _polyline,
    "Polygon": _polygon,
    "Label": _label,
    "Mask": _mask,
}


# Writing


def roi_element(roi: ROI) -> Element:
    """``roi`` as an element of release 2016-06, without annotations. IDs are those of the model: they must be free."""
    element = new_root("ROI")
    element.set("ID", writable(roi.id))
    if roi.name:
        element.set("Name", writable(roi.name))
    union = add(element, "Union")
    for shape in roi.shapes:
        _add_shape(union, shape)
    if roi.description:
        add(element, "Description", writable(roi.description))
    return element


def _add_shape(union: Element, shape: Shape) -> None:
    element = add(union, type(shape).__name__, **_attributes(shape), **_geometry(shape))
    if shape.transform:
        values = zip(_MATRIX, map(_text, shape.transform), strict=True)
        add(element, "Transform", **dict(values))
    if isinstance(shape, Mask):
        add(element, "BinData", b64encode(shape.bits).decode(), BigEndian="false", Length=str(len(shape.bits)))


def _font_size(size_px: float | None) -> dict[str, str]:
    """FontSize is a whole number: of points where it was one, else of pixels."""
    if size_px is None:
        return {}
    points = size_px / _PIXELS["pt"]
    is_whole = abs(points - round(points)) < 1e-6
    return {
        "FontSize": str(max(1, round(points if is_whole else size_px))),
        "FontSizeUnit": "pt" if is_whole else "pixel",
    }


def _attributes(shape: Shape) -> dict[str, str]:
    values = {
        "ID": writable(shape.id),
        "FillColor": _color(shape.fill),
        "StrokeColor": _color(shape.stroke),
        "StrokeWidth": None if shape.stroke_width is None else _text(shape.stroke_width),
        "StrokeWidthUnit": None if shape.stroke_width is None else "pixel",
        "StrokeDashArray": " ".join(map(_text, shape.dashes)) or None,
        "Text": writable(shape.text) or None,
        **_font_size(shape.font_size),
        "Locked": "true" if shape.locked else None,
        "TheZ": _text_of(shape.plane.z),
        "TheT": _text_of(shape.plane.t),
        "TheC": _text_of(shape.plane.c),
    }
    return {key: value for key, value in values.items() if value is not None}


def _geometry(shape: Shape) -> dict[str, str]:
    match shape:
        case Rectangle() | Mask():
            numbers = {"X": shape.x, "Y": shape.y, "Width": shape.width, "Height": shape.height}
        case Ellipse():
            numbers = {"X": shape.x, "Y": shape.y, "RadiusX": shape.radius_x, "RadiusY": shape.radius_y}
        case Point() | Label():
            numbers = {"X": shape.x, "Y": shape.y}
        case Line():
            numbers = dict(zip(("X1", "Y1", "X2", "Y2"), (*shape.start, *shape.end), strict=True))
        case Polygon() | Polyline():
            points = " ".join(f"{_text(x)},{_text(y)}" for x, y in shape.points)
            return {"Points": points} | (_markers(shape) if isinstance(shape, Polyline) else {})
        case _:
            raise TypeError(f"no shape of OME: {type(shape).__name__}")
    return {key: _text(value) for key, value in numbers.items()} | (_markers(shape) if isinstance(shape, Line) else {})


def _markers(shape: Line | Polyline) -> dict[str, str]:
    ends = {"MarkerStart": shape.arrow_start, "MarkerEnd": shape.arrow_end}
    return {key: "Arrow" for key, has_arrow in ends.items() if has_arrow}


def _color(rgba: Rgba | None) -> str | None:
    return None if rgba is None else str(int.from_bytes(bytes(rgba), "big", signed=True))


def _text(value: float) -> str:
    return str(int(value)) if value == int(value) else repr(float(value))


def _text_of(index: int | None) -> str | None:
    return None if index is None else str(index)
