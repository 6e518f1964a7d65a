"""bulkmap-config.yml says which columns are shown how."""

from pathlib import Path

import pytest

from publisher.errors import ContentError
from publisher.importers.idr.recipe import Recipe, read_recipe, shown_columns, unmatched
from tests.importers.idr_folders import RECIPE

GENE, LEFT = "openmicroscopy.org/mapr/gene", "openmicroscopy.org/omero/bulk_annotations"
HEADER = ("", "", "Secret", "Comment [Gene Identifier]", "Synonyms", "Channels", "Mean Diameter", "Name")


def recipe(tmp_path: Path, text: str = RECIPE) -> Recipe:
    (tmp_path / "bulkmap-config.yml").write_text(text)
    return read_recipe(tmp_path / "bulkmap-config.yml", "bulkmap-config.yml")


def test_columns_stand_in_the_order_of_the_recipe_then_the_others(tmp_path: Path) -> None:
    columns = shown_columns(HEADER, recipe(tmp_path), {4: 2})
    assert [column.header for column in columns] == [
        "Channels",
        f"Gene Identifier [{GENE}]",
        f"Gene Identifier URL [{GENE}]",
        f"Synonyms [{GENE}]",
        f"Synonyms [{GENE}]",
        f"Secret [{LEFT}]",
        f"Mean Diameter [{LEFT}]",
        f"Name [{LEFT}]",
    ]


def test_the_source_of_a_term_stays_behind_its_word(tmp_path: Path) -> None:
    header = ("Note", "Term Source 1 REF", "Comment [Gene Identifier]", "Term Source REF", "Term Source Accession")
    columns = shown_columns(header, recipe(tmp_path), {})
    assert [column.header for column in columns] == [
        f"Gene Identifier [{GENE}]",
        f"Gene Identifier URL [{GENE}]",
        f"Term Source REF [{GENE}]",
        f"Term Source Accession [{GENE}]",
        f"Note [{LEFT}]",
        f"Term Source 1 REF [{LEFT}]",
    ]


def test_a_template_puts_the_value_in_escaped(tmp_path: Path) -> None:
    link = recipe(tmp_path).columns[2]
    assert link.values('E<3>&"x\\1') == ["http://www.ensembl.org/id/E%3C3%3E%26%22x%5C1"]


def test_a_template_that_does_more_is_not_obeyed(tmp_path: Path) -> None:
    text = "columns:\n  - {name: A, include: yes, clientvalue: \"{{ ''.__class__ }}{{ value }}\"}\n"
    found = recipe(tmp_path, text)
    assert found.columns[0].values("x") == ["x"]
    assert [problem.code for problem in found.warnings] == ["idr.template"]


def test_several_values_in_a_cell_are_parted(tmp_path: Path) -> None:
    synonyms = recipe(tmp_path).columns[3]
    assert synonyms.values("a; b ;;c") == ["a", "b", "c"]


def test_a_column_that_the_table_does_not_have_is_told_of(tmp_path: Path) -> None:
    assert unmatched(("Channels", "Synonyms"), recipe(tmp_path)) == [
        "Comment [Gene Identifier]",
        "Comment[Gene Identifier]",
    ]


def test_without_a_recipe_columns_stay_and_words_with_a_meaning_are_told_apart() -> None:
    columns = shown_columns(("Gene Symbol", "Description"), Recipe(), {})
    assert [column.header for column in columns] == ["Gene Symbol", f"Description [{LEFT}]"]


@pytest.mark.parametrize("text", ["columns: [just, words]\n", "columns:\n  - {group: [a]}\n", "a: &a [*a]\n", "- b\n"])
def test_a_recipe_that_is_none_is_refused_with_its_name(tmp_path: Path, text: str) -> None:
    with pytest.raises(ContentError) as caught:
        recipe(tmp_path, text)
    assert all(problem.path == "bulkmap-config.yml" for problem in caught.value.problems)
