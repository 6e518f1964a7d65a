"""What a study says of what it should say."""

from collections.abc import Callable

from publisher.lint.completeness import completeness
from publisher.lint.report import report
from publisher.lint.subject import DatasetWords, Subject
from tests.lint.conftest import linted

WHOLE = """\
description: D
keywords: [k]
authors: [{name: A B, orcid: 0000-0002-1825-0097, affiliation: I}]
organisms: [{name: Homo sapiens, accession: NCBITaxon:9606}]
imaging_methods: [{name: confocal microscopy, accession: FBbi:00000251}]
biosample: HeLa cells
specimen: fixed
acquisition: {instrument: scope, parameters: 63x}
analysis: by hand
doi: 10.1234/abc
publications: [{title: P}]
funding: [{funder: F}]
release_date: 2026-01-01
"""


def test_a_study_that_says_all_lacks_nothing(subject: Callable[..., Subject]) -> None:
    found = report(subject(WHOLE, rows="image\na\n", images=[linted()]))
    assert found.next_steps() == ()
    assert found.given("required") == (15, 15)
    assert found.given("recommended") == (8, 8)


def test_each_line_that_is_taken_away_is_missed(subject: Callable[..., Subject]) -> None:
    lines = WHOLE.splitlines()
    for number, line in enumerate(lines):
        rest = "\n".join(lines[:number] + lines[number + 1 :])
        missing = [item.key for item in completeness(subject(rest)) if not item.given]
        assert missing, line
        assert all(key.startswith(line.partition(":")[0]) for key in missing), line


def test_what_does_not_apply_is_not_asked(subject: Callable[..., Subject]) -> None:
    asked = {item.field for item in completeness(subject())}
    assert not asked & {"Pixel size", "Channel information", "Description of each dataset", "Phenotypes as terms"}
    datasets = tuple(DatasetWords(id=name, name=name, described=name == "a") for name in "ab")
    told = {item.field: item.given for item in completeness(subject(images=[linted()], datasets=datasets))}
    assert told["Pixel size"]
    assert not told["Description of each dataset"]


def test_what_is_required_comes_before_what_is_recommended(subject: Callable[..., Subject]) -> None:
    levels = [item.level for item in report(subject(licence=None)).next_steps()]
    assert levels == sorted(levels, key=["required", "recommended"].index)
    assert "recommended" in levels
