"""What a study.txt says, in the keys of study.yaml."""

from typing import Any

import pytest

from publisher.importers.idr.blocks import block_words
from publisher.importers.idr.study import study_words
from publisher.importers.idr.study_text import StudyText, parse_study_text
from publisher.importers.idr.words import accession, as_markdown, bare_doi, spdx, url
from publisher.render.prose import to_html
from tests.importers.idr_folders import STUDY


@pytest.fixture
def text() -> StudyText:
    return parse_study_text(STUDY, "idr9999-study.txt")


def test_parts_of_a_study_begin_with_their_number(text: StudyText) -> None:
    assert [(block.kind, block.name) for block in text.blocks] == [
        ("Experiment", "idr9999-lawo-centrosomes/experimentA"),
        ("Screen", "idr9999-lawo-centrosomes/screenB"),
    ]
    assert text.blocks[1].value("Screen Type") == "primary screen"


def test_cells_that_are_empty_to_the_end_are_none_and_hints_are_passed_over(text: StudyText) -> None:
    assert text.study.values("Comment [IDR Study Accession]") == ("idr9999",)
    assert text.study.values("Study PMC ID") == ()
    assert [(problem.code, problem.line) for problem in text.warnings] == [("idr.hints", 16)]


def test_a_line_that_is_no_key_is_told_of() -> None:
    found = parse_study_text('Processed Data Column Name\ta\n"gene, phenotype, image"""\n', "study.txt")
    assert [(problem.code, problem.line) for problem in found.warnings] == [("idr.no-key", 2)]


def test_known_words_land_in_their_keys(text: StudyText) -> None:
    keys: dict[str, Any] = study_words(text, "folder").keys
    assert keys["title"] == "Centrosomes in two states"
    assert keys["licence"] == "CC-BY-4.0"
    assert keys["keywords"] == ["centrosome", "mitosis"]
    assert keys["organisms"] == [
        {"name": "Homo sapiens", "accession": "NCBITaxon_9606"},
        {"name": "Mus musculus", "accession": "NCBITaxon_10090"},
    ]
    assert keys["publications"] == [
        {
            "title": "Subdiffraction imaging",
            "authors": "Lawo S, Hasegan M, Lévy R",
            "doi": "10.1038/ncb2591",
            "pubmed": "23086237",
        }
    ]
    assert keys["links"] == [{"title": "https://www.example.org", "url": "https://www.example.org"}]
    assert keys["extra"] == {"Data Publisher": "University of Dundee"}
    assert str(keys["release_date"]) == "2016-05-26"


def test_authors_are_those_of_the_paper_with_what_is_known_of_the_people(text: StudyText) -> None:
    authors: Any = study_words(text, "folder").keys["authors"]
    assert [author["name"] for author in authors] == ["S Lawo", "M Hasegan", "Raphael Levy", "Ada Other"]
    assert authors[2] == {
        "name": "Raphael Levy",
        "family": "Levy",
        "email": "r.levy@example.org",
        "affiliation": "Liverpool",
        "roles": ["submitter", "principal investigator"],
    }
    assert authors[3]["orcid"] == "0000-0002-9295-237X"


@pytest.mark.parametrize(
    ("printed", "names"),
    [
        ("Elena Ledesma-Fernandez, Ana Li and Peter H Thorpe", ["Elena Ledesma-Fernandez", "Ana Li", "P Thorpe"]),
        ("Barr AR; Thorpe PH.", ["AR Barr", "P Thorpe"]),
    ],
)
def test_authors_may_be_printed_in_full(printed: str, names: list[str]) -> None:
    said = f"Study Author List\t{printed}\nStudy Person Last Name\tThorpe\nStudy Person First Name\tP\n"
    authors: Any = study_words(parse_study_text(said, "study.txt"), "folder").keys["authors"]
    assert [author["name"] for author in authors] == names


def test_what_cannot_be_understood_is_kept_as_it_was_given() -> None:
    said = "Study Title\tA\nStudy DOI\tsoon\nStudy Public Release Date\tin May\nStudy PubMed ID\t12a\nStudy Odd\tx\ty\n"
    words = study_words(parse_study_text(said, "study.txt"), "folder")
    assert words.keys["extra"] == {
        "Publication DOI (as given)": "soon",
        "PubMed ID (as given)": "12a",
        "Release Date (as given)": "in May",
        "Odd": "x; y",
    }
    assert [todo.about for todo in words.todo] == list(words.keys["extra"])[:3]


def test_a_study_without_title_is_called_as_its_folder() -> None:
    words = study_words(parse_study_text("Study Title\t# fill in\nStudy Screens Number\t2\n", "study.txt"), "idr0000-x")
    assert words.keys == {"title": "idr0000-x"}
    assert [todo.message for todo in words.todo] == [
        "no title is given; the name of the folder stands for it",
        "says it has 2 screens, and describes 0",
    ]


def test_short_facts_of_an_experiment_are_pairs_and_its_terms_the_study_s(text: StudyText) -> None:
    words = block_words(text.blocks[0], 1, {"organisms": [{"name": "Homo sapiens"}]})
    assert (words.id, words.name) == ("experimentA", "idr9999-lawo-centrosomes/experimentA")
    assert words.keys["pairs"] == [
        ["Sample Type", "cell"],
        ["Organism", "Homo sapiens"],
        ["Imaging Method", "SIM"],
        ["Data DOI", "https://doi.org/10.17867/10000110a"],
    ]
    assert words.imaging_methods == ({"name": "SIM", "accession": "FBbi_00000332"},)
    assert words.phenotypes == (
        {
            "name": "mitotic",
            "description": "In mitosis. Score type: manual.",
            "terms": [{"name": "mitosis", "accession": "CMPO_0000425"}],
        },
        {
            "name": "round",
            "description": "Score type: automatic.",
            "terms": [{"name": "round cell", "accession": "CMPO_0000118"}],
        },
    )
    assert [protocol["name"] for protocol in words.protocols] == ["growth protocol", "Notes on experimentA"]
    assert words.protocols[1]["description"] == "- **Library Type**: siRNA library"


def test_facts_of_a_screen_carry_idr_s_labels(text: StudyText) -> None:
    pairs = block_words(text.blocks[1], 2, {}).keys["pairs"]
    assert pairs == [["Screen Type", "primary screen"], ["Screen Technology Type", "RNAi screen"]]


@pytest.mark.parametrize(
    "given", ["10.1038/a-1", "doi:10.1038/a-1.", "https://dx.doi.org/10.1038/a-1", "DOI 10.1038/a-1"]
)
def test_a_doi_is_found_in_every_spelling(given: str) -> None:
    assert bare_doi(given) == "10.1038/a-1"


def test_licences_addresses_and_terms_are_written_as_study_yaml_takes_them() -> None:
    licences = ("CC BY 4.0", "CC BY-NC-SA 3.0", "CC0 1.0", "cc-by-4.0", "Own terms")
    assert [spdx(given) for given in licences] == ["CC-BY-4.0", "CC-BY-NC-SA-3.0", "CC0-1.0", "CC-BY-4.0", "Own terms"]
    given = ("www.sysgro.org", "http://a.org/x?y=1", "javascript:alert(1)", "see the paper", "a.org/b")
    assert [url(each) for each in given] == ["https://www.sysgro.org", "http://a.org/x?y=1", "", "", "https://a.org/b"]
    assert [accession("Fbbi", "00000251"), accession("EFO", "GO:0008104"), accession("", "x")] == [
        "FBbi_00000251",
        "GO:0008104",
        "x",
    ]


@pytest.mark.parametrize(
    "plain",
    ["a *b* _c_ `d` [e](f) 3 < 5 <b>x</b> &amp; 5", "# not a heading", "- no list", "1. no list", "+/_ 1.5 at _20 _ C"],
)
def test_plain_text_is_shown_as_it_is(plain: str) -> None:
    html = to_html(as_markdown(plain))
    text = html.removeprefix("<p>").removesuffix("</p>")
    assert text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&") == plain
