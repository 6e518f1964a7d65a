"""Plates of Yokogawa's CellVoyager, made here."""

from pathlib import Path

import pytest

from publisher.formats.ome_xml.tree import validate
from publisher.model.screen import Plate
from publisher.sources.foreign.yokogawa import YokogawaReader
from publisher.sources.protocol import ImageSource, Reader, Roots
from publisher.testing.images import planes
from publisher.testing.reader_tests import ReaderTests, Sample
from tests.sources.foreign.yokogawa_files import write_plate
from tests.sources.hostile_reading import limited_worker, refusal_of, survive_mutations

PIXELS = [planes(t=2, c=2, z=3, y=9, x=7, dtype="uint16") + number for number in range(3)]
WELLS = {(1, 3): PIXELS[:2], (2, 1): PIXELS[2:]}


class TestYokogawa(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return YokogawaReader()

    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        return Sample(write_plate(tmp_path / "study", WELLS, errors=1), PIXELS)


def _open(path: Path) -> ImageSource:
    return YokogawaReader().open(path, Roots((path.parent,)))


def _wells(plate: Plate) -> list[tuple[int, int, list[int]]]:
    return [(well.row, well.column, [field.series for field in well.fields]) for well in plate.wells]


def test_wells_fields_and_channels_are_told(tmp_path: Path) -> None:
    with _open(write_plate(tmp_path / "plate", WELLS)) as source:
        (plate,), image = source.plates(), source.images()[0]
        document = source.document() or b""
    assert (plate.name, plate.rows, plate.columns) == ("plate 7", ("A", "B"), ("1", "2", "3"))
    assert _wells(plate) == [(0, 2, [0, 1]), (1, 0, [2])]
    assert plate.wells[0].fields[1].position_um == (201.0, -2.0)
    assert plate.acquisitions[0].start == "2024-01-02T03:04:05"
    assert image.name == "A03 field 1"
    assert image.pixels.pixel_size_um == pytest.approx((2.5, 0.65, 0.65))
    first, second = image.channels
    assert (first.name, first.color, first.excitation_nm, first.emission_nm) == ("BP445/45", "002FFF", 405.0, 445.0)
    assert second.name == "channel 2"
    assert validate(document) == ()
    assert b"somebody" not in document


def test_a_field_that_is_not_whole_is_left_out_and_named(tmp_path: Path) -> None:
    path = write_plate(tmp_path / "plate", WELLS, skip=("p_A03_T0002F001L01A01Z02C01.tif",))
    with _open(path) as source:
        (problem,) = source.warnings()
        assert _wells(source.plates()[0]) == [(0, 2, [0]), (1, 0, [1])]
    assert problem.code == "source.image-left-out"
    assert "well A03, field 1" in problem.message


def test_a_picture_outside_the_plate_is_not_opened(tmp_path: Path) -> None:
    path = write_plate(tmp_path / "study" / "plate", WELLS)
    listed = path.with_name("MeasurementData.mlf")
    listed.write_text(listed.read_text().replace("p_", "../../p_"))
    assert "outside the study" in str(refusal_of(path, tmp_path / "study"))


@pytest.mark.parametrize("name", ["plate.wpi", "MeasurementData.mlf"])
def test_xml_changed_at_random_gives_a_plate_or_a_source_error(tmp_path: Path, name: str) -> None:
    path = write_plate(tmp_path / "plate", {(1, 1): PIXELS[:1]})
    if name == "plate.wpi":
        with limited_worker() as worker:
            worker.call(survive_mutations, path, range(40))
        return
    listed = path.with_name(name)
    text = listed.read_bytes()
    for place in range(100, len(text), len(text) // 25):
        listed.write_bytes(text[:place] + b"9\xff<"[place % 3 : place % 3 + 1] + text[place + 1 :])
        try:
            with _open(path) as source:
                assert source.images()
        except Exception as error:
            assert type(error).__module__ == "publisher.errors"  # noqa: PT017  # which kind it is does not matter


@pytest.mark.corpus
def test_wells_and_positions_are_those_of_bio_formats(corpus: Path) -> None:
    import re

    path = next((corpus / "hcs/cv8000").rglob("*.wpi"))
    document = (corpus / "oracle/bioformats-omexml" / f"{path.relative_to(corpus)}.ome.xml").read_text()
    expected = []
    for well in re.findall(r'<Well Column="(\d+)" ID="[^"]*" Row="(\d+)">(.*?)</Well>', document, re.DOTALL):
        samples = re.findall(
            r'PositionX="([^"]*)".*?PositionY="([^"]*)".*?ImageRef ID="Image:(\d+)"', well[2], re.DOTALL
        )
        expected.append((int(well[1]), int(well[0]), [(int(number), float(x), float(y)) for x, y, number in samples]))
    with _open(path) as source:
        (plate,) = source.plates()
    found = [
        (well.row, well.column, [(field.series, *field.position_um) for field in well.fields]) for well in plate.wells
    ]
    assert found == expected
    assert (len(plate.rows), len(plate.columns)) == (8, 12)
