"""Reads rendered pages as a browser would, for tests."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {
    "area",
    "base",
    "br",
    "col",
    "hr",
    "img",
    "input",
    "link",
    "meta",
    "rect",
    "circle",
    "path",
    "polygon",
    "source",
    "wbr",
}


@dataclass
class Element:
    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Document:
    elements: list[Element] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)

    def all(self, tag: str) -> list[Element]:
        return [element for element in self.elements if element.tag == tag]

    def ids(self) -> list[str]:
        return [element.attributes["id"] or "" for element in self.elements if "id" in element.attributes]

    def links(self) -> list[str]:
        names = ("href", "src")
        found = [
            value for element in self.elements for name, value in element.attributes.items() if name in names and value
        ]
        return found + [
            part.split()[0]
            for e in self.elements
            for part in (e.attributes.get("srcset") or "").split(",")
            if part.strip()
        ]


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.document, self.open = Document(), list[Element]()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        element = Element(tag, dict(attrs))
        if len(element.attributes) != len(attrs):
            self.document.faults.append(f"<{tag}> has an attribute twice")
        self.document.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_endtag(self, tag: str) -> None:
        if tag in VOID:
            return
        if not self.open or self.open[-1].tag != tag:
            self.document.faults.append(f"</{tag}> closes {self.open[-1].tag if self.open else 'nothing'}")
        while self.open and self.open.pop().tag != tag:
            pass

    def handle_data(self, data: str) -> None:
        for element in self.open:
            element.text += data


def read(html: bytes) -> Document:
    reader = _Reader()
    reader.feed(html.decode())
    reader.close()
    reader.document.faults += [f"<{element.tag}> is not closed" for element in reader.open]
    return reader.document
