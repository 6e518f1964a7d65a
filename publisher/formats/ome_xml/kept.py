"""What mending took out of a document: kept in words beside the images it came from, and told once for each kind."""

from publisher.errors import Problem
from publisher.formats.ome_xml.annotate import FreeIds, add_map, annotations_holder, refer
from publisher.formats.ome_xml.clean import warning
from publisher.formats.ome_xml.engine import Element, detach, local, to_text

KEPT = "publisher/not-valid"
"""Namespace of what the schema refused and we kept."""
MOST_FAULTS = 25_000
"""Of a document with more of them, nothing is mended."""
_SHOWN = 60


class TooManyFaultsError(Exception):
    """There is no sense in mending this document."""


class KeptInWords:
    """Pairs of path and value (elements as XML), by the image they came from, and the faults that were mended."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._faults: dict[str, list[str]] = {}
        self._pairs: dict[Element | None, list[tuple[str, str]]] = {}
        self.count = 0

    def fault(self, message: str, found: str = "") -> None:
        """Count a fault of the kind ``message``; ``found`` is what stood there. Raises TooManyFaultsError."""
        self._faults.setdefault(message, []).append(found if not self._faults.get(message) else "")
        self.count += 1
        if self.count > self._most:
            raise TooManyFaultsError

    def keep(self, part: Element | None, path: str, value: str) -> None:
        """Keep ``value`` that stood at ``path`` in ``part``, a top-level element or annotation."""
        image = part if part is not None and local(part) == "Image" else None
        self._pairs.setdefault(image, []).append((path, value))

    def move(self, element: Element, fault: str, part: Element | None) -> None:
        """Take ``element`` out of ``part`` and keep it as XML."""
        self.fault(fault + ": kept in an annotation", element.get("ID", "") or (element.text or "").strip())
        self.keep(part, path_of(element, part), to_text(element))
        detach(element)

    def pop(self, element: Element, key: str, fault: str, part: Element | None = None) -> None:
        """Take the attribute ``key`` from ``element`` and keep its value."""
        self.fault(fault + ": kept in an annotation", element.get(key))
        self.keep(part, f"{path_of(element, part)}/@{key}", element.attrib.pop(key))

    def move_text(self, element: Element, part: Element | None) -> None:
        """Take the text between the children of ``element``, if there is any, and keep it."""
        pieces = ((element.text or "").strip(), *((child.tail or "").strip() for child in element))
        if not (text := " ".join(filter(None, pieces))):
            return
        self.keep(part, path_of(element, part), text)
        self.fault(f"text in {local(element)}, which has none: kept in an annotation", text)
        element.text = None
        for child in element:
            child.tail = None

    def annotate(self, root: Element, ids: FreeIds) -> None:
        """One MapAnnotation for each image that something came from, one for the rest of the document."""
        if not self._pairs:
            return
        holder = annotations_holder(root)
        for number, (image, pairs) in enumerate(self._pairs.items()):
            annotation = add_map(holder, ids.free(f"Annotation:publisher-not-valid-{number}"), KEPT, pairs)
            if image is not None and image.getparent() is root:
                refer(image, annotation)

    def warnings(self, name: str) -> tuple[Problem, ...]:
        """One warning for each kind of fault: what became of it, the first value it was found with, how often."""
        return tuple(
            warning(name, message + _example(found), code="ome-xml.kept-in-words")
            for message, found in self._faults.items()
        )


def _example(found: list[str]) -> str:
    first = " ".join(found[0].split())
    first = first if len(first) <= _SHOWN else first[: _SHOWN - 3] + "..."
    quoted = f'"{first}"' if first else ""
    if len(found) > 1:
        quoted += (", the first of " if first else "") + f"{len(found):,} times"
    return f" ({quoted})" if quoted else ""


def path_of(node: Element, part: Element | None) -> str:
    """Names from ``part`` (or the top) down to ``node``: Image/Pixels/Channel."""
    names = [local(node)]
    for ancestor in node.iterancestors() if node is not part else ():
        names.append(local(ancestor))
        if ancestor is part:
            break
    return "/".join(reversed(names))


def part_of(element: Element) -> Element:
    """The Image (or other top-level element, or annotation) that ``element`` belongs to."""
    chain = [element, *element.iterancestors()]
    position = len(chain) - (3 if len(chain) > 2 and local(chain[-2]) == "StructuredAnnotations" else 2)
    return chain[max(position, 0)]
