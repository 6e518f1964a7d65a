"""OME-XML of the collection as Bio-Formats sees it, and what is refused."""

from pathlib import Path

import pytest

from publisher.errors import SourceError
from publisher.formats.ome_xml_read import read_images
from publisher.formats.ome_xml_tree import parse

pytestmark = pytest.mark.corpus


def test_dimensions_are_those_that_bio_formats_sees(corpus: Path) -> None:
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


def test_a_release_before_the_first_is_refused(corpus: Path) -> None:
    path = corpus / "ome-xml" / "one-of-everything" / "RC4-Sample.ome"
    with pytest.raises(SourceError, match="2003-FC"):
        parse(path.read_bytes(), name=path.name)
