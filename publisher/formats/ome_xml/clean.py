"""Faults that OME-XML of real programs has, mended so that the document can be read. Each gives a warning."""

import math
import re
from collections import Counter
from collections.abc import Iterator

from publisher.errors import Problem, Severity
from publisher.formats.ome_xml.dropped import Lost
from publisher.formats.ome_xml.engine import NS, OME, Element, local, new_root

_UNITS = {
    "um": "µm",
    "\u03bcm": "µm",  # Greek small letter mu; the schema has the micro sign U+00B5
    "micron": "µm",
    "microns": "µm",
    "micrometer": "µm",
    "micrometre": "µm",
    "nanometer": "nm",
    "nanometre": "nm",
    "millimeter": "mm",
    "us": "µs",
    "\u03bcs": "µs",
    "sec": "s",
    "second": "s",
    "seconds": "s",
    "msec": "ms",
    "\u00c5ngstr\u00f6m": "Å",
    "\u212b": "Å",  # angstrom sign; the schema has the letter U+00C5
    "C": "°C",
}
_PREFIX = {"o": OME}
_PIXELS = "/o:OME/o:Image/o:Pixels"
_SIZES = tuple(f"{_PIXELS}/@PhysicalSize{axis}[not(. > 0)]" for axis in "XYZ")
_WAVELENGTHS = tuple(f"{_PIXELS}/o:Channel/@{kind}Wavelength[not(. > 0)]" for kind in ("Emission", "Excitation"))
_ALIASES = " or ".join(f". = '{alias}'" for alias in _UNITS)
_TYPES = {"float32": "float", "float64": "double", "boolean": "bit", "bool": "bit"}
# Each kind of fault as it looks in the bytes: to search these is far cheaper than to visit every attribute.
_NOT_POSITIVE = rb"""\s*=\s*["'](?![0-9.eE+]*[1-9][0-9.eE+-]*["'])"""
_SUSPECT_UNIT = re.compile("Unit\\s*=\\s*[\"'](?:{})[\"']".format("|".join(_UNITS)).encode())
_SUSPECT_SIZE = re.compile(rb"PhysicalSize[XYZ]" + _NOT_POSITIVE)
_SUSPECT_WAVELENGTH = re.compile(rb"Wavelength" + _NOT_POSITIVE)
# ARGB as an unsigned number; the schema has a signed one of 32 bits.
_SUSPECT_COLOR = re.compile(rb"""Color\s*=\s*["'][2-4]\d{9}["']""")
_SUSPECT_TYPE = re.compile("Type\\s*=\\s*[\"'](?:{})[\"']".format("|".join(_TYPES)).encode())


def warning(name: str, message: str, *, code: str = "ome-xml.mended", hint: str = "") -> Problem:
    """A fault that was mended."""
    return Problem(code=code, path=name, message=message, hint=hint, severity=Severity.WARNING)


def cleaned(root: Element, data: bytes | None, *, name: str) -> tuple[tuple[Problem, ...], tuple[Lost, ...]]:
    """Mend ``root`` in place: a warning for each kind of fault, and the values taken out.

    ``data`` are the bytes it was read from; None when it was upgraded, so that they tell nothing.
    """
    removed: list[Lost] = []
    faults: Counter[str] = Counter()
    data = None if data and b"&#" in data else data  # a character reference may hide anything
    if data is None or _SUSPECT_UNIT.search(data):
        faults.update(_aliases_of_units(root))
    if data is None or _SUSPECT_TYPE.search(data):
        faults.update(_type_names(root))
    if data is None or _SUSPECT_COLOR.search(data):
        faults.update(_unsigned_colors(root))
    if data is None or _SUSPECT_SIZE.search(data):
        faults.update(_not_positive(root, _SIZES, removed))
    if data is None or _SUSPECT_WAVELENGTH.search(data):
        faults.update(_not_positive(root, _WAVELENGTHS, removed))
    warnings = (
        warning(name, message + (f" ({count} times)" if count > 1 else "")) for message, count in faults.items()
    )
    return tuple(warnings), tuple(removed)


def _aliases_of_units(root: Element) -> Iterator[str]:
    for value in root.xpath(f"//@*[{_ALIASES}]"):
        key = str(value.attrname)
        if key.endswith("Unit"):
            value.getparent().set(key, _UNITS[str(value)])
            yield f'unit "{value}" of {key} read as "{_UNITS[str(value)]}"'


def _unsigned_colors(root: Element) -> Iterator[str]:
    for value in root.xpath("//@*[. >= 2147483648 and . < 4294967296]"):
        key = str(value.attrname)
        if key.endswith("Color") and str(value).isdecimal():
            value.getparent().set(key, str(int(value) - 2**32))
            yield f'{key}="{value}" is not a signed number of 32 bits: read as "{int(value) - 2**32}"'


def _not_positive(root: Element, paths: tuple[str, ...], removed: list[Lost]) -> Iterator[str]:
    """The schema wants a positive number; some programs write 0, NaN or a decimal comma for "unknown"."""
    places = {image: index for index, image in enumerate(root.iterfind(f"{NS}Image"))}
    for path in paths:
        for value in root.xpath(path, namespaces=_PREFIX):
            element, key, text = value.getparent(), str(value.attrname), str(value)
            if positive(text) is not None:
                continue
            image = next(places[above] for above in element.iterancestors() if above in places)
            for name in (key, key + "Unit"):
                if name in element.attrib:
                    removed.append(Lost(f"{local(element)} {element.get('ID', '')}/@{name}", element.get(name), image))
                    element.attrib.pop(name)
            yield f'{local(element)} {key}="{text[:40]}" is not a positive number: left out'


def positive(text: str | None) -> float | None:
    """``text`` as a finite number above 0; None when it is not one."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 < number < math.inf else None


def _type_names(root: Element) -> Iterator[str]:
    for given, name in _TYPES.items():
        for pixels in root.xpath(f"{_PIXELS}[@Type = '{given}']", namespaces=_PREFIX):
            pixels.set("Type", name)
            yield f'pixel type "{given}" read as "{name}"'


def adopted(root: Element) -> Element:
    """``root`` without a namespace as a tree of release 2016-06; content of XML annotations stays as it is."""
    result = new_root("OME")
    result.attrib.update(root.attrib)
    result.text = root.text
    result.extend(list(root))
    inside = {node for value in result.iterfind(".//XMLAnnotation/Value") for node in value.iterdescendants("{}*")}
    for element in result.iter("{}*"):
        if element not in inside:
            element.tag = NS + str(element.tag)
    return result
