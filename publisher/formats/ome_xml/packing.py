"""What a transfer pack of OMERO notes about itself inside its transfer.xml: paths in the pack, servers, users.

Measured on packs of omero-cli-transfer 0.1 to 1.1: until 0.7 paths are CommentAnnotations with a negative number as ID
and the object's ID as namespace, and notes of origin are MapAnnotations; since 0.8 both are XMLAnnotations.
"""

import re

from publisher.formats.ome_xml.engine import NS, Element, local
from publisher.formats.ome_xml.read import text_of
from publisher.formats.ome_xml.tree import OmeTree

PACKING = "openmicroscopy.org/cli/transfer"
"""Namespace of these notes."""

_OLD_ID = re.compile(r"Annotation:-\d+")
_OBJECT = re.compile(r"(Image|Plate|Annotation|FileAnnotation|Dataset|Project|Screen):-?\d+")
_REPOSITORY = "/./"
"""Stands in paths of OMERO between the place of its repository on the server and the path in it."""


def is_packing(annotation: Element) -> bool:
    """Whether an annotation is a note of a transfer between servers: nobody's word about an image."""
    namespace = annotation.get("Namespace", "")
    if namespace == PACKING or namespace.startswith(PACKING + "/"):
        return True
    return _is_old_path(annotation)


def _is_old_path(annotation: Element) -> bool:
    return bool(
        local(annotation) == "CommentAnnotation"
        and _OLD_ID.fullmatch(annotation.get("ID", ""))
        and _OBJECT.fullmatch(annotation.get("Namespace", ""))
    )


def packed_paths(tree: OmeTree, element: Element) -> tuple[str, ...]:
    """Paths in the pack that are noted for an Image, a Plate or a FileAnnotation, in their order, each once."""
    found: list[str] = []
    for annotation in tree.annotations_of(element):
        if _is_old_path(annotation):
            found.append(text_of(annotation, "Value"))
        elif is_packing(annotation):
            found += [(path.text or "").strip() for path in annotation.iterfind(f"{NS}Value//{{*}}Path")]
    return tuple(dict.fromkeys(_in_repository(path) for path in found if path))


def _in_repository(path: str) -> str:
    return path.partition(_REPOSITORY)[2] or path


def packed_names(annotation: Element) -> frozenset[str]:
    """Names of what a note tells: "origin_hostname", "original_user", "CLITransferRenderingSettings"."""
    keys = {m.get("K", "") for m in annotation.iterfind(f"{NS}Value/{NS}M")}
    return frozenset(keys | {local(each) for value in annotation.iterfind(NS + "Value") for each in value.iter("{*}*")})
