"""Real OME-XML of every release, with tokens put into each place that tells of a person: none is published."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from publisher.errors import PublisherError
from publisher.formats.ome_xml.publish import published_document
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.tree import parse
from publisher.formats.redaction import Redaction
from publisher.formats.redaction_shared import ImageRedactor
from publisher.model.image import Image
from tests.safety.canaries import TOKEN, token

PEOPLE = ("Experimenter", "ExperimenterGroup", "Group", "Person")
PUBLIC = {"ID", "Institution", "Locked", "ExperimenterID", "GroupID"}
"""What of people and groups is published: where they work, and references."""


def documents(folder: Path) -> list[Path]:
    found = [*folder.glob("ome-xml/**/*.ome"), *folder.glob("ome-xml/**/*.ome.xml"), *folder.glob("**/transfer.xml")]
    return sorted(path for path in found if path.stat().st_size < 2_000_000)


def with_tokens(data: bytes) -> tuple[bytes, int]:
    """The document with a token instead of each name, and in the text of each description; and how many these are."""
    root = etree.fromstring(data, etree.XMLParser(resolve_entities=False, huge_tree=True))
    count = 0
    for place in _places(root):
        value = token(count % 600)
        count += 1
        place(value)
    return etree.tostring(root), count


def _places(root: Any) -> Iterator[Callable[[str], object]]:
    for element in root.iter(etree.Element):
        name = etree.QName(element).localname
        if name in PEOPLE:
            for key in sorted(set(element.attrib) - PUBLIC):
                yield lambda value, element=element, key=key: element.set(key, _as_said(key, value))
            for child in element.iter(etree.Element):
                field = etree.QName(child).localname
                if child is not element and field not in PUBLIC and (child.text or "").strip():
                    yield lambda value, child=child, field=field: setattr(child, "text", _as_said(field, value))
        elif name == "Description" and etree.QName(element.getparent()).localname not in PEOPLE:
            yield lambda value, element=element: setattr(
                element, "text", f"{element.text or ''} by {value}@lab.example.org in /home/{value}/a.tif"
            )


def _as_said(field: str, value: str) -> str:
    return f"{value}@example.org" if field == "Email" else value


@pytest.mark.corpus
def test_no_name_of_any_real_document_leaves(
    corpus: Path, as_published: Callable[[Sequence[Image]], list[Any]]
) -> None:
    tried, tokens, leaks = 0, 0, []
    for path in documents(corpus):
        try:
            data, count = with_tokens(path.read_bytes())
            tree = parse(data, name=path.name)
            images = read_images(tree)
        except (PublisherError, etree.XMLSyntaxError):
            continue  # what cannot be read is not published
        shown = as_published([ImageRedactor(Redaction()).image(image) for image in images])
        found = published_document(tree, shown, privacy=Redaction(), creator="publisher 1")
        tried, tokens = tried + 1, tokens + count
        words = found.data.decode() + repr(shown) + " ".join(map(str, found.problems))
        if TOKEN in words.lower():
            at = words.lower().index(TOKEN)
            leaks.append((path.relative_to(corpus).as_posix(), words[max(0, at - 120) : at + 40]))
    assert leaks == []
    assert tried > 100
    assert tokens > 500
