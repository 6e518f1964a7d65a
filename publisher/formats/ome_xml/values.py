"""What elements of an OME document say, in words: values with their units, devices in one line."""

import math
from collections.abc import Iterator

from publisher.formats.ome_xml.engine import NS, Element, local
from publisher.model.acquisition import Field, kind_of
from publisher.model.annotation import Pair

LONGEST = 1_000
"""Characters of one value that are told."""
LIGHT_SOURCES = ("Laser", "Arc", "Filament", "LightEmittingDiode", "GenericExcitationSource")
"""Elements of LightSourceGroup, in the schema's order."""


def summary(device: Element) -> str:
    """A device in one line: maker and model, then what tells it from others; its ID where nothing is known."""
    tag = local(device)
    values = dict(told_values(device))
    name = " ".join(filter(None, (values.get("Manufacturer", ""), values.get("Model", ""))))
    details: tuple[str, ...] = (values.get("Type", ""),)
    if tag == "Objective":
        details = ("/".join(filter(None, (values.get("NominalMagnification", ""), values.get("LensNA", "")))),)
    elif tag in LIGHT_SOURCES:
        kind = "" if tag == "GenericExcitationSource" else kind_of(tag).title
        names = ("Type", "LaserMedium", "Wavelength", "Power")
        details = (kind, *(values.get(each, "") for each in names))
    elif tag == "Filter" and (transmitted := device.find(NS + "TransmittanceRange")) is not None:
        edges = dict(told_values(transmitted, "Filter"))
        details += (_band(edges.get("CutIn", ""), edges.get("CutOut", "")),)
    return ", ".join(filter(None, (name, *details))) or device.get("ID", "")


def _band(start: str, end: str) -> str:
    """Edges of a filter: "350–450 nm", or one of them with its name."""
    if start and end:
        number, _, unit = start.partition(" ")
        return f"{number}–{end}" if end.endswith(f" {unit}") else f"{start}–{end}"
    return f"from {start}" if start else f"to {end}" if end else ""


def described_values(element: Element) -> Iterator[tuple[str, str]]:
    """As `told_values`, and the element's description."""
    yield from told_values(element)
    description = shortened(element.findtext(NS + "Description") or "")
    if description:
        yield "Description", description


def told_values(element: Element, kind: str = "") -> Iterator[tuple[str, str]]:
    """Values that ``element`` sets, in the order of its kind."""
    for field in kind_of(kind or local(element)).fields:
        text = element.get(field.name)
        if text and (told := _told(element, field, text)):
            yield field.name, told


def _told(element: Element, field: Field, text: str) -> str:
    """A value as it is shown, with its unit."""
    text = shortened(text)
    if not text or (field.form == "text" and not field.unit):
        return text
    if field.form == "yes-no":
        return {"true": "Yes", "1": "Yes", "false": "No", "0": "No"}.get(text.lower(), text)
    if field.form == "percent":
        return _percent(text)
    if field.unit == "×":
        return _plain(text) + "×"
    return f"{_plain(text)} {element.get(field.name + 'Unit', field.unit)}"


def _percent(text: str) -> str:
    """A fraction of the schema (0 to 1) as per cent; what is none stays as it is."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{value * 100:.6g} %" if 0 <= value <= 1 else text


def _plain(text: str) -> str:
    """A number without a needless ".0"; every other text as it is."""
    try:
        value = float(text)
    except ValueError:
        return text
    return f"{value:.12g}" if math.isfinite(value) and "." in text else text


def map_pairs(element: Element) -> tuple[Pair, ...]:
    """The Map that belongs to an element."""
    entries = element.iterfind(f"{NS}Map/{NS}M")
    return tuple(Pair(shortened(entry.get("K", "")), shortened(entry.text or "")) for entry in entries)


def shortened(text: str) -> str:
    """At most `LONGEST` characters of ``text``, cut at a space."""
    text = text.strip()
    return text if len(text) <= LONGEST else text[:LONGEST].rsplit(None, 1)[0] + "…"
