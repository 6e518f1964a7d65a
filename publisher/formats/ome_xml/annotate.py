"""New annotations in an OME document, with IDs that are free."""

from collections import Counter
from collections.abc import Iterable

from publisher.formats.ome_xml.engine import NS, Element, add, new_root
from publisher.formats.ome_xml.refs import identified, referred_kind
from publisher.formats.ome_xml.structure import insert


def annotations_holder(root: Element) -> Element:
    """The document's StructuredAnnotations, made when there are none."""
    holder = root.find(NS + "StructuredAnnotations")
    if holder is None:
        holder = new_root("StructuredAnnotations")
        insert(root, holder)
    return holder


def add_map(holder: Element, identifier: str, namespace: str, pairs: Iterable[tuple[str, str]]) -> Element:
    """A new MapAnnotation; pairs keep their order and may repeat."""
    annotation = add(holder, "MapAnnotation", ID=identifier, Namespace=namespace)
    value = add(annotation, "Value")
    for key, text in pairs:
        add(value, "M", text, K=key)
    return annotation


def refer(element: Element, annotation: Element) -> None:
    """Let ``element`` refer to ``annotation``."""
    reference = new_root("AnnotationRef")
    reference.set("ID", annotation.get("ID"))
    insert(element, reference)


class FreeIds:
    """IDs that are taken, and new ones that are not."""

    def __init__(self, root: Element) -> None:
        found = identified(root)
        self._taken = {element.get("ID") for element in found if not referred_kind(element)}
        self._last: Counter[str] = Counter()

    def free(self, wanted: str) -> str:
        """``wanted``, or with a number behind it when that is taken; taken afterwards."""
        identifier = wanted
        while identifier in self._taken:
            self._last[wanted] += 1
            identifier = f"{wanted}-{self._last[wanted] + 1}"
        self._taken.add(identifier)
        return identifier
