"""Everything that documents of the collection say of acquisition is told: compared with a plain walk over the XML."""

import math
import re
from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pytest

from publisher.errors import SourceError
from publisher.formats.ome_xml.annotation import ORIGINAL
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.tree import parse
from publisher.model.acquisition import every_section
from publisher.model.annotation import Annotation
from publisher.model.image import Image

pytestmark = pytest.mark.corpus
NS = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"
PARTS = ("ObjectiveSettings", "ImagingEnvironment", "StageLabel")
SILENT = {"ID", "Color", "SamplesPerPixel", "Name"}
"""References, what the channel table and the picture show, and names that are titles."""
WORDS = {"true": "Yes", "false": "No"}


def walk(element: ElementTree.Element) -> Iterator[tuple[str, str]]:
    """Attributes, and text of descriptions and maps, of an element and all below it."""
    for part in element.iter():
        tag = part.tag.removeprefix(NS)
        for key, value in part.attrib.items():
            if key not in SILENT and not key.endswith("Unit") and value.strip() and tag != "AnnotationRef":
                yield f"{tag}/@{key}", value.strip()
        if tag in ("Description", "M") and (part.text or "").strip():
            yield tag, (part.text or "").strip()


def is_told(value: str, texts: set[str], numbers: set[float]) -> bool:
    if value in texts or WORDS.get(value) in texts:
        return True
    try:
        number = float(value)
    except ValueError:
        return False
    return any(
        math.isclose(each, number, rel_tol=1e-6) or math.isclose(each, number * 100, rel_tol=1e-6) for each in numbers
    )


def told(image: Image) -> tuple[set[str], set[float]]:
    sections = list(every_section(image.acquisition))
    texts = {value for section in sections for _, value in section.values}
    texts |= {text for section in sections for pair in section.pairs for text in (pair.key, pair.value)}
    numbers = set()
    for text in texts:
        try:
            numbers.add(float(text.split()[0].rstrip("×")))
        except (ValueError, IndexError):
            continue
    return texts, numbers


def documents(corpus: Path) -> Iterator[tuple[str, bytes]]:
    """Documents that are files, and those that stand in TIFFs, as they are."""
    for path in sorted((corpus / "ome-xml").rglob("*")):
        if path.suffix in (".ome", ".xml") and path.is_file():
            yield path.name, path.read_bytes()
    for path in sorted((corpus / "ome-tiff").rglob("*.ome.tif*")):
        found = re.search(rb"<OME .*?</OME>", path.read_bytes(), re.DOTALL)
        if found and b"BinaryOnly" not in found[0]:
            yield path.name, found[0]


def test_every_value_of_devices_settings_and_experiments_is_told(corpus: Path) -> None:
    compared = 0
    for name, data in documents(corpus):
        try:
            tree = parse(data, name=name)
            images = read_images(tree)
        except SourceError:
            continue
        root = ElementTree.fromstring(tree.serialize())
        by_id = {each.get("ID"): each for each in root.iter() if not each.tag.endswith(("Ref", "Settings"))}
        for image, element in zip(images, root.iterfind(NS + "Image"), strict=True):
            parts = [each for tag in PARTS for each in element.iterfind(NS + tag)]
            parts += element.iterfind(f"{NS}Pixels/{NS}Channel")
            references = [*element.iterfind(NS + "InstrumentRef"), *element.iterfind(NS + "ExperimentRef")]
            parts += [by_id[each.get("ID")] for each in references if each.get("ID") in by_id]
            texts, numbers = told(image)
            for where, value in (each for part in parts for each in walk(part)):
                assert is_told(value, texts, numbers), f"{name}: {where} = {value}"
                compared += 1
    assert compared > 1_000


def everything(annotations: tuple[Annotation, ...]) -> Iterator[Annotation]:
    for each in annotations:
        yield each
        yield from everything(each.annotations)


def test_every_annotation_of_an_image_and_its_devices_is_told(corpus: Path) -> None:
    compared = 0
    for name, data in documents(corpus):
        try:
            tree = parse(data, name=name)
            images = read_images(tree)
        except SourceError:
            continue
        root = ElementTree.fromstring(tree.serialize())
        known = {each.get("ID"): each for each in root.iterfind(f"{NS}StructuredAnnotations/*")}
        for image, element in zip(images, root.iterfind(NS + "Image"), strict=True):
            references = element.findall(f"{NS}AnnotationRef")
            references += element.findall(f"{NS}Pixels/{NS}Channel/{NS}AnnotationRef")
            waiting = [known[each.get("ID")] for each in references if each.get("ID") in known]
            notes = (note for section in every_section(image.acquisition) for note in section.annotations)
            found = {note.id: note for note in everything((*image.annotations, *notes))}
            for expected in waiting:
                nested = (known.get(each.get("ID")) for each in expected.iterfind(NS + "AnnotationRef"))
                waiting += [each for each in nested if each is not None and each not in waiting]
                if ORIGINAL in expected.get("Namespace", ""):
                    continue
                mine = found[expected.get("ID") or ""]
                value = expected.find(NS + "Value")
                if mine.kind not in ("XML", "Map", "File", "List"):
                    assert value is not None
                    assert mine.value == (value.text or "").strip(), name
                pairs = [(m.get("K", ""), m.text or "") for m in expected.iterfind(f"{NS}Value/{NS}M")]
                assert [(pair.key, pair.value) for pair in mine.pairs] == pairs, name
                compared += 1
    assert compared > 50
