"""Every OME-XML document of the collection: published valid, nothing lost, dimensions as Bio-Formats sees them."""

from pathlib import Path
from xml.etree import ElementTree

import pytest

from publisher.errors import SourceError
from publisher.formats.ome_xml_publish import published_document
from publisher.formats.ome_xml_read import read_images
from publisher.formats.ome_xml_single import ImageDocuments
from publisher.formats.ome_xml_tree import parse, validate
from publisher.formats.redaction import PERSONAL, Redaction

pytestmark = pytest.mark.corpus
OPEN = Redaction(keep=PERSONAL)
# How pixels lay in the file, and what is given anew: IDs (references follow), the schema's address.
LAYOUT = {"BinData", "TiffData", "UUID"}
GIVEN_ANEW = {"ID", "Annotator", "schemaLocation", "BigEndian"}


def documents(corpus: Path) -> list[Path]:
    found = [path for path in (corpus / "ome-xml").rglob("*") if path.is_file()]
    found += (corpus / "oracle" / "bioformats-omexml").rglob("*.ome.xml")
    found += (corpus / "omero-transfer-packs").rglob("*.xml")
    return sorted(path for path in found if path.name != "RC4-Sample.ome")


def values(root: ElementTree.Element) -> dict[str, str]:
    """Every value of a document, with one of the places where it stands: read by the standard library alone."""
    found: dict[str, str] = {}
    for element in root.iter():
        tag = element.tag.rpartition("}")[2]
        if tag not in LAYOUT:
            names = {key.rpartition("}")[2]: value for key, value in element.attrib.items()}
            found |= {" ".join(value.split()): f"{tag}/@{key}" for key, value in names.items() if key not in GIVEN_ANEW}
            found[" ".join((element.text or "").split())] = tag
    return found


def test_every_document_is_published_valid_and_loses_nothing(corpus, as_published):
    lost, invalid = [], []
    for path in documents(corpus):
        data = path.read_bytes()
        tree = parse(data, name=path.name)
        published = published_document(tree, as_published(read_images(tree)), privacy=OPEN, creator="publisher").data
        invalid += [(path.name, str(problem)) for problem in validate(published)]
        singles = ImageDocuments(published)
        for number in range(min(len(singles), 4)):
            invalid += [(path.name, str(problem)) for problem in validate(singles.document(number))]
        kept = " ".join(values(ElementTree.fromstring(published)))  # our own output
        lost += [
            (path.name, place, value)
            for value, place in values(ElementTree.fromstring(data)).items()  # a trusted collection
            if value not in kept
        ]
    assert invalid == []
    assert lost == []


def test_every_redacted_document_is_valid(corpus, as_published):
    for path in documents(corpus):
        tree = parse(path.read_bytes(), name=path.name)
        found = published_document(tree, as_published(read_images(tree)), privacy=Redaction(), creator="publisher")
        assert validate(found.data) == (), path.name


def test_dimensions_are_those_that_bio_formats_sees(corpus):
    """Bio-Formats reads the planes: where a document says more than its planes hold, the planes count there."""
    oracle = corpus / "oracle" / "bioformats-omexml" / "ome-xml"
    compared = 0
    for path in sorted(oracle.rglob("*.ome.xml")):
        source = corpus / "ome-xml" / path.relative_to(oracle).with_name(path.name.removesuffix(".ome.xml"))
        ours = read_images(parse(source.read_bytes(), name=source.name))
        theirs = read_images(parse(path.read_bytes(), name=path.name))
        assert [image.pixels.shape for image in ours] == [image.pixels.shape for image in theirs], source.name
        assert [image.pixels.dtype for image in ours] == [image.pixels.dtype for image in theirs], source.name
        compared += len(ours)
    assert compared > 0


def test_a_release_before_the_first_is_refused(corpus):
    path = corpus / "ome-xml" / "one-of-everything" / "RC4-Sample.ome"
    with pytest.raises(SourceError, match="2003-FC"):
        parse(path.read_bytes(), name=path.name)
