"""Pairs of a curator as annotations."""

from publisher.catalogue.curation import key_and_namespace
from publisher.model.annotation import Pair, maps_of

GENE, PHENOTYPE = "openmicroscopy.org/mapr/gene", "openmicroscopy.org/mapr/phenotype"


def groups(*pairs: Pair) -> list[tuple[str, list[str]]]:
    return [(each.namespace, [pair.value for pair in each.pairs]) for each in maps_of(pairs)]


def test_pairs_that_follow_each_other_in_one_namespace_are_one_annotation() -> None:
    pairs = Pair("Channels", "2"), Pair("Gene Symbol", "CEP120", GENE), Pair("Synonym", "CCDC100", GENE)
    assert groups(*pairs, Pair("Note", "x")) == [("", ["2"]), (GENE, ["CEP120", "CCDC100"]), ("", ["x"])]


def test_a_second_phenotype_is_a_second_annotation() -> None:
    pairs = [Pair(key, value, PHENOTYPE) for value in "ab" for key in ("Phenotype", "Phenotype Term Name")]
    assert groups(*pairs) == [(PHENOTYPE, ["a", "a"]), (PHENOTYPE, ["b", "b"])]


def test_a_key_with_several_values_stays_one_annotation() -> None:
    pairs = [Pair("Gene Symbol", "A", GENE), Pair("Gene Symbol", "B", GENE), Pair("Synonym", "C", GENE)]
    assert groups(*pairs) == [(GENE, ["A", "B", "C"])]


def test_a_header_ends_in_a_namespace_where_its_brackets_begin_like_an_address() -> None:
    assert key_and_namespace(f"Gene Symbol [{GENE}]") == ("Gene Symbol", GENE)
    assert key_and_namespace("Dose [https://example.org/dose]") == ("Dose", "https://example.org/dose")
    for header in ("Characteristics [Organism]", "Comment [w/o drug]", "Size [x.y]", "[a.org/b]"):
        assert key_and_namespace(header) == (header, "")
