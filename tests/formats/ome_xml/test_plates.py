"""Plates of OME-XML as values: names, order, acquisitions, and every fault that real files have."""

import pytest

from publisher.errors import DamagedSourceError
from publisher.formats.ome_xml.plates import read_plates
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.tree import parse
from publisher.model.screen import Plate, column_name, ome_indices, row_name
from publisher.testing.images import ome_xml, planes, plate_xml


def read(*plates: str, images: int = 4) -> tuple[tuple[Plate, ...], list[str]]:
    document = ome_xml([planes()] * images, ["<MetadataOnly/>"] * images, plates=plates)
    tree = parse(document.encode(), name="a.ome.xml")
    found, problems = read_plates(tree, read_images(tree))
    assert {problem.code for problem in problems} <= {"ome-xml.plate"}
    return found, [problem.message for problem in problems]


def series(plate: Plate) -> dict[str, list[int]]:
    return {plate.well_name(well): [field.series for field in well.fields] for well in plate.wells}


def test_wells_are_sorted_and_empty_ones_are_there() -> None:
    [plate], problems = read(plate_xml({(1, 2): [2, 3], (0, 1): [0], (0, 0): []}))
    assert series(plate) == {"A1": [], "A2": [0], "B3": [2, 3]}
    assert (plate.name, plate.ome_id) == ("HT.01", "Plate:0")
    assert plate.wells[2].ome_id == "Well:0:0"
    assert problems == []


def test_a_plate_has_the_rows_it_says_or_those_its_wells_need() -> None:
    [plate], problems = read(plate_xml({(1, 2): [0]}, attributes='Rows="8" Columns="12"'))
    assert (plate.rows[-1], plate.columns[-1], problems) == ("H", "12", [])
    [plate], problems = read(plate_xml({(1, 2): [0]}))
    assert (plate.rows, plate.columns, problems) == (("A", "B"), ("1", "2", "3"), [])
    [plate], problems = read(plate_xml({(1, 2): [0]}, attributes='Rows="1" Columns="99999999"'))
    assert (plate.rows, len(plate.columns)) == (("A", "B"), 3)
    assert problems == [
        "a plate says Rows 1, its wells need 2",
        "a plate of 99999999 Columns: read as one of 3",
    ]


def test_rows_and_columns_are_named_by_their_convention() -> None:
    [plate], _ = read(
        plate_xml({(1, 27): [0]}, attributes='RowNamingConvention="number" ColumnNamingConvention="letter"')
    )
    assert (plate.rows, plate.columns[-2:]) == (("1", "2"), ("AA", "AB"))
    assert plate.well_name(plate.wells[0]) == "2AB"


@pytest.mark.parametrize(("index", "name"), [(0, "A"), (25, "Z"), (26, "AA"), (47, "AV"), (701, "ZZ"), (702, "AAA")])
def test_letters_go_on_after_z(index: int, name: str) -> None:
    assert row_name(index) == name
    assert column_name(index) == str(index + 1)


@pytest.mark.parametrize(
    ("names", "numbers"),
    [
        (("A", "B"), (0, 1)),
        (("O",), (14,)),
        (("B", "AA"), (1, 26)),
        (("03", "12"), (2, 11)),
        (("1", "01"), (0, 1)),
        (("0", "1"), (0, 1)),
        (("a", "B"), (0, 1)),
        (("row1", "A"), (0, 1)),
        (("ZZZ", "99999"), (0, 1)),
        (("99999",), (0,)),
    ],
)
def test_ome_counts_rows_and_columns_by_their_names_where_these_follow_its_convention(
    names: tuple[str, ...], numbers: tuple[int, ...]
) -> None:
    assert ome_indices(names) == numbers


def test_fields_are_sorted_by_acquisition_then_index_and_those_in_none_come_last() -> None:
    [plate], problems = read(plate_xml({(0, 0): [0, 1, 2, 3]}, acquisitions=[[3], [1, 0]]))
    assert [(field.series, field.acquisition) for field in plate.wells[0].fields] == [
        (3, 1),
        (0, 2),
        (1, 2),
        (2, None),
    ]
    assert [(run.id, run.name) for run in plate.acquisitions] == [(1, "run 1"), (2, "run 2")]
    assert problems == []


def test_index_decides_on_the_order_in_a_well_and_samples_without_one_come_last() -> None:
    xml = plate_xml({(0, 0): [0, 1, 2]}).replace('Index="0"', 'Index="7"').replace(' Index="1"', "")
    [plate], _ = read(xml)
    assert series(plate) == {"A1": [2, 0, 1]}


def test_positions_are_in_micrometers_where_their_unit_is_a_length() -> None:
    xml = plate_xml({(0, 0): [0, 1]})
    xml = xml.replace('Index="0"', 'Index="0" PositionX="2" PositionXUnit="mm" PositionY="nan" PositionYUnit="mm"')
    xml = xml.replace('Index="1"', 'Index="1" PositionX="2" PositionY="3" PositionYUnit="reference frame"')
    [plate], _ = read(xml)
    assert [field.position_um for field in plate.wells[0].fields] == [(2000.0, None), (None, None)]


def test_faults_cost_a_warning_each_and_no_image() -> None:
    xml = plate_xml({(0, 0): [0, "Image:77"], (0, 1): [0, 1]}).replace('Row="0" Column="1"', 'Row="0" Column="0"')
    [plate], problems = read(xml)
    assert series(plate) == {"A1": [0, 1]}
    assert problems == [
        "a well is described twice: read as one",
        "a well refers to an image that is not there",
        "an image is in two wells: it is shown in the first",
    ]


@pytest.mark.parametrize("row", ["-1", "x", "", "10000", "9" * 40])
def test_a_well_that_is_nowhere_is_left_out(row: str) -> None:
    [plate], problems = read(plate_xml({(5, 0): [0], (0, 0): [1]}).replace('Row="5"', f'Row="{row}"'))
    assert series(plate) == {"A1": [1]}
    assert problems == ["a well has no usable Row and Column: its images are published without it"]


def test_an_image_is_on_one_of_several_plates_only() -> None:
    plates, problems = read(plate_xml({(0, 0): [0]}), plate_xml({(0, 0): [0], (0, 1): [1]}, number=1))
    assert [series(plate) for plate in plates] == [{"A1": [0]}, {"A1": [], "A2": [1]}]
    assert problems == ["an image is in two wells: it is shown in the first"]


def test_more_rows_and_columns_than_anybody_has_are_refused() -> None:
    plates = [plate_xml({}, number=number, attributes='Rows="10000" Columns="10000"') for number in range(26)]
    with pytest.raises(DamagedSourceError, match="plates of more than 500,000 rows and columns"):
        read(*plates)


def test_an_image_without_an_id_is_no_answer_to_a_reference_without_one() -> None:
    [plate], problems = read(plate_xml({(0, 0): [0]}).replace(' ID="Image:0"', ""))
    assert series(plate) == {"A1": []}
    assert problems == ["a well refers to an image that is not there"]


def test_fields_are_named_in_the_words_of_omero() -> None:
    [plate], _ = read(plate_xml({(0, 0): [0], (1, 2): [2, 3]}))
    assert dict(plate.field_names()) == {
        0: "HT.01 [Well A1, Field 1]",
        2: "HT.01 [Well B3, Field 1]",
        3: "HT.01 [Well B3, Field 2]",
    }
    [plate], _ = read(plate_xml({(1, 2): [2]}, attributes='RowNamingConvention="number"'))
    assert dict(plate.field_names()) == {2: "[Well 2-3, Field 1]"}
