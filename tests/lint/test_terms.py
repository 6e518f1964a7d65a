"""Words and accessions that do not go together."""

import pytest

from publisher.lint.known_terms import KnownTerms, accession
from tests.lint.conftest import Judge


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("NCBITaxon:9606", "NCBITaxon:9606"),
        ("FBbi_00000251", "FBbi:00000251"),
        ("fbbi:00000251", "FBbi:00000251"),
        ("http://purl.obolibrary.org/obo/CMPO_0000425", "CMPO:0000425"),
        ("http://www.ebi.ac.uk/efo/EFO_0001185/", "EFO:0001185"),
        ("9606", None),
        ("", None),
        ("javascript:alert(1)", "javascript:alert(1)"),
        ("https://example.org/page", None),
    ],
)
def test_an_accession_is_read_however_it_is_written(text: str, read: str | None) -> None:
    found = accession(text)
    assert (str(found) if found else None) == read


def test_every_known_term_is_well_formed_and_no_word_has_two() -> None:
    known = KnownTerms()
    words: dict[str, str] = {}
    for name, labels in known._words.items():
        found = accession(name)
        assert found is not None
        assert found.is_known
        assert found.is_well_formed, name
        for word in labels:
            assert words.setdefault(word.casefold(), name) == name, word
            assert known.accession_of(word) == name
            assert known.means(found, word)
    assert len(known._words) > 80


def test_a_word_that_belongs_to_another_accession_is_an_error_that_names_it(judge: Judge) -> None:
    found = judge("organisms:\n  - {name: Mouse, accession: NCBITaxon:9606}")["lint.term-mismatch"]
    assert found.severity == "error"
    assert found.message == "NCBITaxon:9606 is 'Homo sapiens', not 'Mouse'"
    assert found.hint == "'Mouse' is NCBITaxon:10090"
    assert (found.path, found.line) == ("content/studies/s/study.yaml", 3)


def test_a_word_that_is_not_known_beside_a_known_accession_is_a_warning(judge: Judge) -> None:
    found = judge("imaging_methods: [{name: my own scope, accession: FBbi_00000251}]")["lint.term-mismatch"]
    assert found.severity == "warning"


@pytest.mark.parametrize("word", ["Homo sapiens", "homo sapiens", "Homo_sapiens", "human", "Human"])
def test_a_term_by_any_of_its_words_is_no_fault(judge: Judge, word: str) -> None:
    assert judge(f"organisms: [{{name: {word}, accession: NCBITaxon:9606}}]") == {}


def test_a_word_without_an_accession_is_told_with_the_accession_where_it_is_known(judge: Judge) -> None:
    found = judge("organisms: [Danio rerio]\n")["lint.term-without-accession"]
    assert found.hint == "add `accession: NCBITaxon:7955`"
    assert "ols4" in judge("organisms: [Some beast]\n")["lint.term-without-accession"].hint


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("NCBITaxon:homo", "lint.bad-accession"),
        ("FBbi:251", "lint.bad-accession"),
        ("GO:00001", "lint.bad-accession"),
        ("9606", "lint.bad-accession"),
        ("Wrong:0001", "lint.unknown-prefix"),
    ],
)
def test_an_accession_of_a_wrong_form_is_told(judge: Judge, text: str, code: str) -> None:
    assert set(judge(f'phenotypes: [{{name: P, terms: [{{name: A, accession: "{text}"}}]}}]')) == {code}


ROWS = (
    "image,Characteristics [Organism],Term Source 1 REF,Term Source 1 Accession,Phenotype 1,Phenotype 1 Term Name,"
    "Phenotype 1 Term Accession\n"
)


def test_columns_of_idr_are_terms_too(judge: Judge) -> None:
    rows = (
        ROWS + "a,Homo sapiens,NCBITaxon,NCBITaxon_9606,round,protein localized in centrosome phenotype,CMPO_0000425\n"
    )
    assert judge(rows=rows) == {}
    rows += "b,Mus musculus,NCBITaxon,NCBITaxon_9606,,,\n"
    found = judge(rows=rows)["lint.term-mismatch"]
    assert (found.path, found.line) == ("content/studies/s/images.csv", 3)
    assert found.message == "NCBITaxon:9606 is 'Homo sapiens', not 'Mus musculus'"


def test_one_accession_with_two_words_is_told_where_the_term_is_not_known(judge: Judge) -> None:
    rows = ROWS + "a,,,,p,one phenotype,CMPO_0000999\nb,,,,q,another phenotype,CMPO_0000999\n"
    assert judge(rows=rows)["lint.two-words"].message == (
        "CMPO:0000999 stands for different words: 'one phenotype' and 'another phenotype'"
    )


def test_an_accession_of_a_sequence_is_no_term(judge: Judge) -> None:
    assert "lint.unknown-prefix" not in judge(rows="image,RefSeq Accession\na,NM_000035\n")
