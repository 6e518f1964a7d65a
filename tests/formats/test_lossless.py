"""Nothing that a microscope or a curator wrote is lost: every document of the collection, compared independently."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from xml.etree import ElementTree

import pytest

from publisher.formats.ome_xml.publish import PublishedImage, published_document
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.single import ImageDocuments
from publisher.formats.ome_xml.tree import parse, validate
from publisher.formats.ome_xml.upgrade import LATEST
from publisher.formats.redaction import PERSONAL, Redaction
from publisher.model.image import Image
from tests.formats.documents import documents
from tests.formats.lossless import OME, disordered, facts, lost
from tests.formats.lossless_rules import PRIVATE, is_private

AsPublished = Callable[[Sequence[Image]], list[PublishedImage]]
OPEN = Redaction(keep=PERSONAL)


def published(data: bytes, as_published: AsPublished, privacy: Redaction = OPEN) -> tuple[str, bytes]:
    """Release of the source, and the document that is published for it."""
    tree = parse(data, name="source.ome.xml")
    images = as_published(read_images(tree))
    return tree.release, published_document(tree, images, privacy=privacy, creator="publisher").data


@pytest.mark.corpus
def test_no_document_of_the_collection_loses_a_fact(corpus: Path, as_published: AsPublished) -> None:
    missing, moved, invalid, releases = [], [], [], Counter[str]()
    for name, data in documents(corpus):
        release, result = published(data, as_published)
        missing += [(name, *fact) for fact in lost(data, result)]
        moved += [(name, path) for path in disordered(data, result)] if release == LATEST else []
        invalid += [(name, str(problem)) for problem in validate(result)]
        releases[release] += 1
    assert missing == []
    assert moved == []
    assert invalid == []
    assert releases.total() > 300
    assert len(releases) == 12


@pytest.mark.corpus
def test_privacy_takes_what_it_states_and_nothing_else(corpus: Path, as_published: AsPublished) -> None:
    taken, unexplained, left = Counter[str](), [], []
    for name, data in documents(corpus):
        _, result = published(data, as_published, Redaction())
        assert validate(result) == (), name
        left += [(name, word) for word in private_words(data) if word.encode() in result]
        for path, value in lost(data, result):
            taken[path] += 1
            if not is_private(path, value, data):
                unexplained.append((name, path, value))
    assert unexplained == []
    assert left == []
    assert taken["OME/Experimenter/@LastName"] > 10


def private_words(source: bytes) -> set[str]:
    """Names of people in a document, if they are long enough to be told from other words and mean nothing else."""
    said = facts(ElementTree.fromstring(source.strip(b"\0")))
    public = " ".join(value for path, value in said if not PRIVATE.fullmatch(path))
    names = {value for path, value in said if PRIVATE.fullmatch(path) and not path.endswith("@Length")}
    return {name for name in names if len(name) > 3 and name not in public}


@pytest.mark.corpus
def test_the_document_of_an_image_is_the_images_part_with_all_it_refers_to(
    corpus: Path, as_published: AsPublished
) -> None:
    compared = 0
    for name, data in documents(corpus):
        _, whole = published(data, as_published)
        root = ElementTree.fromstring(whole)
        singles = ImageDocuments(whole)
        for number in range(min(len(singles), 3)):
            single = singles.document(number)
            assert validate(single) == (), name
            one = ElementTree.fromstring(single)
            assert facts(one) <= facts(root), name
            assert [image.get("ID") for image in one.findall("{*}Image")] == [f"Image:{number}"]
            assert dangling(one) <= dangling(root) | of_containers(root), name
            compared += 1
    assert compared > 400


def dangling(root: ElementTree.Element) -> set[str]:
    """IDs that are referred to and defined nowhere."""
    defined: set[str | None] = set()
    referred: set[str | None] = set()
    for element in parts(root):
        refers = bool(re.search(r"(Ref|Settings)\Z|\A(Leader|Pump)\Z", element.tag.rpartition("}")[2]))
        (referred if refers else defined).add(element.get("ID"))
        referred.add(element.get("Annotator"))
    return {identifier for identifier in referred - defined if identifier}


def of_containers(root: ElementTree.Element) -> set[str]:
    """IDs of what holds other images, too, and of those images: they stay in the document of the fileset."""
    held = [root.findall(f"{{*}}{tag}") for tag in ("Project", "Dataset", "Folder", "Screen", "Plate")]
    inside = [part for found in held for container in found for part in parts(container)]
    return {part.get("ID", "") for part in (*inside, *root.findall("{*}Image"))}


def parts(element: ElementTree.Element) -> Iterator[ElementTree.Element]:
    """Elements of OME's from here down; the content of XML annotations is not."""
    yield element
    if not element.tag.endswith("}Value"):
        for child in element:
            if OME.match(child.tag):
                yield from parts(child)


# What the comparison itself is worth: it finds whatever is taken out of a document, or put elsewhere.

BODY = (
    '<Instrument ID="Instrument:0"><Detector ID="Detector:0" Model="a" Gain="1.0"/></Instrument>'
    '<Image ID="Image:0" Name="x"><InstrumentRef ID="Instrument:0"/>'
    '<Pixels ID="Pixels:0" DimensionOrder="XYZCT" Type="uint8" SizeX="1" SizeY="1" SizeZ="1" SizeC="2" SizeT="1">'
    '<Channel ID="Channel:0:0" Name="a" Color="1"/><Channel ID="Channel:0:1" Name="b" Color="2"/><MetadataOnly/>'
    '<Plane TheZ="0" TheC="0" TheT="0" ExposureTime="0.1"/><Plane TheZ="0" TheC="1" TheT="0" ExposureTime="0.1"/>'
    '</Pixels><AnnotationRef ID="Annotation:0"/></Image>'
    '<StructuredAnnotations><MapAnnotation ID="Annotation:0"><Value><M K="a">1</M><M K="a">1</M><M K="b"/></Value>'
    "</MapAnnotation></StructuredAnnotations>"
)


def test_whatever_is_taken_out_is_found(ome: Callable[..., bytes], as_published: AsPublished) -> None:
    source = ome(BODY)
    _, result = published(source, as_published)
    assert lost(source, result) == []
    assert disordered(source, result) == []
    root = ElementTree.fromstring(source)
    tried = 0
    for element in root.iter():
        for key in [key for key in element.attrib if key not in ("ID", "DimensionOrder")]:
            value = element.attrib.pop(key)
            assert lost(source, ElementTree.tostring(root)), (element.tag, key)
            element.set(key, value)
            tried += 1
    assert tried > 20


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('Name="a" Color="1"', 'Name="a" Color="2"'),
        ('ExposureTime="0.1"', 'ExposureTime="0.2"'),
        ('<M K="b"/>', ""),
        ('<M K="a">1</M><M K="a">1</M>', '<M K="a">1</M>'),
        ('<AnnotationRef ID="Annotation:0"/>', ""),
        ('<AnnotationRef ID="Annotation:0"/>', '<AnnotationRef ID="Annotation:1"/>'),
    ],
)
def test_one_of_two_that_is_gone_is_found(ome: Callable[..., bytes], before: str, after: str) -> None:
    assert lost(ome(BODY), ome(BODY.replace(before, after, 1)))


def test_values_that_changed_places_are_found(ome: Callable[..., bytes]) -> None:
    swapped = BODY.replace('Name="a" Color="1"', 'Name="b" Color="1"').replace(
        'Name="b" Color="2"', 'Name="a" Color="2"'
    )
    assert lost(ome(BODY), ome(swapped)) == []
    assert disordered(ome(BODY), ome(swapped)) == ["OME/Image/Pixels/Channel"]


def test_what_an_annotation_of_publishing_tells_is_not_lost(ome: Callable[..., bytes], pixels: str) -> None:
    source = ome(f'<Image ID="Image:0" Foo="bar">{pixels}<Strange a="1">text</Strange></Image>')
    told = (
        f'<Image ID="Image:0">{pixels}</Image><StructuredAnnotations><MapAnnotation '
        'ID="Annotation:publisher-not-valid-0" Namespace="publisher/not-valid"><Value><M K="Image/@Foo">bar</M>'
        '<M K="Image/Strange">&lt;Strange a="1">text&lt;/Strange></M></Value></MapAnnotation></StructuredAnnotations>'
    )
    assert lost(source, ome(told)) == []
    assert lost(source, ome(told.replace(">bar<", ">baz<"))) == [("OME/Image/@Foo", "bar")]
