"""A transfer pack of OMERO becomes a study with every word on the thing it is about."""

import csv
import io
import tarfile
import zipfile
from pathlib import Path

import pytest

from publisher.catalogue.schema import StudyDescription
from publisher.errors import ContentError
from publisher.importers.omero.pack import OmeroPackImporter
from publisher.importers.registry import importer_of
from publisher.importers.study_text import write_table
from publisher.importers.write import stage
from tests.importers.packs import DOCUMENT, REPOSITORY, tarred, write_pack, zipped


@pytest.fixture
def pack(tmp_path: Path) -> Path:
    return write_pack(tmp_path / "pack")


def read(path: Path, study: Path | None = None):
    return OmeroPackImporter().read(path, "s", study or path.parent / "site" / "content" / "studies" / "s")


def rows(draft, tmp_path: Path) -> list[dict[str, str]]:
    """Rows of images.csv without their empty cells; cells of one key joined."""
    write_table(draft.images, tmp_path / "rows.csv")
    header, *found = csv.reader(io.StringIO((tmp_path / "rows.csv").read_text()))
    joined = [
        {
            key: " | ".join(cell for name, cell in zip(header, row, strict=True) if name == key and cell)
            for key in header
        }
        for row in found
    ]
    return [{key: cell for key, cell in row.items() if cell} for row in joined]


def test_projects_and_datasets_carry_what_was_said_of_them(pack):
    description = read(pack).description
    [project] = description["projects"]
    assert project["name"] == "Cells"
    assert project["description"] == "All of them"
    assert project["tags"] == ["mitosis"]
    assert project["comments"] == ["looks good"]
    [control] = project["datasets"]
    assert control["pairs"] == [
        ["Gene", "CDC20"],
        ["Gene", "PLK1"],
        ["Empty", ""],
        ["Double [lab.example/score]", "0.5"],
    ]
    assert control["rating"] == 4
    assert control["attachments"] == [
        {"path": "attachments/6/form.txt", "title": "form.txt", "description": "the form"}
    ]
    assert [dataset["name"] for dataset in description["datasets"]] == ["Loose"]
    StudyDescription.model_validate(description)


def test_images_are_read_beside_the_document_that_speaks_of_them(pack):
    [project] = read(pack).description["projects"]
    assert project["datasets"][0]["images"] == [
        {"path": f"{REPOSITORY}/b.ome.tiff", "metadata": {"path": "transfer.xml", "image": "Image:20"}},
        {"path": f"{REPOSITORY}/a.ome.tiff", "metadata": {"path": "transfer.xml", "image": "Image:10"}},
    ]
    assert read(pack).files == {"transfer.xml": DOCUMENT.encode()}


def test_wells_that_stand_in_any_order_become_rows(pack, tmp_path):
    draft = read(pack)
    [screen] = draft.description["screens"]
    assert screen["pairs"] == {"Double [lab.example/score]": "0.5"}
    [plate] = screen["plates"]
    assert (plate["name"], plate["id"], plate["rows"], plate["columns"]) == ("P1", "p1", 2, 3)
    assert plate["tags"] == ["mitosis"]
    placed = [row for row in rows(draft, tmp_path) if row.get("plate")]
    assert [(row["image"], row["well"], row["field"]) for row in placed if "image" in row] == [
        (f"{REPOSITORY}/w1.ome.tiff", "A1", "1"),
        (f"{REPOSITORY}/w2.ome.tiff", "B3", "1"),
    ]
    [of_well] = [row for row in placed if "image" not in row]
    assert of_well == {"plate": "p1", "well": "A1", "Type": "Control", "siRNA": "s1", "Tag": "edge"}


def test_images_that_no_reader_takes_are_rows_without_pixels(pack, tmp_path):
    draft = read(pack)
    found = {row["name"]: row for row in rows(draft, tmp_path) if "name" in row}
    assert found["c.vsi"]["dataset"] == "Loose"
    assert found["c.vsi"]["description"] == "about c.vsi"
    assert found["c.vsi"]["Gene"] == "CDC20 | PLK1"
    assert found["gone.tif"]["dataset"] == "Control"
    assert [todo.message.split(":")[0] for todo in draft.todo] == [
        f"no reader takes {REPOSITORY}/c.vsi",
        "files of 1 image are not in the pack",
    ]


def test_attached_files_of_images_are_offered_on_their_pages(pack):
    draft = read(pack)
    [attached] = draft.description["attachments"]
    assert attached["path"] == "attachments/6/form.txt"
    assert attached["image"].startswith("b-")
    assert draft.linked == {"attachments/6/form.txt": pack / "file_annotations/6/form.txt"}


def test_what_does_not_survive_is_told(pack):
    lost = [todo.message for todo in read(pack).lost]
    assert "project Cells: that tag 'mitosis' belongs to the tag set 'cell cycle'" in lost
    assert "image a.ome.tiff: the attached file 'lost.csv': it is not in the pack" in lost
    assert "1 region of images without pixels" in lost
    assert any("users" in each and "servers" in each for each in lost)


def test_folder_zip_and_tar_say_the_same(pack, tmp_path):
    folder = read(pack)
    for archive in (zipped(pack), tarred(pack), tarred(pack, ".tar.gz")):
        assert importer_of(archive).name == "OMERO transfer pack"
        draft = read(archive)
        assert draft.lost == folder.lost
        assert "sources" not in draft.description
        assert [p["name"] for p in draft.description["projects"]] == ["Cells"]
        assert draft.description["projects"][0]["datasets"][0]["images"][0]["path"] == "images/b.ome.tiff"


def test_files_of_an_archive_are_taken_out_of_it(pack, tmp_path):
    for number, archive in enumerate((zipped(pack), tarred(pack, ".tar.gz"))):
        study = tmp_path / f"study{number}"
        study.mkdir()
        stage(read(archive), study, shown="s", origin="a pack")
        assert (study / "attachments/6/form.txt").read_text() == "hello"
        for name in ("a", "b", "w1", "w2"):
            original = (pack / REPOSITORY / f"{name}.ome.tiff").read_bytes()
            assert (study / "images" / f"{name}.ome.tiff").read_bytes() == original


def test_files_of_a_folder_stay_where_they_are(pack):
    assert read(pack).description["sources"] == ["../../../../pack"]


def test_paths_of_packs_before_version_0_8_are_understood(pack):
    old = DOCUMENT
    for number in range(100, 109):
        start = old.index(f'<XMLAnnotation ID="Annotation:{number}"')
        end = old.index("</XMLAnnotation>", start) + len("</XMLAnnotation>")
        path = old[start:end].partition("<Path>")[2].partition("</Path>")[0]
        note = (
            f'<CommentAnnotation ID="Annotation:-{number}" Namespace="Image:1">'
            f"<Value>/OMERO/ManagedRepository/./{path}</Value></CommentAnnotation>"
        )
        old = (old[:start] + note + old[end:]).replace(
            f'<AnnotationRef ID="Annotation:{number}"/>', f'<AnnotationRef ID="Annotation:-{number}"/>'
        )
    new = read(pack).description
    (pack / "transfer.xml").write_text(old)
    [project] = read(pack).description["projects"]
    assert [each["path"] for each in project["datasets"][0]["images"]] == [
        each["path"] for each in new["projects"][0]["datasets"][0]["images"]
    ]
    assert "ManagedRepository" not in str(read(pack).description)


def test_names_that_two_plates_share_do_not_share_an_id(pack):
    screen = '<Screen ID="Screen:6" Name="S1">'
    twin = DOCUMENT.replace(screen, f'<Plate ID="Plate:9" Name="P1"/>{screen}<PlateRef ID="Plate:9"/>')
    (pack / "transfer.xml").write_text(twin)
    [screen] = read(pack).description["screens"]
    assert [plate["id"] for plate in screen["plates"]] == ["p1", "p1-2"]


def test_a_dataset_of_two_projects_stands_in_the_first_and_the_other_is_told(pack):
    both = DOCUMENT.replace(
        "<Dataset ID=", '<Project ID="Project:9" Name="Again"><DatasetRef ID="Dataset:2"/></Project><Dataset ID=', 1
    )
    (pack / "transfer.xml").write_text(both)
    draft = read(pack)
    assert [len(project["datasets"]) for project in draft.description["projects"]] == [1, 0]
    assert any("project Again: that it holds Control, too" in todo.message for todo in draft.lost)


def test_a_link_that_leads_out_of_the_pack_is_passed_over(pack, tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("secret")
    form = pack / "file_annotations/6/form.txt"
    form.unlink()
    form.symlink_to(secret)
    draft = read(pack)
    assert draft.linked is None
    assert [problem.code for problem in draft.warnings] == ["add.left-out"]


def test_a_document_that_is_hostile_is_refused(pack):
    (pack / "transfer.xml").write_text('<!DOCTYPE OME [<!ENTITY a "a">]>' + DOCUMENT)
    with pytest.raises(ContentError) as caught:
        read(pack)
    assert caught.value.problems[0].code == "ome-xml.doctype"


def test_an_archive_without_the_document_is_no_pack(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("a.txt", "a")
    with tarfile.open(tmp_path / "a.tar", "w"):
        pass
    assert importer_of(tmp_path / "a.zip") is None
    assert importer_of(tmp_path / "a.tar") is None
