"""A curator's spreadsheet becomes a study: one row an image, joined to the files that it names."""

import csv
import io
import zipfile
from datetime import date, datetime
from pathlib import Path

import pytest
from openpyxl import Workbook

from publisher.catalogue.schema import StudyDescription
from publisher.errors import ContentError
from publisher.importers import excel
from publisher.importers.cell_text import cell_text
from publisher.importers.registry import importer_of
from publisher.importers.sheet import read_text_table
from publisher.importers.spreadsheet.importer import SpreadsheetImporter
from publisher.importers.study_text import write_table
from publisher.testing.images import planes, write_ome_tiff


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two images, one of them deeper down."""
    (tmp_path / "data" / "treated").mkdir(parents=True)
    write_ome_tiff(tmp_path / "data" / "a.ome.tiff", planes())
    write_ome_tiff(tmp_path / "data" / "treated" / "b.ome.tiff", planes())
    return tmp_path / "data"


def read(path: Path, *places: Path):
    draft = SpreadsheetImporter(places=places).read(path, "s", path.parent.parent / "site/content/studies/s")
    StudyDescription.model_validate(draft.description)
    return draft


def rows(draft, tmp_path: Path) -> list[list[tuple[str, str]]]:
    """Rows as pairs of header and cell, without ids and empty cells."""
    write_table(draft.images, tmp_path / "rows.csv")
    header, *found = csv.reader(io.StringIO((tmp_path / "rows.csv").read_text()))
    return [[(key, cell) for key, cell in zip(header, row, strict=True) if cell and key != "id"] for row in found]


def book(path: Path, **sheets: list[list[object]]) -> Workbook:
    made = Workbook()
    made.remove(made.active)
    for name, lines in sheets.items():
        sheet = made.create_sheet(name.replace("_", " "))
        for line in lines:
            sheet.append(line)
    made.save(path)
    return made


@pytest.mark.parametrize(
    "heading", ["File name", "filename", "FileName (*)", "Path", "Image", "image_file", "Image Name"]
)
def test_the_column_of_files_has_many_names(folder, tmp_path, heading):
    (folder / "t.csv").write_text(f"{heading},Gene\na.ome.tiff,CDC20\ntreated/b.ome.tiff,PLK1\n")
    draft = read(folder / "t.csv")
    assert draft.description == {
        "title": "t",
        "sources": ["../../../../data"],
        "images": ["a.ome.tiff", "treated/b.ome.tiff"],
    }
    assert rows(draft, tmp_path) == [
        [("image", "a.ome.tiff"), ("Gene", "CDC20")],
        [("image", "treated/b.ome.tiff"), ("Gene", "PLK1")],
    ]
    assert draft.facts == ("2 of 2 rows name files that were found",)


def test_files_are_found_by_name_stem_or_the_end_of_a_foreign_path(folder, tmp_path):
    (folder / "t.tsv").write_text("filename\tn\nB.OME.TIFF\t1\na\t2\nD:\\scope\\treated\\b.ome.tiff\t3\nz.tif\t4\n")
    draft = read(folder / "t.tsv")
    assert [dict(row).get("image") for row in rows(draft, tmp_path)] == [
        "treated/b.ome.tiff",
        "a.ome.tiff",
        "treated/b.ome.tiff",
        None,
    ]
    assert [todo.message for todo in draft.todo] == [
        "files of 1 row not found, which are listed without pixels: z.tif; --images says where they lie"
    ]


def test_a_name_that_fits_two_files_is_left_to_the_curator(folder, tmp_path):
    (folder / "other").mkdir()
    write_ome_tiff(folder / "other" / "b.ome.tiff", planes())
    (folder / "t.csv").write_text("file,x\nb.ome.tiff,1\ntreated/b.ome.tiff,2\n")
    draft = read(folder / "t.csv")
    assert [dict(row).get("image") for row in rows(draft, tmp_path)] == [None, "treated/b.ome.tiff"]
    assert [todo.message.split(":")[0] for todo in draft.todo] == ["names of 1 row fit several files"]


def test_folders_called_after_datasets_tell_files_of_one_name_apart(folder, tmp_path):
    for name in ("Set A", "set_b"):
        (folder / name).mkdir()
        write_ome_tiff(folder / name / "1.ome.tiff", planes())
    (folder / "Set A" / "2.ome.tiff").write_bytes((folder / "Set A" / "1.ome.tiff").read_bytes())
    (folder / "t.csv").write_text("file,dataset\n1,Set A\n1,Set B\n2,Set B\n")
    draft = read(folder / "t.csv")
    found = [dict(row) for row in rows(draft, tmp_path)]
    assert [row.get("image") for row in found] == ["Set A/1.ome.tiff", "set_b/1.ome.tiff", None]


def test_files_of_other_folders_are_found_where_the_curator_says(folder, tmp_path):
    (tmp_path / "tables").mkdir()
    (tmp_path / "tables" / "t.csv").write_text("file\nb.ome.tiff\n")
    draft = read(tmp_path / "tables" / "t.csv", folder)
    assert draft.description["sources"] == ["../../../../data"]
    assert draft.description["images"] == ["treated/b.ome.tiff"]


def test_projects_datasets_and_plates(folder, tmp_path):
    (folder / "t.csv").write_text(
        "File,Project,Dataset,Plate,Well\na.ome.tiff,P,Control,,\ntreated/b.ome.tiff,,,HT.01,B3\nnone.tif,,Later,,\n"
    )
    draft = read(folder / "t.csv")
    assert draft.description["projects"] == [{"name": "P", "datasets": [{"name": "Control", "images": ["a.ome.tiff"]}]}]
    assert draft.description["datasets"] == [{"name": "Later"}]
    assert draft.description["images"] == ["treated/b.ome.tiff"]
    assert [dict(row) for row in rows(draft, tmp_path)][1:] == [
        {"image": "treated/b.ome.tiff", "plate": "HT.01", "well": "B3"},
        {"name": "none.tif", "dataset": "Later"},
    ]


def test_a_dataset_is_never_lost_to_a_plate(folder, tmp_path):
    (folder / "t.csv").write_text(
        "File,Dataset,Plate,Well\na.ome.tiff,Control,no,\ntreated/b.ome.tiff,Treated,HT.01,B3\n"
    )
    draft = read(folder / "t.csv")
    assert draft.description["datasets"] == [{"name": "Control", "images": ["a.ome.tiff"]}], "no well: on no plate"
    assert [dict(row) for row in rows(draft, tmp_path)] == [
        {"image": "a.ome.tiff", "plate": "no"},
        {"image": "treated/b.ome.tiff", "plate": "HT.01", "well": "B3", "Dataset (pair)": "Treated"},
    ]


def test_a_title_above_the_table_may_stand_in_one_cell_and_two_titles_are_told_of(folder):
    images = [["Title: Cells that divide"], ["Remark: of no use"], [], ["file"], ["a.ome.tiff"]]
    book(folder / "t.xlsx", Images=images)
    draft = read(folder / "t.xlsx")
    assert draft.description["title"] == "Cells that divide"
    assert ["Remark: of no use" in lost.message for lost in draft.lost] == [True]
    book(folder / "u.xlsx", Images=images, Study=[["Title", "Cells"], ["Licence", "CC0"]])
    draft = read(folder / "u.xlsx")
    assert draft.description["title"] == "Cells"
    told = "Title: 'Cells' was taken, and not 'Cells that divide', which is said too"
    assert told in [todo.message for todo in draft.todo]


def test_headings_that_repeat_are_keys_that_repeat(folder, tmp_path):
    (folder / "t.csv").write_text("file,Gene,Gene,series note,,id\na.ome.tiff,A,B,,stray,7\n")
    [row] = rows(read(folder / "t.csv"), tmp_path)
    assert row == [("image", "a.ome.tiff"), ("Gene", "A"), ("Gene", "B"), ("Column 5", "stray"), ("id (pair)", "7")]


@pytest.mark.parametrize(
    ("data", "warned"),
    [
        ("file;µm\na.ome.tiff;1,5\n".encode("utf-8-sig"), False),
        ("file\tµm\r\na.ome.tiff\t1,5\r\n".encode("utf-16"), False),
        ("file;µm\na.ome.tiff;1,5\n".encode("cp1252"), True),
    ],
)
def test_what_spreadsheets_write_is_understood(folder, tmp_path, data, warned):
    (folder / "t.csv").write_bytes(data)
    draft = read(folder / "t.csv")
    assert rows(draft, tmp_path) == [[("image", "a.ome.tiff"), ("µm", "1,5")]]
    assert [problem.code for problem in draft.warnings] == ["table.not-utf-8"] * warned


def test_a_sheet_of_keys_says_what_the_study_is(folder):
    book(
        folder / "t.xlsx",
        Images=[["File name"], ["a.ome.tiff"]],
        Study=[
            ["Study title", "Cells that divide"],
            ["Authors", "Ada Lovelace (0000-0002-1825-0097); Alan Turing"],
            ["License", "CC BY 4.0"],
            ["Organism", "Homo sapiens (NCBITaxon:9606)"],
            ["Keywords", "mitosis, spindle"],
            ["Release date", date(2024, 5, 6)],
            ["DOI", "https://doi.org/10.1000/xyz"],
            ["Publication DOI", "10.1000/paper"],
            ["Publication title", "A paper"],
            ["Microscope", "A good one"],
            ["Room", 12],
            ["PubMed ID", "unknown"],
        ],
    )
    draft = read(folder / "t.xlsx")
    said = draft.description
    assert said["title"] == "Cells that divide"
    assert said["authors"] == [{"name": "Ada Lovelace", "orcid": "0000-0002-1825-0097"}, {"name": "Alan Turing"}]
    assert said["licence"] == "CC-BY-4.0"
    assert said["organisms"] == [{"name": "Homo sapiens", "accession": "NCBITaxon:9606"}]
    assert said["keywords"] == ["mitosis", "spindle"]
    assert said["release_date"] == date(2024, 5, 6)
    assert said["doi"] == "10.1000/xyz"
    assert said["acquisition"] == {"instrument": "A good one"}
    assert said["extra"]["Room"] == "12"
    assert "publications" not in said
    assert [todo.about for todo in draft.todo] == ["publications"]


def test_a_sheet_of_people(folder):
    people = [
        ["First name", "Last name", "ORCID", "E-mail", "Affiliation"],
        ["Ada", "King Noel", "", "a@b.example", "Lab"],
    ]
    book(folder / "t.xlsx", Images=[["file"], ["a.ome.tiff"]], People=people)
    draft = read(folder / "t.xlsx")
    assert draft.description["authors"] == [{"name": "Ada King Noel", "family": "King Noel", "affiliation": "Lab"}]
    assert "a@b.example" not in str(draft)


@pytest.mark.parametrize("order", [("Study", "People"), ("People", "Study")])
def test_authors_of_both_sheets_are_kept_each_once(folder, order):
    sheets = {
        "Study": [["Title", "Cells"], ["Authors", "Ada Lovelace; Jörg Müller"]],
        "People": [["Name", "Affiliation"], ["Ada Lovelace", "Lab"]],
    }
    book(folder / "t.xlsx", Images=[["file"], ["a.ome.tiff"]], **{name: sheets[name] for name in order})
    assert read(folder / "t.xlsx").description["authors"] == [
        {"name": "Ada Lovelace", "affiliation": "Lab"},
        {"name": "Jörg Müller"},
    ]


def test_a_table_that_does_not_begin_at_the_top_left(folder, tmp_path):
    made = Workbook()
    sheet = made.active
    sheet["C2"], sheet["D2"] = "Title:", "Far from A1"
    sheet["C5"], sheet["D5"], sheet["E5"] = "filename", "count", "group"
    sheet["C6"], sheet["D6"], sheet["E6"] = "a.ome.tiff", 3.0, "one"
    sheet["C7"], sheet["D7"] = "treated/b.ome.tiff", 0.25
    sheet["D7"].number_format = "0%"
    sheet.merge_cells("E6:E7")
    hidden = made.create_sheet("secret")
    hidden["A1"] = "secret"
    hidden.sheet_state = "hidden"
    made.save(folder / "t.xlsx")
    draft = read(folder / "t.xlsx")
    assert draft.description["title"] == "Far from A1"
    assert rows(draft, tmp_path) == [
        [("image", "a.ome.tiff"), ("count", "3"), ("group", "one")],
        [("image", "treated/b.ome.tiff"), ("count", "25%"), ("group", "one")],
    ]
    assert [todo.message for todo in draft.lost] == ["the hidden sheet 'secret'"]


def test_formulas_nobody_computed_and_errors_are_told(folder, tmp_path):
    book(folder / "t.xlsx", Images=[["file", "sum", "bad"], ["a.ome.tiff", "=1+1", "#N/A"]])
    draft = read(folder / "t.xlsx")
    assert rows(draft, tmp_path) == [[("image", "a.ome.tiff")]]
    assert ["formulas" in problem.message for problem in draft.warnings] == [True, False]


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (3.0, "General", "3"),
        (0.1 + 0.2, "General", "0.3"),
        (1e20, "General", "1e+20"),
        (7, "000", "007"),
        (2.5, "0.00", "2.50"),
        (1234567.891, "#,##0.0", "1234567.9"),
        (0.256, "0.0%", "25.6%"),
        (-0.001, "0.00", "0.00"),
        (5, '[Red]0.0" µm"', "5.0"),
        (5, "$#,##0_);($#,##0)", "5"),
        (True, "General", "TRUE"),
        (datetime.fromisoformat("2024-05-06"), "mm-dd-yy", "2024-05-06"),
        (datetime.fromisoformat("2024-05-06 07:08"), "yyyy", "2024-05-06 07:08:00"),
        (None, "General", ""),
    ],
)
def test_cells_say_what_they_show(value, number_format, shown):
    assert cell_text(value, number_format) == shown


def test_sheets_that_explain_others_are_not_read(folder):
    book(folder / "t.xlsx", Submission_Form=[["filename"]], Example_Form=[["filename"], ["my_image.tif"]])
    with pytest.raises(ContentError) as caught:
        read(folder / "t.xlsx")
    assert caught.value.problems[0].message == "the table of images has no rows"


def test_without_openpyxl_the_command_that_installs_it_is_named(folder, monkeypatch):
    book(folder / "t.xlsx", Images=[["file"], ["a.ome.tiff"]])
    monkeypatch.setattr(excel, "find_spec", lambda name: None)
    with pytest.raises(ContentError) as caught:
        read(folder / "t.xlsx")
    assert "pip install 'ome-publisher[excel]'" in caught.value.problems[0].hint


def test_what_is_no_workbook_is_refused(folder, monkeypatch):
    (folder / "old.xlsx").write_bytes(b"\xd0\xcf\x11\xe0 an old .xls")
    with zipfile.ZipFile(folder / "empty.xlsx", "w") as archive:
        archive.writestr("a.txt", "a")
    with zipfile.ZipFile(folder / "doctype.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", '<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "b">]><a/>')
    for name in ("old", "empty", "doctype"):
        with pytest.raises(ContentError) as caught:
            read(folder / f"{name}.xlsx")
        assert caught.value.problems[0].code == "add.bad-table"
    book(folder / "t.xlsx", Images=[["file"], ["a.ome.tiff"]])
    monkeypatch.setattr(excel, "MOST_BYTES", 100)
    with pytest.raises(ContentError, match="holds more than 100 bytes"):
        read(folder / "t.xlsx")


def test_rows_are_numbered_as_the_file_has_them(tmp_path):
    (tmp_path / "t.csv").write_text('a,b\n\n"two\nlines",1\n\nx,2\n')
    assert [(row.line, row.cells) for row in read_text_table(tmp_path / "t.csv").rows] == [
        (1, ("a", "b")),
        (3, ("two\nlines", "1")),
        (6, ("x", "2")),
    ]


def test_spreadsheets_are_recognised_by_their_names(folder):
    for name in ("t.csv", "t.TSV", "t.xlsx"):
        (folder / name).write_text("")
        assert importer_of(folder / name).name == "spreadsheet"
    assert importer_of(folder / "a.ome.tiff") is None


@pytest.mark.corpus
def test_the_form_in_a_real_pack(corpus, tmp_path):
    with zipfile.ZipFile(corpus / "omero-transfer-packs" / "simple_screen.zip") as archive:
        [form] = [name for name in archive.namelist() if name.endswith(".xlsx")]
        (tmp_path / "form.xlsx").write_bytes(archive.read(form))
    sheets, hidden = excel.read_workbook(tmp_path / "form.xlsx")
    assert [sheet.name for sheet in sheets] == ["Instructions", "Submission Form", "Example Form"]
    assert hidden == ()
    [example] = [row for row in sheets[2].rows if row.line == 6]
    assert example.cells[7:] == ("2018-06-07", "2018-08-07")
    with pytest.raises(ContentError, match="the table of images has no rows"):
        read(tmp_path / "form.xlsx")


@pytest.mark.corpus
def test_a_real_table_joins_the_files_of_its_datasets(corpus, tmp_path):
    folder = corpus / "idr" / "idr0021-lawo-pericentriolarmaterial" / "experimentA"
    pixels = corpus / "studies" / "idr0021-standin" / "pixels"
    table = folder / "idr0021-experimentA-annotation.csv"
    draft = read(table, pixels)
    with table.open(newline="") as file:
        original = list(csv.DictReader(file))
    assert draft.facts == (f"60 of {len(original)} rows name files that were found",)
    joined = [dict(row) for row in rows(draft, tmp_path)]
    for before, after in zip(original, joined, strict=True):
        name = before["Image Name"].rsplit(".", 1)[0]
        if "image" in after:
            assert after["image"].rsplit("/", 1)[1] == f"{name}.ome.tiff"
            assert after["image"].split("/")[0] == before["Dataset Name"].replace("/", "__")
        assert after["Comment [Gene Symbol]"] == before["Comment [Gene Symbol]"]
