"""What mending took out of a document: kept in words beside the images it came from, and told once for each kind."""

from publisher.errors import Problem
from publisher.formats.ome_xml_annotate import FreeIds, add_map, annotations_holder, refer
from publisher.formats.ome_xml_clean import warning
from publisher.formats.ome_xml_engine import Element, local, to_text

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

    def keep_element(self, part: Element | None, element: Element) -> None:
        """Keep ``element`` as XML."""
        self.keep(part, path_of(element, part), to_text(element))

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
