"""Which image is in which well, and which row of images.csv speaks of what: plates from files, study.yaml and rows."""

from pathlib import Path

import pytest

from publisher.catalogue.load import StudyFolder, load_study
from publisher.catalogue.plate_draft import SourcePlate
from publisher.catalogue.plates import Plates, StudyPlate
from publisher.catalogue.resolve import resolve
from publisher.catalogue.rows import Rows
from publisher.catalogue.tree import FileRef
from publisher.model.image import Image, Pixels
from publisher.model.plate_contents import WellContents
from publisher.model.screen import Field, Plate, PlateAcquisition, Well
from publisher.paths import site_paths

ONE_PLATE = "title: A\nscreens:\n  - {name: S, plates: [{name: P, images: '*.tif'}]}\n"


class Study:
    """A study of text and empty files, put together with the plates that its files are said to describe."""

    def __init__(self, root: Path, yaml: str, rows: str = "", files: tuple[str, ...] = (), **described: Plate) -> None:
        folder = root / "content/studies/s"
        folder.mkdir(parents=True)
        (folder / "study.yaml").write_text(yaml)
        (folder / "images.csv").write_text(rows)
        for name in files:
            (folder / name).write_text("")
        self.folder: StudyFolder = load_study(folder, site_paths(root, content="content", output="_site"))
        tree = resolve(self.folder)
        found = [
            SourcePlate(id=f"{name}-id", name=plate.name or name, path=f"{name}.tif", plate=plate)
            for name, plate in described.items()
        ]
        self._described = described
        self.plates = Plates(self.folder, tree, found)
        rows_of = Rows(self.folder, tree, self.plates)
        every = [*tree.all_datasets(), *(plate.images for screen in tree.screens for plate in screen.plates)]
        self.entries = [entry for files_of in every for entry in rows_of.entries(files_of, self.images_of)]
        self.records = rows_of.without_pixels()

    def images_of(self, ref: FileRef) -> list[Image]:
        plate = self._described.get(ref.path.removesuffix(".tif"))
        series = sorted(plate.series()) if plate else [0]
        pixels = Pixels(size_x=1, size_y=1, dtype="uint8")
        return [Image(series=number, name="", pixels=pixels, channels=()) for number in series]

    def plate(self, name: str) -> StudyPlate:
        return next(plate for plate in self.plates.study_plates() if plate.contents.name == name)

    def wells(self, name: str) -> dict[str, WellContents]:
        return {well.name: well for well in self.plate(name).contents.wells}

    def pairs(self, numbers: tuple[int, ...]) -> list[tuple[str, str]]:
        return [(pair.key, pair.value) for number in numbers for pair in self.folder.curation.row(number).pairs]

    def codes(self) -> list[str]:
        return [problem.code for problem in self.plates.warnings()]


def described(*wells: Well, name: str = "HT", rows: str = "AB", columns: str = "123", runs: int = 0) -> Plate:
    return Plate(
        name=name,
        rows=tuple(rows),
        columns=tuple(columns),
        wells=wells,
        acquisitions=tuple(PlateAcquisition(id=number) for number in range(1, runs + 1)),
    )


def test_a_plate_of_a_file_needs_no_yaml_and_knows_its_empty_wells(tmp_path: Path) -> None:
    plate = described(Well(row=0, column=0, fields=(Field(series=1), Field(series=0))), Well(row=1, column=2))
    study = Study(tmp_path, "title: A\n", files=("p.tif",), p=plate)
    wells = study.wells("HT")
    assert study.plate("HT").screen is None
    assert [field.entry.ref and field.entry.ref.series for field in wells["A1"].fields] == [1, 0]
    assert (wells["B3"].fields, wells["B3"].taken, list(wells)) == ((), False, ["A1", "B3"])


def test_a_plate_of_study_yaml_is_the_one_its_file_describes_under_the_curators_name(tmp_path: Path) -> None:
    plate = described(Well(row=0, column=0, fields=(Field(series=0),)))
    study = Study(tmp_path, ONE_PLATE, files=("p.tif",), p=plate)
    assert [p.contents.name for p in study.plates.study_plates()] == ["P"]
    assert study.plate("P").fileset == "p-id"
    assert study.plate("P").screen.name == "S"


def test_a_further_plate_in_the_files_of_one_stands_beside_it(tmp_path: Path) -> None:
    one = described(Well(row=0, column=0, fields=(Field(series=0),)), name="1")
    two = described(Well(row=0, column=0, fields=(Field(series=0),)), name="2")
    study = Study(tmp_path, ONE_PLATE, files=("a.tif", "b.tif"), a=one, b=two)
    assert [(p.contents.name, p.contents.id, p.screen.name) for p in study.plates.study_plates()] == [
        ("P", "p", "S"),
        ("2", "b-id", "S"),
    ]


def test_single_images_are_put_into_wells_by_rows(tmp_path: Path) -> None:
    rows = "image,plate,well,field,acquisition,Gene\nb.tif,P,B02,2,1,x\na.tif,P,B2,1,1,y\nc.tif,P,b2,1,2,\n"
    study = Study(tmp_path, ONE_PLATE, rows, ("a.tif", "b.tif", "c.tif"))
    [well] = study.plate("P").contents.wells
    placed = [(field.acquisition, field.number, field.entry.ref and field.entry.ref.path) for field in well.fields]
    assert placed == [(1, 1, "a.tif"), (1, 2, "b.tif"), (2, 1, "c.tif")]
    assert [(pair.key, pair.value) for pair in well.fields[0].entry.pairs] == [("Gene", "y")]
    assert [run.id for run in study.plate("P").contents.acquisitions] == [1, 2]


def test_runs_may_have_names(tmp_path: Path) -> None:
    rows = "image,plate,well,acquisition\na.tif,P,A1,before\nb.tif,P,A1,after\n"
    study = Study(tmp_path, ONE_PLATE, rows, ("a.tif", "b.tif"))
    assert [(run.id, run.name) for run in study.plate("P").contents.acquisitions] == [(1, "before"), (2, "after")]


def test_rows_alone_make_a_plate_in_the_only_screen(tmp_path: Path) -> None:
    study = Study(tmp_path, "title: A\nscreens: [{name: S}]\n", "plate,well,Gene\nNew [1],A1,x\n")
    assert study.plate("New [1]").screen.name == "S"
    assert study.pairs(study.wells("New [1]")["A1"].about) == [("Gene", "x")]
    assert study.records == {}


def test_a_row_is_about_a_well_a_plate_a_field_or_an_image_that_is_not_here(tmp_path: Path) -> None:
    plate = described(Well(row=0, column=0, fields=(Field(series=0), Field(series=1))))
    rows = (
        "image,plate,well,field,id,Key\n"
        ",HT,A1,,,of the well\n"
        ",HT,,,,of the plate\n"
        ",HT,A1,2,special,of the field\n"
        ",HT,A1,3,,of a field that is not here\n"
        "lost.tif,HT,C4,,,of an image that is not here\n"
    )
    study = Study(tmp_path, "title: A\n", rows, ("p.tif",), p=plate)
    wells = study.wells("HT")
    assert study.pairs(wells["A1"].about) == [("Key", "of the well")]
    assert study.pairs(study.plate("HT").contents.about) == [("Key", "of the plate")]
    assert [(field.entry.id == "special", len(field.entry.pairs)) for field in wells["A1"].fields] == [
        (False, 0),
        (True, 1),
    ]
    assert study.pairs(wells["A1"].records) == [("Key", "of a field that is not here")]
    assert study.pairs(wells["C4"].records) == [("Key", "of an image that is not here")]


def test_rows_speak_of_wells_that_a_part_of_a_plate_does_not_have(tmp_path: Path) -> None:
    """A file with row O alone is part of a plate: its O1 is where row O is, and A1 is before it."""
    plate = described(Well(row=0, column=0, fields=(Field(series=0),)), rows="O", columns="1")
    study = Study(tmp_path, "title: A\n", "plate,well,Gene\nHT,A1,x\nHT,O1,y\n", ("p.tif",), p=plate)
    found = [(well.name, well.row, len(well.fields), len(well.about)) for well in study.plate("HT").contents.wells]
    assert found == [("A1", 0, 0, 1), ("O1", 14, 1, 1)]


def test_wells_called_otherwise_are_found_by_their_own_names(tmp_path: Path) -> None:
    plate = Plate(
        name="HT",
        rows=("left", "right"),
        columns=("1", "2"),
        wells=(Well(row=1, column=0, fields=(Field(series=0),)),),
    )
    study = Study(tmp_path, "title: A\n", "plate,well,Gene\nHT,right1,x\nHT,A1,y\n", ("p.tif",), p=plate)
    [well] = study.plate("HT").contents.wells
    assert (well.name, well.address, study.pairs(well.about)) == ("right1", "r2c1", [("Gene", "x")])
    assert study.pairs(study.plate("HT").contents.records) == [("Gene", "y")]
    assert study.codes() == ["images.no-such-well"]


def test_a_declared_size_makes_every_place_a_well(tmp_path: Path) -> None:
    yaml = ONE_PLATE.replace("name: P,", "name: P, rows: 8, columns: 12,")
    study = Study(tmp_path, yaml, "image,plate,well\na.tif,P,B2\n", ("a.tif",))
    contents = study.plate("P").contents
    assert (len(contents.rows), len(contents.columns), contents.is_full) == (8, 12, True)
    assert contents.rows[-1] + contents.columns[-1] == "H12"


def test_images_of_a_plate_whose_well_nobody_names_are_kept_and_told(tmp_path: Path) -> None:
    study = Study(tmp_path, ONE_PLATE, "image,plate,well\na.tif,P,Z\n", ("a.tif", "b.tif"))
    assert [entry.ref and entry.ref.path for entry in study.plate("P").contents.unplaced] == ["a.tif", "b.tif"]
    assert study.codes() == ["images.no-well"]


def test_words_about_plates_in_a_study_without_any_stay_pairs(tmp_path: Path) -> None:
    study = Study(tmp_path, "title: A\n", "image,Plate,Well,Gene\na.tif,3,,x\n", ("a.tif",))
    assert study.plates.study_plates() == []
    assert [(pair.key, pair.value) for pair in study.entries[0].pairs] == [("Plate", "3"), ("Gene", "x")]


def test_a_row_of_an_unknown_plate_stays_a_record(tmp_path: Path) -> None:
    plate = described(Well(row=0, column=0, fields=(Field(series=0),)))
    study = Study(tmp_path, "title: A\n", "plate,well,Gene\nOther,everywhere,x\n", ("p.tif",), p=plate)
    assert sum(map(len, study.records.values())) == 1
    assert study.codes() == ["images.no-such-plate"]


def test_without_a_plate_column_wells_are_those_of_the_only_plate(tmp_path: Path) -> None:
    study = Study(tmp_path, ONE_PLATE, "image,well,Gene\na.tif,A1,x\n,A1,y\n", ("a.tif",))
    [well] = study.plate("P").contents.wells
    assert (len(well.fields), study.pairs(well.about)) == (1, [("Gene", "y")])


@pytest.mark.parametrize("well", ["AAAA1", "A100000", "A0", "1A", "../B2", "B2;"])
def test_a_word_that_is_no_well_places_nothing(tmp_path: Path, well: str) -> None:
    study = Study(tmp_path, ONE_PLATE, f"image,plate,well\na.tif,P,{well}\n", ("a.tif",))
    assert study.plate("P").contents.wells == ()
    assert len(study.plate("P").contents.unplaced) == 1


def test_plates_with_one_address_are_a_fault(tmp_path: Path) -> None:
    study = Study(tmp_path, "title: A\n", "plate,well\nP 1,A1\nP-1,A1\n")
    assert [problem.code for problem in study.plates.problems()] == ["study.repeated-id"]
