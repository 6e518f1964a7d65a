"""An IDR study folder becomes a study that builds at once."""

import csv
import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from publisher.testing.images import planes, plate_xml, write_ome_tiff
from tests.commands.conftest import Publisher
from tests.importers.idr_folders import study_folder, write


@pytest.fixture
def site(publisher: Publisher, tmp_path: Path) -> Path:
    assert publisher("new", tmp_path / "site").code == 0
    return tmp_path / "site"


@pytest.fixture
def pixels(tmp_path: Path) -> Path:
    """Converted files of two images, one of which has the name of an image of another dataset too."""
    for name in ("CEP_2011/cell_001", "CEP_2011/cell_002"):
        path = tmp_path / "pixels" / f"{name}.ome.tiff"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_ome_tiff(path, planes(c=1, z=3, y=32, x=32, dtype="uint8"))
    return tmp_path / "pixels"


def rows(site: Path) -> list[dict[str, str]]:
    with (site / "content/studies/idr9999/images.csv").open(newline="") as file:
        return list(csv.DictReader(file))


def described(site: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((site / "content/studies/idr9999/study.yaml").read_text())
    return found


def test_a_folder_builds_at_once_with_every_row(publisher: Publisher, site: Path, tmp_path: Path, pixels: Path) -> None:
    folder = study_folder(tmp_path)
    said = publisher("add", folder, "--study", "idr9999", "--images", pixels, "--site", site)
    assert said.code == 0
    assert said.codes == {"idr.hints"}
    assert "experimentA: 3 datasets, 4 rows, 2 images with pixels." in said.out
    assert "screenB: 2 plates, 0 of them with pixels, 3 rows." in said.out
    built = publisher("build", "--site", site, "--study", "idr9999")
    assert built.code == 0
    assert built.out.startswith("Converted 2 images")
    pages = sorted((site / "_site/studies/idr9999/images").iterdir())
    assert [page.name for page in pages] == sorted(row["id"] for row in rows(site) if row["image"])
    assert "r.levy@example.org" in (site / "content/studies/idr9999/study.yaml").read_text()
    published = [path for path in (site / "_site").rglob("*") if path.is_file()]
    assert not [path for path in published if b"r.levy@" in path.read_bytes()], "addresses of people are private"


def test_rows_say_of_each_image_what_the_table_says(
    publisher: Publisher, site: Path, tmp_path: Path, pixels: Path
) -> None:
    publisher("add", study_folder(tmp_path), "--study", "idr9999", "--images", pixels, "--site", site)
    found = rows(site)
    assert [(row["image"], row["name"], row["dataset"], row["plate"], row["well"]) for row in found] == [
        ("CEP_2011/cell_001.ome.tiff", "cell_001.dv", "cep-2011", "", ""),
        ("CEP_2011/cell_002.ome.tiff", "cell_002.dv", "cep-2011", "", ""),
        ("", "cell_001.dv", "cep-2012", "", ""),
        ("", "stack.czi [1]", "cep-2012", "", ""),
        ("", "", "", "p1-x", "A1"),
        ("", "", "", "p1-x", "B2"),
        ("", "", "", "p2", "A1"),
    ]
    gene = "[openmicroscopy.org/mapr/gene]"
    assert found[2][f"Gene Identifier {gene}"] == 'ENSG<3>&"x'
    assert found[2][f"Gene Identifier URL {gene}"] == "http://www.ensembl.org/id/ENSG%3C3%3E%26%22x"
    assert found[0]["Mean Diameter [openmicroscopy.org/omero/bulk_annotations]"] == "452.2 nm"
    assert found[5]["Gene Symbol"] == "TUBG1"


def test_containers_files_and_settings_find_their_place(
    publisher: Publisher, site: Path, tmp_path: Path, pixels: Path
) -> None:
    publisher("add", study_folder(tmp_path), "--study", "idr9999", "--images", pixels, "--site", site)
    study = described(site)
    assert study["sources"] == ["../../../../pixels"]
    [project], [screen] = study["projects"], study["screens"]
    assert [(each["name"], each["id"]) for each in project["datasets"]] == [
        ("CEP/2011", "cep-2011"),
        ("CEP/2012", "cep-2012"),
        ("Empty", "empty"),
    ]
    assert project["datasets"][0]["images"] == ["CEP_2011/cell_001.ome.tiff", "CEP_2011/cell_002.ome.tiff"]
    assert project["datasets"][0]["rendering"] == {
        "channels": {1: {"name": "DNA", "color": "0000FF", "window": [0, 10]}},
        "default_z": 2,
    }
    assert ["Annotation File", "idr9999-experimentA-annotation.csv"] in project["pairs"]
    assert [each["name"] for each in screen["plates"]] == ["P1 [x]", "P2"]
    attached = site / "content/studies/idr9999/attachments"
    assert sorted(path.relative_to(attached).as_posix() for path in attached.rglob("*.*")) == [
        "experimentA/idr9999-experimentA-annotation.csv",
        "screenB/idr9999-screenB-library.txt",
    ]


def test_images_with_settings_of_their_own_are_shown_by_them(
    publisher: Publisher, site: Path, tmp_path: Path, pixels: Path
) -> None:
    more = {"experimentA/idr9999-experimentA-cell_001-renderdef.yml": "channels: {1: {label: Tubulin, min: 1, max: 9}}"}
    folder = study_folder(tmp_path, more)
    publisher("add", folder, "--study", "idr9999", "--images", pixels, "--site", site)
    one, two = described(site)["projects"][0]["datasets"][0]["images"]
    assert one["rendering"] == {"channels": {1: {"name": "Tubulin", "window": [1, 9]}}}
    assert two["rendering"]["channels"][1]["name"] == "DNA"
    publisher("build", "--site", site, "--study", "idr9999")
    names = {
        page.name[:8]: json.loads((page / "index.json").read_bytes())["stage"]["channels"][0]["name"]
        for page in (site / "_site/studies/idr9999/images").iterdir()
    }
    assert names == {"cell-001": "Tubulin", "cell-002": "DNA"}


def test_two_phenotypes_of_an_image_are_two_groups_on_its_page(
    publisher: Publisher, site: Path, tmp_path: Path, pixels: Path
) -> None:
    publisher("add", study_folder(tmp_path), "--study", "idr9999", "--images", pixels, "--site", site)
    publisher("build", "--site", site, "--study", "idr9999")
    page = next((site / "_site/studies/idr9999/images").glob("cell-001*/index.json"))
    text = page.read_text()
    groups = next(panel for panel in json.loads(text)["main"] if panel["kind"] == "key_values")["groups"]
    assert [group["title"] for group in groups if not group["added_on"]] == ["", "Gene", "Attributes"]
    ome = (page.parent / "ome.xml").read_text()
    assert 'Namespace="openmicroscopy.org/mapr/gene"' in ome


def test_the_curator_is_told_what_is_missing(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    publisher("add", study_folder(tmp_path), "--study", "idr9999", "--site", site)
    text = (site / "content/studies/idr9999/TODO.md").read_text()
    assert "`experimentA`: 4 of 4 images have no pixels" in text
    assert "plates without pixels: 2, first 'P1 [x]'" in text


def test_files_that_show_nothing_are_told_of(publisher: Publisher, site: Path, tmp_path: Path, pixels: Path) -> None:
    write_ome_tiff(pixels / "other.ome.tiff", planes(c=1, z=1, y=8, x=8, dtype="uint8"))
    publisher("add", study_folder(tmp_path), "--study", "idr9999", "--images", pixels, "--site", site)
    todo = site / "content/studies/idr9999/TODO.md"
    assert "image files that no row names: 1, first 'other.ome.tiff'" in todo.read_text()


def test_a_table_puts_files_into_wells(publisher: Publisher, site: Path, tmp_path: Path, pixels: Path) -> None:
    write_ome_tiff(pixels / "other.ome.tiff", planes(c=1, z=1, y=8, x=8, dtype="uint8"))
    (pixels / "wells.csv").write_text(
        "path,plate,well,field,channel\n"
        "CEP_2011/cell_002.ome.tiff,P1 [x],B2,0,1\n"
        "CEP_2011/cell_001.ome.tiff,P1 [x],B2,0,0\n"
        "other.ome.tiff,P9,A1,0,0\n"
    )
    folder = study_folder(tmp_path)
    publisher("add", folder, "--study", "idr9999", "--images", pixels / "wells.csv", "--site", site)
    placed = [row for row in rows(site) if row["field"]]
    assert [(row["image"][-17:], row["name"], row["plate"], row["well"], row["field"]) for row in placed] == [
        ("cell_001.ome.tiff", "B2, field 1, channel 1", "p1-x", "B2", "1"),
        ("cell_002.ome.tiff", "B2, field 1, channel 2", "p1-x", "B2", "2"),
    ]
    todo = (site / "content/studies/idr9999/TODO.md").read_text()
    assert "rows of the table given with --images that name nothing of the study: 1, first 'other.ome.tiff'" in todo
    built = publisher("build", "--site", site, "--study", "idr9999")
    assert built.code == 0
    well = json.loads((site / "_site/studies/idr9999/plates/p1-x/wells/B2/index.json").read_bytes())
    assert [field["image"]["name"] for field in well["runs"][0]["fields"]] == [row["name"] for row in placed]


def test_a_file_called_as_a_plate_is_that_plate(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    pixels = [planes(c=1, z=1, y=8, x=8, dtype="uint8") for _ in range(2)]
    (tmp_path / "plates").mkdir()
    wells = plate_xml({(0, 0): [0], (1, 1): [1]})
    write_ome_tiff(tmp_path / "plates/P1 [x].ome.tiff", *pixels, plates=[wells], image_names=["", ""])
    folder = study_folder(tmp_path)
    said = publisher("add", folder, "--study", "idr9999", "--images", tmp_path / "plates", "--site", site)
    assert "screenB: 2 plates, 1 of them with pixels, 3 rows." in said.out
    assert publisher("build", "--site", site, "--study", "idr9999").code == 0
    plate = json.loads((site / "_site/studies/idr9999/plates/p1-x/index.json").read_bytes())
    assert [(row["name"], row["images"], row["values"]) for row in plate["wells"]["rows"]] == [
        ("A1", 1, ["empty well", ""]),
        ("B2", 1, ["", "TUBG1"]),
    ]


def test_a_title_of_one_s_own_is_taken(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    folder = study_folder(tmp_path)
    publisher("add", folder, "--study", "idr9999", "--title", "Mine", "--site", site)
    assert described(site)["title"] == "Mine"
    assert publisher("add", folder, "--study", "b", "--copy", "--site", site).code == 2


def test_two_experiments_of_one_name_and_images_of_no_dataset_have_a_place(
    publisher: Publisher, site: Path, tmp_path: Path
) -> None:
    block = "Experiment Number\t{}\nComment[IDR Experiment Name]\tidr9999/experimentA\n"
    text = "Study Title\tTwice\n" + block.format(1) + block.format(2)
    files = {"idr9999-study.txt": text, "experimentA/annotation.csv": "Image Name,Note\na.tif,x\nb.tif,y\n"}
    publisher("add", write(tmp_path / "idr9999", files), "--study", "idr9999", "--site", site)
    projects = described(site)["projects"]
    assert [project["id"] for project in projects] == ["experimentA", "experimentA-2"]
    assert projects[0]["datasets"] == [{"name": "Images", "id": "images"}]
    assert publisher("build", "--site", site, "--study", "idr9999").code == 0
    page = json.loads((site / "_site/studies/idr9999/datasets/images/index.json").read_bytes())
    assert [item["name"] for item in page["items"]] == ["a.tif", "b.tif"]


def test_adding_twice_gives_the_same_bytes(publisher: Publisher, site: Path, tmp_path: Path, pixels: Path) -> None:
    folder = study_folder(tmp_path)
    found = []
    for _ in range(2):
        publisher("add", folder, "--study", "idr9999", "--images", pixels, "--site", site)
        made = site / "content/studies/idr9999"
        found.append({path.name: path.read_bytes() for path in made.rglob("*.*")})
        made.rename(tmp_path / f"kept-{len(found)}")
    assert found[0] == found[1]


@pytest.mark.parametrize(
    "bulk",
    ["include: /etc/passwd\npath: x\n", "path: ../../../outside.tsv\n", "path: /etc/passwd\n", "include: bulk.yml\n"],
)
def test_nothing_outside_the_study_is_read(publisher: Publisher, site: Path, tmp_path: Path, bulk: str) -> None:
    (tmp_path / "outside.tsv").write_text("Dataset:name:secret\t/token\n")
    folder = study_folder(tmp_path, {"experimentA/idr9999-experimentA-bulk.yml": bulk})
    publisher("add", folder, "--study", "idr9999", "--site", site)
    assert "secret" not in (site / "content/studies/idr9999/study.yaml").read_text()


def test_a_link_that_leads_out_of_the_folder_is_refused(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.csv").write_text("Dataset Name,Image Name\nsecret,token\n")
    folder = study_folder(tmp_path)
    (folder / "experimentA/more-annotation.csv").symlink_to(tmp_path / "outside.csv")
    said = publisher("add", folder, "--study", "idr9999", "--site", site)
    assert (said.code, said.codes) == (1, {"content.outside"})
    assert not (site / "content/studies/idr9999").exists()


def test_a_study_of_others_is_added_alone(publisher: Publisher, site: Path, tmp_path: Path, pixels: Path) -> None:
    assert publisher("add", study_folder(tmp_path), pixels, "--study", "a", "--site", site).code == 2
    assert publisher("add", pixels, "--study", "a", "--images", pixels, "--site", site).code == 2
