"""An OME document made schema-valid without losing a word: what cannot stand where it is goes into an annotation.

Rules, in this order: (1) an ID that is malformed or taken is replaced, references follow; (2) a reference to
nothing is kept in words; (3) children are put in the schema's order; (4) a word that an enumeration does not know
becomes the one that differs in case or punctuation alone, else "Other", and is kept in words; (5) an attribute or
element with a value the schema refuses, or in a place where it may not be, is kept in words, a value of an unknown
unit with its unit. "Kept in words" is a pair, path and value (elements as XML), in a MapAnnotation of namespace
`KEPT`, referred to by the image it came from.
"""

import re
from datetime import datetime
from typing import Any

from publisher.errors import Problem
from publisher.formats.ome_xml.annotate import FreeIds
from publisher.formats.ome_xml.clean import warning
from publisher.formats.ome_xml.engine import NS, SCHEMA_LOCATION, Element, add, local, schema
from publisher.formats.ome_xml.kept import KEPT, MOST_FAULTS, KeptInWords, TooManyFaultsError, path_of
from publisher.formats.ome_xml.mend_ids import identify, keep_dangling
from publisher.formats.ome_xml.refs import defined_kind, parts_of
from publisher.formats.ome_xml.structure import child_order, global_elements, required_attributes

__all__ = ["KEPT", "mend"]

_ROUNDS = 25
_LONG = 64
_ATTRIBUTE = re.compile(r"attribute '([^']+)'")
_ALLOWED = re.compile(r"is not an element of the set \{(.*)\}")
_SQUEEZE = re.compile(r"[^a-z0-9]+")


def mend(root: Element, *, name: str, most: int = MOST_FAULTS) -> tuple[bool, tuple[Problem, ...]]:
    """Mend ``root`` in place. Whether it is valid now, and one warning for each kind of fault, with its count.

    With more than ``most`` faults it is given up, and not valid.
    """
    work = _Mender(root, most)
    try:
        work.run()
    except TooManyFaultsError:
        work.annotate()  # what was taken out so far
        return False, (warning(name, f"more than {most:,} faults in the OME-XML", code="ome-xml.unmendable"),)
    return schema().accepts(root), work.kept.warnings(name)


def _sort(parent: Element) -> bool:
    """Put the children of ``parent`` in the schema's order; False when they stood so already."""
    rank = {name: number for number, name in enumerate(child_order().get(local(parent), ()))}
    children = list(parent)
    ordered = sorted(children, key=lambda child: rank.get(local(child), len(rank)))
    if ordered == children:
        return False
    tails = [child.tail for child in children]
    for child, tail in zip(ordered, tails, strict=True):
        parent.append(child)
        child.tail = tail
    return True


class _Mender:
    def __init__(self, root: Element, most: int) -> None:
        self.root = root
        self.kept = KeptInWords(most)
        self._ids = FreeIds(root)

    def run(self) -> None:
        """All rules over the whole document."""
        self.tidy_root()
        identify(self.root, self.kept, self._ids)
        keep_dangling(self.root, self.kept)
        before = self.kept.count
        for part in list(parts_of(self.root)):
            self.mend_part(part)
        if self.kept.count > before:
            keep_dangling(self.root, self.kept)  # what was moved may have been referred to
        _sort(self.root)
        self.annotate()

    def annotate(self) -> None:
        """What was kept goes into the document."""
        self.kept.annotate(self.root, self._ids)

    def tidy_root(self) -> None:
        """Rules 3 and 4 for what stands at the top: one StructuredAnnotations, known children and attributes only."""
        first = self.root.find(NS + "StructuredAnnotations")
        for more in self.root.findall(NS + "StructuredAnnotations")[1:]:
            first.extend(list(more))
            self.root.remove(more)
            self.kept.fault("StructuredAnnotations twice: merged")
        for rights in self.root.findall(NS + "Rights")[1:]:
            self.kept.move(rights, "Rights twice", None)
        for parent in [self.root] if first is None else [self.root, first]:
            known = {NS + name for name in child_order()[local(parent)]}
            for child in [child for child in parent if child.tag not in known]:
                self.kept.move(child, f"{local(child)} where the schema has none", None)
            self.kept.move_text(parent, None)
        for key in self.root.attrib:
            if key not in ("UUID", "Creator", SCHEMA_LOCATION):
                self.kept.pop(self.root, key, "attribute of OME that the schema does not know")

    def mend_part(self, part: Element) -> None:
        """Rules 3 and 4 for one top-level element or annotation.

        Members of long lists (Planes, Wells) are mended one by one before the whole: libxml2 counts the elements
        before each faulty one, so that many faults in one list would take time with the square of their number.
        """
        wide = [element for element in part.iter(f"{NS}*") if len(element) > _LONG]
        for element in reversed(wide):
            for child in list(element):
                if local(child) in global_elements():
                    self._mend(child, part)
        self._mend(part, part)

    def _mend(self, piece: Element, part: Element) -> None:
        """``piece`` of ``part`` as a document of its own, round by round until the schema accepts it."""
        for turn in range(_ROUNDS):
            errors = [error for error in schema().errors(piece) if _counts(error)]
            if not errors:
                return
            if local(part) == "XMLAnnotation" and not turn:
                self._estrange(part)
                continue
            nodes = [_located(error.path, piece) for error in errors]
            for error, node in zip(errors, nodes, strict=True):
                if node is not None and (node is piece or piece in node.iterancestors()):
                    self._apply(error, node, part)
            if piece.getparent() is None:
                return
        self.kept.move(piece, f"{local(piece)} cannot be mended", part)

    def _estrange(self, annotation: Element) -> None:
        """The schema looks into XML annotations where they hold elements of its namespace: take those out of it."""
        inside = [part for value in annotation.iterfind(NS + "Value") for part in value.iterdescendants(f"{NS}*")]
        for element in inside:
            element.tag = local(element)
        if inside:
            self.kept.fault("content of an XMLAnnotation passes for OME's, which it is not: taken out of the namespace")

    def _apply(self, error: Any, node: Element, part: Element) -> None:
        attribute = _ATTRIBUTE.search(error.message)
        if attribute and attribute[1] in node.attrib:
            self._mend_attribute(error, node, attribute[1], part)
        elif "attribute 'ID' is required" in error.message:
            node.set("ID", self._ids.free(f"{defined_kind(local(node))}:without-ID"))
            self.kept.fault(f"{local(node)} without an ID: given one")
        elif local(node) == "BinaryFile" and not len(node):
            # So Bio-Formats writes files whose content it left behind.
            add(node, "BinData", Length="0", BigEndian="false")
            self.kept.fault("BinaryFile without content: given one of length 0")
        elif error.type_name == "SCHEMAV_CVC_COMPLEX_TYPE_2_3":
            self.kept.move_text(node, part)
        elif error.type_name == "SCHEMAV_ELEMENT_CONTENT" and "not expected" in error.message:
            self._put_right(node, part)
        elif not _as_date(node):
            self.kept.move(node, f"{local(node)} that the schema refuses", part)

    def _mend_attribute(self, error: Any, node: Element, key: str, part: Element) -> None:
        """Rule 4 where it helps, else rule 5."""
        tag, text = local(node), node.get(key)
        word = _known_word(error.message, text) if not key.endswith("Unit") else ""
        if word:
            self.kept.keep(part, f"{path_of(node, part)}/@{key}", text)
            self.kept.fault(f'{tag} {key} that the schema does not know: published as "{word}"', text)
            node.set(key, word)
        elif key in required_attributes().get(tag, ()) and key != "ID":
            self.kept.move(node, f"{tag} with a {key} that the schema refuses", part)
        else:
            self.kept.pop(node, key, f"{tag} {key} that the schema refuses", part)
            if key.endswith("Unit") and (value := key.removesuffix("Unit")) in node.attrib:
                self.kept.pop(node, value, f"{tag} {value} in a unit that the schema does not know", part)

    def _put_right(self, node: Element, part: Element) -> None:
        """Rule 3, and rule 5 for what has no place. A region without shapes has none as a whole."""
        parent = node.getparent()
        if local(parent) == "ROI" and parent.find(NS + "Union") is None:
            self.kept.move(parent, "ROI without shapes", part)
        elif _sort(parent):
            self.kept.fault(f"children of {local(parent)} out of order: put in the schema's")
        else:
            self.kept.move(node, f"{local(node)} where the schema has none", part)


def _counts(error: Any) -> bool:
    """Keys and references are looked at over the whole document (rules 1 and 2), not part by part."""
    return error.type_name != "SCHEMAV_CVC_IDC" and "No precomputed value" not in error.message


def _known_word(message: str, text: str) -> str:
    """The word of the enumeration in ``message`` that ``text`` must mean; empty when there is none."""
    allowed = _ALLOWED.search(message)
    words = re.findall(r"'([^']*)'", allowed[1]) if allowed else []
    squeezed = {_SQUEEZE.sub("", word.lower()): word for word in words}
    meant = squeezed.get(_SQUEEZE.sub("", text.lower()), "Other")
    return meant if meant in words else ""


def _as_date(node: Element) -> bool:
    """Write a date that Python understands as the schema wants it; False when there is none or it stands so."""
    if local(node) != "AcquisitionDate" or not node.text:
        return False
    try:
        text = datetime.fromisoformat(node.text.strip()).isoformat()
    except ValueError:
        return False
    changed = bool(text != node.text)
    node.text = text
    return changed


def _located(path: str, piece: Element) -> Element | None:
    """The element at libxml2's ``path`` ("/*/*[2]"), whose first step is ``piece`` itself."""
    below = path.lstrip("/").partition("/")[2]
    if not below:
        return piece
    prefixes = {prefix: uri for prefix, uri in piece.nsmap.items() if prefix}
    found = piece.xpath(below, namespaces=prefixes or None)
    return found[0] if found else None
