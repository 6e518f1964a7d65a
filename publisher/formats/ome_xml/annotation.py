"""Structured annotations of an OME-XML tree as values of the model."""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import cast

from publisher.formats.ome_xml.engine import NS, OME, Element, local, to_text
from publisher.formats.ome_xml.tree import OmeTree
from publisher.model.annotation import Annotation, AttachedFile, Kind, OriginalMetadata, Pair, XmlText

ORIGINAL = "openmicroscopy.org/OriginalMetadata"
"""Namespace in which Bio-Formats keeps what a file says beyond OME's words."""
MOST_ORIGINAL = 100
"""Pairs of original metadata that are remembered of an image; a vendor's file has thousands."""
LONGEST_VALUE = 4_000
"""Characters of one value that are remembered; the published document has it all."""
LONGEST_XML = 2_000
MOST_XML = 20
"""Characters of an XML annotation that are shown, and how many of one image: the published document has all."""
MOST_PAIRS = 2_000
"""Pairs of one annotation that are remembered; the published document has all."""

MOST_ANNOTATIONS = 5_000
"""Annotations of one image, or of one device, that are remembered."""

_OF_ROOT = (f' xmlns="{OME}"', ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"')
"""Namespaces that the document's root declares: serializing a part of it declares them again."""
_DEEPEST = 8
"""Annotations about annotations about annotations: what lies deeper stays in the document."""
_KINDS = frozenset(
    {
        "MapAnnotation", "TagAnnotation", "CommentAnnotation", "LongAnnotation", "DoubleAnnotation",
        "BooleanAnnotation", "TimestampAnnotation", "TermAnnotation", "FileAnnotation", "XMLAnnotation",
        "ListAnnotation",
    }
)  # fmt: skip


def annotations_of(tree: OmeTree, element: Element) -> tuple[Annotation, ...]:
    """What ``element`` refers to, in its order; original metadata is no annotation that anybody made."""
    return _read(tree, tree.annotations_of(element))


def annotations_of_file(tree: OmeTree) -> tuple[Annotation, ...]:
    """Annotations that nothing refers to: they speak of the whole file."""
    return _read(tree, unreferenced(tree.root))


def unreferenced(root: Element) -> tuple[Element, ...]:
    """Annotations of a document that no element refers to."""
    found = root.findall(f"{NS}StructuredAnnotations/*")
    named = {reference.get("ID") for reference in root.iter(NS + "AnnotationRef")} if found else ()
    return tuple(each for each in found if each.get("ID") not in named)


def _read(tree: OmeTree, elements: Iterable[Element]) -> tuple[Annotation, ...]:
    reader = _Reader(tree)
    found = (each for each in elements if local(each) in _KINDS and not _is_original(each))
    return tuple(annotation for each in found if (annotation := reader.annotation(each)))


def read_annotation(tree: OmeTree, element: Element) -> Annotation:
    """One structured annotation, with what is said about it; pairs keep their order, repeated keys and empty values.

    The content of XML annotations is not read: what is private in it is known by its structure alone, so pages take
    it from the published document, by the annotation's ID.
    """
    found = _Reader(tree).annotation(element)
    assert found is not None, "the first one is always read"
    return found


class _Reader:
    """Reads annotations with what is said about them, `MOST_ANNOTATIONS` in all.

    Annotations that all refer to each other are as many as there are orders of them: twenty make billions.
    """

    def __init__(self, tree: OmeTree) -> None:
        self._tree = tree
        self._left = MOST_ANNOTATIONS

    def annotation(self, element: Element, above: tuple[Element, ...] = ()) -> Annotation | None:
        """One annotation that lies inside those ``above``; None when there have been too many."""
        if not self._left:
            return None
        self._left -= 1
        file = element.find(NS + "BinaryFile")
        above = (*above, element)
        kind = cast("Kind", local(element).removesuffix("Annotation"))
        value = "" if kind in ("XML", "Map") else (element.findtext(NS + "Value") or "").strip()
        entries = element.findall(f"{NS}Value/{NS}M") if kind == "Map" else []
        return Annotation(
            kind=kind,
            value=_cut(value),
            pairs=tuple(Pair(_cut(m.get("K", "")), _cut(m.text or "")) for m in entries[:MOST_PAIRS]),
            file=None if file is None else _file(file),
            annotations=tuple(self._nested(element, above)),
            namespace=element.get("Namespace", ""),
            description=_cut((element.findtext(NS + "Description") or "").strip()),
            id=element.get("ID", ""),
            more=max(len(value) - LONGEST_VALUE, len(entries) - MOST_PAIRS, 0),
        )

    def _nested(self, element: Element, above: tuple[Element, ...]) -> Iterator[Annotation]:
        """What is said of ``element``, of a list its members; what lies too deep stays in the document."""
        for each in self._tree.annotations_of(element) if len(above) <= _DEEPEST else ():
            if each not in above and (found := self.annotation(each, above)):
                yield found


class OriginalReader:
    """Reads the original metadata of image after image of one document.

    An image that refers to any has those. Bio-Formats refers to them from nowhere, as a rule, one XML annotation for
    each key: they speak of the whole file, and every image without its own has them.
    """

    def __init__(self, tree: OmeTree) -> None:
        self._tree = tree
        found = [each for each in tree.root.iterfind(f"{NS}StructuredAnnotations/*") if _is_original(each)]
        references = tree.root.iterfind(f"{NS}Image/{NS}AnnotationRef") if found else ()
        owned = {reference.get("ID") for reference in references}
        self._of_file = _beginning(each for each in found if each.get("ID") not in owned)

    def of(self, image: Element) -> OriginalMetadata | None:
        """The beginning of what is known of ``image`` in its vendor's words; None where that is nothing."""
        return _beginning(each for each in self._tree.annotations_of(image) if _is_original(each)) or self._of_file


def _beginning(annotations: Iterable[Element]) -> OriginalMetadata | None:
    """Their first pairs; of the rest, which may be tens of thousands, only the number."""
    pairs: list[Pair] = []
    count = 0
    for annotation in annotations:
        value = annotation.find(NS + "Value")
        if value is not None:
            count += len(value)
            if len(pairs) < MOST_ORIGINAL:
                pairs += _original_pairs(value)
    return OriginalMetadata(pairs=tuple(pairs[:MOST_ORIGINAL]), count=max(count, len(pairs))) if count else None


def xml_texts(annotations: Iterable[Element]) -> tuple[XmlText, ...]:
    """The first XML annotations among ``annotations`` as text, each at most `LONGEST_XML` characters of it.

    Called with a document from which what is private was taken.
    """
    found = (each for each in annotations if local(each) == "XMLAnnotation" and not _is_original(each))
    return tuple(map(_xml_text, islice(found, MOST_XML)))


def _xml_text(annotation: Element) -> XmlText:
    value = annotation.find(NS + "Value")
    text = "" if value is None else (value.text or "") + "".join(to_text(child) for child in value)
    for declaration in _OF_ROOT:
        text = text.replace(declaration, "")
    text = text.strip()
    return XmlText(id=annotation.get("ID", ""), text=text[:LONGEST_XML], characters=len(text))


def _is_original(element: Element) -> bool:
    return ORIGINAL.lower() in element.get("Namespace", "").lower()


def _original_pairs(value: Element) -> Iterator[Pair]:
    """Entries of a map, or the Key and Value that Bio-Formats puts into an XML annotation."""
    for entry in value:
        children = {local(child): (child.text or "").strip() for child in entry}
        if local(entry) == "M":
            yield Pair(_cut(entry.get("K", "")), _cut(entry.text or ""))
        elif "Key" in children:
            yield Pair(_cut(children["Key"]), _cut(children.get("Value", "")))


def _cut(text: str) -> str:
    """At a space where there is one, so that no half of an address is left for redaction to miss."""
    if len(text) <= LONGEST_VALUE:
        return text
    words = text[:LONGEST_VALUE].rsplit(None, 1)
    return words[0] + "…"


def _file(element: Element) -> AttachedFile:
    size = element.get("Size", "")
    external = element.find(NS + "External")
    return AttachedFile(
        name=_base_name(element.get("FileName", "")),
        size=int(size) if size.isascii() and size.isdecimal() and len(size) < 20 else None,
        media_type=element.get("MIMEType", ""),
        sha1="" if external is None else external.get("SHA1", "").lower(),
        href="" if external is None else external.get("href", ""),
    )


def _base_name(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1]
