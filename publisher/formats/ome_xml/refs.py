"""IDs and references of an OME document: what defines, what refers, what belongs to one image."""

import re
from collections.abc import Iterable, Iterator

from publisher.formats.ome_xml.engine import NS, Element, local

_LIGHT_SOURCES = ("Laser", "Arc", "Filament", "LightEmittingDiode", "GenericExcitationSource")
_SHAPES = ("Rectangle", "Mask", "Point", "Ellipse", "Line", "Polyline", "Polygon", "Label")
_REFERENCES = {
    "LightSourceSettings": "LightSource",
    "DetectorSettings": "Detector",
    "ObjectiveSettings": "Objective",
    "ExcitationFilterRef": "Filter",
    "EmissionFilterRef": "Filter",
    "Pump": "LightSource",
    "Leader": "Experimenter",
}
# References that the schema's keyrefs check (its remaining keyrefs name paths that no document has).
_CHECKED = frozenset(
    {
        "AnnotationRef", "ExperimenterRef", "ExperimenterGroupRef", "Leader", "FolderRef", "ImageRef", "ExperimentRef",
        "InstrumentRef", "MicrobeamManipulationRef", "ObjectiveSettings", "DetectorSettings", "LightSourceSettings",
        "FilterSetRef", "DichroicRef", "PlateRef", "ReagentRef",
    }
)  # fmt: skip
_VALUE = f"{NS}XMLAnnotation/{NS}Value"


def defined_kind(tag: str) -> str:
    """Kind of the thing that an element defines; its IDs read ``<kind>:...``."""
    if tag in _LIGHT_SOURCES:
        return "LightSource"
    if tag in _SHAPES:
        return "Shape"
    return "Annotation" if tag.endswith("Annotation") else tag


def referred_kind(element: Element) -> str | None:
    """Kind of the thing that ``element`` refers to; None when it is no reference."""
    tag = local(element)
    return _REFERENCES.get(tag) or (tag.removesuffix("Ref") if tag.endswith("Ref") else None)


def is_checked(element: Element) -> bool:
    """Whether the schema demands that the thing which ``element`` refers to exists."""
    tag = local(element)
    if tag in ("ExcitationFilterRef", "EmissionFilterRef"):
        return local(element.getparent()) == "FilterSet"
    return tag in _CHECKED


def identified(root: Element) -> Iterator[Element]:
    """Every element of the OME model below ``root`` that has an ID; content of XML annotations is no part of it."""
    foreign = {part for value in root.iterfind(f".//{_VALUE}") for part in value.iterdescendants()}
    for element in root.iterfind(".//*[@ID]"):
        if element not in foreign and element.tag.startswith(NS):
            yield element


def is_well_formed(identifier: str, kind: str) -> bool:
    """Whether the schema accepts ``identifier`` for a thing of ``kind``."""
    return bool(re.fullmatch(rf"(urn:lsid:([\w\-.]+\.[\w\-.]+)+:{kind}:\S+)|({kind}:\S+)", identifier))


def references(element: Element) -> set[str]:
    """IDs that ``element`` and everything below it refer to."""
    found = {part.get("ID") for part in element.iter() if part.get("ID") and referred_kind(part)}
    found |= {part.get("Annotator") for part in element.iter(f"{NS}*") if part.get("Annotator")}
    return found


def reached(start: Iterable[Element], owners: dict[str, Element]) -> set[Element]:
    """Top-level elements and annotations that ``start`` refers to, directly or through others.

    ``owners`` gives for each ID the top-level element (or annotation) that holds its definition.
    """
    found: set[Element] = set()
    waiting = list(start)
    while waiting:
        for identifier in references(waiting.pop()):
            owner = owners.get(identifier)
            if owner is not None and owner not in found:
                found.add(owner)
                waiting.append(owner)
    return found


def owners_of(root: Element) -> dict[str, Element]:
    """For each ID the part of the document that goes with it: a top-level element, or one annotation."""
    owners: dict[str, Element] = {}
    for part in parts_of(root):
        for element in part.iter(f"{NS}*"):
            if element.get("ID") and not referred_kind(element):
                owners.setdefault(element.get("ID"), part)
    return owners


def parts_of(root: Element) -> Iterator[Element]:
    """Top-level elements, with the single annotations in place of StructuredAnnotations."""
    for child in root:
        if local(child) == "StructuredAnnotations":
            yield from child
        else:
            yield child
