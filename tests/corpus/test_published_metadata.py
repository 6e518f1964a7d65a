"""The OME-XML that a build publishes says all that its source says, but for what is private: plates and sets too."""

import pytest

from publisher.formats.ome_xml.tree import validate
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers
from tests.corpus.conftest import CorpusSite
from tests.formats.lossless import lost
from tests.formats.lossless_rules import is_private

pytestmark = pytest.mark.corpus


def test_the_filesets_of_a_source_say_together_what_it_says(corpus_site: CorpusSite) -> None:
    missing, compared, plates = [], 0, 0
    for source in corpus_site.sources:
        with installed_readers().reader_of(source.source).open(source.source, Roots((source.source.parent,))) as opened:
            document = opened.document()
        if document is None or not source.filesets:
            continue
        published = [(fileset / "OME" / "METADATA.ome.xml").read_bytes() for fileset in source.filesets]
        assert [problem for each in published for problem in validate(each)] == []
        missing += [
            (source.shown, path, value)
            for path, value in lost(document, *published)
            if not is_private(path, value, document)
        ]
        compared += 1
        plates += len(published) > 1
    assert missing == []
    assert compared > 90
    assert plates > 0
