"""Real transfer packs: right annotation on the right object, as another parser reads it."""

import csv
import zipfile
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from publisher.importers.omero.pack import OmeroPackImporter
from publisher.importers.study_text import write_table

pytestmark = pytest.mark.corpus
NS = "{http://www.openmicroscopy.org/Schemas/OME/2016-06}"
RATING = "openmicroscopy.org/omero/insight/rating"


def document(pack: Path) -> ElementTree.Element:
    if pack.suffix != ".zip":
        return ElementTree.fromstring((pack / "transfer.xml").read_bytes())
    with zipfile.ZipFile(pack) as archive:
        return ElementTree.fromstring(archive.read("transfer.xml"))


def words(root: ElementTree.Element, element: ElementTree.Element) -> dict[str, Any]:
    """What is said of an element, by the keys of study.yaml."""
    by_id = {each.get("ID"): each for each in root.iterfind(f"{NS}StructuredAnnotations/*")}
    found: dict[str, Any] = {}
    for reference in element.iterfind(f"{NS}AnnotationRef"):
        said = by_id[reference.get("ID")]
        kind, value = said.tag.removeprefix(NS), (said.findtext(f"{NS}Value") or "").strip()
        if kind == "TagAnnotation":
            found.setdefault("tags", []).append(value)
        elif kind == "CommentAnnotation":
            found.setdefault("comments", []).append(value)
        elif kind == "LongAnnotation" and said.get("Namespace") == RATING:
            found["rating"] = int(value)
        elif kind == "MapAnnotation":
            pairs = {m.get("K"): m.text for m in said.iterfind(f"{NS}Value/{NS}M")}
            found.setdefault("pairs", {}).update(pairs)
    return found


def read(pack: Path):
    return OmeroPackImporter().read(pack, "s", Path("/nowhere/content/studies/s"))


def said(part: dict[str, Any]) -> dict[str, Any]:
    return {key: part[key] for key in ("pairs", "tags", "comments", "rating") if key in part}


def rows(draft, folder: Path) -> list[dict[str, str]]:
    write_table(draft.images, folder / "images.csv")
    with (folder / "images.csv").open(newline="") as file:
        return [{key: cell for key, cell in row.items() if cell} for row in csv.DictReader(file)]


@pytest.fixture
def packs(corpus: Path) -> Path:
    return corpus / "omero-transfer-packs"


def test_a_dataset_has_its_pairs_and_tags(packs):
    pack = packs / "valid_single_dataset.zip"
    root = document(pack)
    [element] = root.iterfind(f"{NS}Dataset")
    [dataset] = read(pack).description["datasets"]
    assert said(dataset) == words(root, element) == {"pairs": {"dataset": "kvpair"}, "tags": ["newtag", "common"]}
    assert [entry["metadata"]["image"] for entry in dataset["images"]] == [
        reference.get("ID") for reference in element.iterfind(f"{NS}ImageRef")
    ]


def test_screen_plates_wells_and_images_have_theirs(packs, tmp_path):
    pack = packs / "simple_screen.zip"
    root = document(pack)
    draft = read(pack)
    [screen] = draft.description["screens"]
    [element] = root.iterfind(f"{NS}Screen")
    assert said(screen) == words(root, element)
    assert said(screen)["rating"] == 5
    table = rows(draft, tmp_path)
    wells = images = 0
    for plate, part in zip(root.iterfind(f"{NS}Plate"), screen["plates"], strict=True):
        assert said(part) == words(root, plate)
        of_plate = [row for row in table if row["plate"] == part["id"]]
        for well in plate.iterfind(f"{NS}Well"):
            name = f"{chr(65 + int(well.get('Row')))}{int(well.get('Column')) + 1}"
            in_well = [row for row in of_plate if row["well"] == name]
            [image] = [row for row in in_well if "field" in row]
            pairs = [row for row in in_well if "field" not in row]
            [reference] = well.iterfind(f"{NS}WellSample/{NS}ImageRef")
            [own] = [each for each in root.iterfind(f"{NS}Image") if each.get("ID") == reference.get("ID")]
            assert image["name"] == own.get("Name")
            assert image["description"] == own.findtext(f"{NS}Description")
            expected = words(root, own).get("pairs", {})
            assert {key: image[key] for key in expected} == expected
            assert [{key: row["test_well"]} for row in pairs for key in ("test_well",)] == [
                expected for expected in [words(root, well).get("pairs")] if expected
            ]
            wells, images = wells + 1, images + 1
    assert (wells, images) == (81, 81)
    [attached] = draft.description["attachments"]
    assert attached["title"] == "LM_JGMBH_-AW-_3857__OMERO_submission_form (1).xlsx"
    assert draft.packed.members[attached["path"]].startswith("file_annotations/106/")


def test_a_prepared_folder_gives_its_one_image_and_rows_for_the_others(packs, tmp_path):
    draft = read(packs / "prepare")
    [dataset] = draft.description["datasets"]
    assert dataset["images"] == [
        {"path": "test_pyramid.ome.tif", "metadata": {"path": "transfer.xml", "image": "Image:2"}}
    ]
    named = {row["name"] for row in rows(draft, tmp_path) if "name" in row}
    assert named == {"default-plate", "vsi-ets-test-jpg2k.vsi [001 C405, C488]", "vsi-ets-test-jpg2k.vsi [macro image]"}


def test_a_document_alone_lists_its_images_and_says_what_is_missing(packs, tmp_path):
    draft = OmeroPackImporter().read(packs / "transfer.xml", "s", tmp_path)
    assert [todo.message for todo in draft.todo] == [
        "files of 2 images are not in the pack: combined_result.tiff, combined_result.tiff"
    ]
    assert "6 regions of images without pixels" in [todo.message for todo in draft.lost]


def test_nobody_is_named(packs):
    for name in ("simple_screen.zip", "valid_single_dataset.zip", "prepare"):
        draft = read(packs / name)
        text = str((draft.description, draft.images, draft.todo, draft.lost))
        assert "localhost" not in text
        assert "original_user" not in text
