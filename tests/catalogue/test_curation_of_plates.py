"""Columns of images.csv that say where on a plate a row belongs."""

from pathlib import Path

import pytest

from publisher.catalogue.curation import Curation
from publisher.catalogue.curation_file import read_curation
from publisher.errors import ContentError
from publisher.model.annotation import Pair
from publisher.model.screen import WellPlace


def table(folder: Path, text: str) -> Curation:
    (folder / "images.csv").write_text(text)
    return read_curation(folder, "study")


def test_columns_of_a_place_are_no_keys(tmp_path: Path) -> None:
    row = table(tmp_path, "image,Plate,Well,Field,Acquisition,Gene\na.tif,P 1,B03,2,1,CDC20\n").row(0)
    assert row.place == WellPlace("P 1", "B03", "2", "1")
    assert row.pairs == (Pair("Gene", "CDC20"),)


def test_of_something_on_no_plate_they_are_keys_in_their_place(tmp_path: Path) -> None:
    row = table(tmp_path, "image,Gene,Field,Well\na.tif,CDC20,green,\n").row(0)
    assert row.place is None
    assert row.unplaced_pairs == (Pair("Gene", "CDC20"), Pair("Field", "green"))


def test_rows_are_found_by_the_plate_they_name(tmp_path: Path) -> None:
    rows = table(tmp_path, "plate,well,Gene\nA,A1,x\nB,A1,y\nA,A2,z\n,A3,w\n,,v\n")
    assert rows.of_plates() == {"A": [0, 2], "B": [1], "": [3]}


@pytest.mark.parametrize("field", ["0", "1.5", "two", "-1"])
def test_a_field_that_is_no_number_is_a_fault_with_its_line(tmp_path: Path, field: str) -> None:
    with pytest.raises(ContentError) as caught:
        table(tmp_path, f"plate,well,field\nA,A1,1\nA,A1,{field}\n")
    assert [(p.code, p.line) for p in caught.value.problems] == [("images.bad-field", 3)]


def test_a_field_on_no_plate_may_be_any_word(tmp_path: Path) -> None:
    assert table(tmp_path, "image,field\na.tif,neuroscience\n").row(0).unplaced_pairs == (
        Pair("field", "neuroscience"),
    )
