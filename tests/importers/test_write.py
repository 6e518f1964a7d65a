"""A draft becomes a study folder, all of it or nothing."""

import csv
from pathlib import Path

import pytest
import yaml

from publisher.errors import ContentError, Problem
from publisher.importers.draft import StudyDraft, TableDraft, Todo
from publisher.importers.write import Staged, publish, stage, staging


def write(draft: StudyDraft, folder: Path) -> Staged:
    with staging(folder) as made:
        study = stage(draft, made, shown="content/studies/a", origin="a test")
        publish(made, folder, study.linked)
    return study


def test_a_draft_reads_back_as_it_was(tmp_path: Path) -> None:
    description = {
        "title": "Mitosis: a study, #1",
        "description": "First line\nsecond line with: colon\n\n- and a list",
        "projects": [{"name": "A/B", "pairs": [["Key", "yes"], ["Key", "1.0"], ["Key", ""]]}],
    }
    write(StudyDraft(description=description), tmp_path / "a")
    text = (tmp_path / "a/study.yaml").read_text()
    assert yaml.safe_load(text) == description
    assert "\ndescription: |-\n  First line\n  second line with: colon\n" in text
    assert "# To do: authors, licence, organisms, imaging_methods." in text
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a"], "nothing is left beside it"


def test_rows_are_taken_one_by_one_and_keep_every_cell(tmp_path: Path) -> None:
    rows = [("a.tif", 'with "quotes", and comma', " padded "), ("b.tif", "two\nlines", "=1+1")]
    table = TableDraft(header=("image", "Note", "Note"), rows=iter(rows))
    study = write(StudyDraft(description={"title": "A"}, images=table), tmp_path / "a")
    with (tmp_path / "a/images.csv").open(newline="") as file:
        assert [tuple(row) for row in csv.reader(file)] == [("image", "Note", "Note"), *rows]
    assert study.rows == 2


def test_the_curator_finds_a_list_of_what_to_look_at(tmp_path: Path) -> None:
    draft = StudyDraft(
        description={"title": "A"},
        todo=(Todo("say who made it", "authors"),),
        lost=(Todo("3 shapes of a kind that OME has no word for"),),
        warnings=(Problem(code="idr.hint", message="holds a hint", path="study.txt", line=4),),
    )
    write(draft, tmp_path / "a")
    assert (tmp_path / "a/TODO.md").read_text().splitlines()[4:] == [
        "## To do",
        "",
        "- [ ] `authors`: say who made it",
        "",
        "## Has no place in the study",
        "",
        "- [ ] 3 shapes of a kind that OME has no word for",
        "",
        "## Faults of the original",
        "",
        "- study.txt:4: holds a hint",
    ]


def test_files_are_written_and_linked_ones_copied(tmp_path: Path) -> None:
    (tmp_path / "cell.tif").write_bytes(b"pixels")
    (tmp_path / "store.zarr/0").mkdir(parents=True)
    (tmp_path / "store.zarr/0/.zarray").write_bytes(b"{}")
    draft = StudyDraft(
        description={"title": "A"},
        files={"attachments/notes.txt": b"hello"},
        linked={"images/cell.tif": tmp_path / "cell.tif", "images/s.zarr": tmp_path / "store.zarr"},
    )
    study = write(draft, tmp_path / "a")
    assert (tmp_path / "a/attachments/notes.txt").read_bytes() == b"hello"
    assert (tmp_path / "a/images/cell.tif").read_bytes() == b"pixels"
    assert (tmp_path / "a/images/s.zarr/0/.zarray").read_bytes() == b"{}"
    assert study.files == 3


@pytest.mark.parametrize("name", ["../outside.txt", "/etc/passwd", "a/../../b", "study.yaml", "TODO.md", "a\\b", ""])
def test_no_name_leads_out_of_the_study_or_over_its_own_files(tmp_path: Path, name: str) -> None:
    with pytest.raises(ContentError) as caught:
        write(StudyDraft(description={"title": "A"}, files={name: b""}), tmp_path / "studies/a")
    assert [problem.code for problem in caught.value.problems] == ["add.bad-path"]
    assert [*tmp_path.rglob("*")] == [tmp_path / "studies"]


def test_what_the_catalogue_refuses_is_not_left_behind(tmp_path: Path) -> None:
    with pytest.raises(ContentError) as caught:
        write(StudyDraft(description={"title": "A", "release_date": "soon"}), tmp_path / "a")
    assert [problem.code for problem in caught.value.problems] == ["study.bad-value"]
    assert not [*tmp_path.iterdir()]


def test_the_same_draft_gives_the_same_bytes(tmp_path: Path) -> None:
    draft = StudyDraft(description={"title": "A", "extra": {"b": "1", "a": "2"}}, files={"x": b"1"})
    for name in ("one", "two"):
        write(draft, tmp_path / name)
    assert (tmp_path / "one/study.yaml").read_bytes() == (tmp_path / "two/study.yaml").read_bytes()
