"""Library and assay tables with their processed data, where a study has no annotation.csv."""

from pathlib import Path

from publisher.importers.idr.processed import joined_tables, links
from publisher.importers.idr.study_text import parse_study_text
from tests.importers.idr_folders import write

LIBRARY = "Plate\tWell\tGene Identifier\tGene Symbol\nP\tA1\tG1 \told\nP\tA2\tG2\told\nP\tA3\t\t\n"
PROCESSED = "Gene Identifier\tGene Symbol\tScore\nG1\tnew\t0.5\nG1\tnew\t0.9\nG3\tnew\t1\n"


def test_rows_with_the_same_identifier_are_joined_and_the_first_counts(tmp_path: Path) -> None:
    write(tmp_path, {"library.txt": LIBRARY, "processed.txt": PROCESSED})
    [table], unjoined = joined_tables(
        [tmp_path / "library.txt"], [tmp_path / "processed.txt"], ["GeneIdentifier"], "screenA"
    )
    assert table.header == ("Plate", "Well", "Gene Identifier", "Gene Symbol", "Score")
    assert [row.cells[3:] for row in table.rows()] == [("old", "0.5"), ("old", ""), ("", "")]
    assert unjoined == []


def test_processed_data_that_belong_to_no_row_are_told_of(tmp_path: Path) -> None:
    write(tmp_path, {"library.txt": LIBRARY, "processed.txt": PROCESSED})
    [table], [todo] = joined_tables([tmp_path / "library.txt"], [tmp_path / "processed.txt"], ["Well"], "screenA")
    assert len(table.header) == 4
    assert todo.message.startswith("processed.txt: its rows belong to no row")


def test_the_study_says_by_which_column() -> None:
    text = parse_study_text("Screen Number\t1\nProcessed Data Column Link To Library File\tWell\t# hint\n", "study.txt")
    assert links(text.blocks[0]) == ("Well",)
