"""What the 2016-06 schema says of elements: order of children, required attributes. Read from the schema itself."""

from functools import cache

from publisher.formats.ome_xml.engine import XSD, Element, local, schema


def insert(parent: Element, child: Element) -> None:
    """Put ``child`` below ``parent`` where the schema wants it, after those of its kind."""
    order = child_order().get(local(parent), ())
    rank = {name: number for number, name in enumerate(order)}
    own = rank.get(local(child), len(order))
    for before in parent.iterchildren(reversed=True):
        if rank.get(local(before), len(order)) <= own:
            before.addnext(child)
            return
    parent.insert(0, child)


@cache
def child_order() -> dict[str, tuple[str, ...]]:
    """Names of the children of each element in the order the schema wants, read from the schema itself."""
    return _Structure(schema().document).children()


@cache
def global_elements() -> frozenset[str]:
    """Elements that may be a document of their own for the schema."""
    return frozenset(node.get("name") for node in schema().document.iterfind(XSD + "element"))


@cache
def required_attributes() -> dict[str, frozenset[str]]:
    """Attributes that each element must have."""
    return _Structure(schema().document).required()


class _Structure:
    """What the schema says of each element's children and attributes, types and groups followed."""

    def __init__(self, document: Element) -> None:
        self._named = {
            (str(node.tag).removeprefix(XSD), node.get("name")): node
            for node in document
            if isinstance(node.tag, str) and node.get("name")
        }
        self._document = document

    def children(self) -> dict[str, tuple[str, ...]]:
        groups: dict[str, list[str]] = {}
        for (kind, name), node in self._named.items():
            if kind == "element" and node.get("substitutionGroup"):
                groups.setdefault(node.get("substitutionGroup"), []).append(name)
        order = {}
        for node in self._document.iter(XSD + "element"):
            if name := node.get("name"):
                flat = [member for child in self._children(node) for member in groups.get(child, [child])]
                order[name] = tuple(dict.fromkeys(flat))
        return order

    def required(self) -> dict[str, frozenset[str]]:
        """Element names and the attributes that each must have."""
        return {
            node.get("name"): frozenset(self._required(node))
            for node in self._document.iter(XSD + "element")
            if node.get("name")
        }

    def _required(self, node: Element) -> list[str]:
        base = self._named.get(("complexType", node.get("type") or node.get("base")))
        names = [] if base is None else self._required(base)
        for part in node:
            if part.tag == XSD + "attribute":
                names += [part.get("name")] if part.get("use") == "required" else []
            elif isinstance(part.tag, str) and part.tag not in (XSD + "annotation", XSD + "element"):
                names += self._required(part)
        return names

    def _children(self, node: Element) -> list[str]:
        names: list[str] = []
        if node.get("type"):
            names += self._base(node.get("type"))
        for part in node:
            if part.tag == XSD + "element":
                names.append(part.get("ref") or part.get("name"))
            elif part.tag == XSD + "extension":
                names += self._base(part.get("base")) + self._children(part)
            elif isinstance(part.tag, str) and part.tag != XSD + "annotation":
                names += self._children(part)
        return names

    def _base(self, name: str) -> list[str]:
        node = self._named.get(("complexType", name))
        return [] if node is None else self._children(node)
