"""IDs and references of an OME document made what the schema demands: the first two rules of mending."""

import re

from publisher.formats.ome_xml.annotate import FreeIds
from publisher.formats.ome_xml.engine import NS, Element, local
from publisher.formats.ome_xml.kept import KeptInWords, part_of
from publisher.formats.ome_xml.refs import defined_kind, identified, is_checked, is_well_formed, referred_kind


def identify(root: Element, kept: KeptInWords, ids: FreeIds) -> None:
    """Replace IDs that are malformed or taken; references follow to the first that had one."""
    renamed: dict[tuple[str, str], str] = {}
    found = list(identified(root))
    seen: set[tuple[str, str]] = set()
    for element in found:
        if referred_kind(element):
            continue
        kind, identifier = defined_kind(local(element)), element.get("ID")
        if (kind, identifier) in seen or not is_well_formed(identifier, kind):
            given = ids.free(f"{kind}:{re.sub(r'[^A-Za-z0-9.-]+', '-', identifier) or '0'}")
            renamed.setdefault((kind, identifier), given) if (kind, identifier) not in seen else None
            element.set("ID", given)
            kept.fault(f"{local(element)} ID is malformed or used twice: renamed", identifier)
            kept.keep(part_of(element), f"{local(element)} {given}/@ID", identifier)
        seen.add((kind, identifier))
    for element in found:
        kind = referred_kind(element) or ""
        if (kind, element.get("ID")) in renamed:
            element.set("ID", renamed[kind, element.get("ID")])


def keep_dangling(root: Element, kept: KeptInWords) -> None:
    """Keep references to nothing in words, and those to an image that another well sample has already.

    One image is in one well sample only: key WellSampleImageRefIDKey of the schema.
    """
    found = list(identified(root))
    defined = {(defined_kind(local(e)), e.get("ID")) for e in found if not referred_kind(e)}
    sampled: set[str] = set()
    for element in found:
        if not (kind := referred_kind(element)) or not is_checked(element):
            continue
        if (kind, element.get("ID")) not in defined:
            kept.move(element, f"{local(element)} refers to nothing", part_of(element))
        elif local(element.getparent()) == "WellSample" and element.get("ID") in sampled:
            kept.move(element, "ImageRef to an image that is in another well sample already", None)
        elif local(element.getparent()) == "WellSample":
            sampled.add(element.get("ID"))
    for element in root.iterfind(f"{NS}StructuredAnnotations/*[@Annotator]"):
        if ("Experimenter", element.get("Annotator")) not in defined:
            kept.pop(element, "Annotator", "Annotator refers to nothing")
