"""From a curated study with plates to pages: wells, annotations of containers, attached files."""

import json
from pathlib import Path
from typing import Any

import pytest

from publisher.errors import Problem
from publisher.pipeline import Outcome
from publisher.testing.images import planes, plate_xml, write_ome_tiff
from tests.pipeline.sites import build_site, tree

STUDY = """\
title: Plates
licence: CC0-1.0
release_date: 2026-01-01
attachments: files/protocol.txt
screens:
  - name: screenA
    tags: [primary]
    pairs: {Screen Type: RNAi}
    attachments: [{path: files/layout.csv, title: Layout, description: what is where}]
    plates:
      - {name: One, images: one.ome.tiff, comments: [Ran late.], rating: 4, pairs: {Batch: A}}
      - {name: Two, images: two/*.ome.tiff, rows: 2, columns: 3}
"""
ROWS = """\
image,plate,well,field,Gene,Cells
two/a.ome.tiff,Two,A1,1,,
two/b.ome.tiff,Two,A1,2,,
two/c.ome.tiff,Two,B3,1,,
,Two,A1,,CDC20,HeLa
,Two,A2,,PLK1,HeLa
,One,A1,,KIF11,
,Two,,,,U2OS
"""


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study with a plate from one file and one put together from single images; returns its folder."""
    folder = tmp_path / "content/studies/screen"
    for name in ("two", "files"):
        (folder / name).mkdir(parents=True)
    (tmp_path / "site_config.yaml").write_text("title: Lab\nbase_url: https://lab.example.org/\n")
    (folder / "study.yaml").write_text(STUDY)
    (folder / "images.csv").write_text(ROWS)
    (folder / "files/protocol.txt").write_text("Grow, fix, stain.\n")
    (folder / "files/layout.csv").write_text("well,what\n")
    plate = plate_xml({(0, 0): [0, 1], (0, 1): [2], (1, 1): []}, acquisitions=[[0, 2], [1]])
    write_ome_tiff(folder / "one.ome.tiff", *(planes() // (n + 1) for n in range(3)), plates=[plate])
    for number, name in enumerate("abc"):
        write_ome_tiff(folder / f"two/{name}.ome.tiff", planes(dtype="uint16") // (number + 1))
    return folder


def built(root: Path) -> Outcome:
    outcome = build_site(root)
    assert outcome.problems == ()
    return outcome


def pages(root: Path, kind: str) -> dict[str, Any]:
    """Page models of a kind by their title."""
    found = [json.loads(path.read_text()) for path in sorted((root / "_site/studies").rglob("index.json"))]
    return {page["title"]: page for page in found if page["kind"] == kind}


def states(plate: dict[str, Any]) -> list[list[str]]:
    return [[cell["state"] for cell in row["cells"]] for row in plate["grid"]["rows"]]


def warnings_of(outcome: Outcome) -> list[Problem]:
    return [problem for problem in outcome.warnings if problem.code.startswith(("images.", "study."))]


def test_plates_wells_and_screens_have_pages_that_lead_to_each_other(study: Path) -> None:
    root = study.parents[2]
    outcome = built(root)
    assert warnings_of(outcome) == []
    plates = pages(root, "plate")
    assert states(plates["One"]) == [["imaged", "imaged"], ["missing", "empty"]]
    assert states(plates["Two"]) == [["imaged", "unpublished", "empty"], ["empty", "empty", "imaged"]]
    assert sorted(pages(root, "well")) == ["Well A1 of One", "Well A1 of Two", "Well A2 of One", "Well B3 of Two"]
    [screen] = pages(root, "screen").values()
    assert [(plate["name"], plate["images"]) for plate in screen["plates"]] == [("One", 3), ("Two", 3)]
    assert pages(root, "dataset") == {}
    html = (root / "_site/studies/screen/plates/two/index.html").read_text()
    assert 'scope="col">3</th>' in html
    assert 'id="well-A2"' in html
    for page in (root / "_site").rglob("index.html"):
        for link in page.read_text().split('href="')[1:]:
            address = link.partition('"')[0].partition("#")[0]
            if address and "://" not in address:
                assert (page.parent / address).resolve().exists(), (page, address)


def test_images_inherit_from_well_plate_and_screen_in_this_order(study: Path) -> None:
    root = study.parents[2]
    built(root)
    image = next(page for page in pages(root, "image").values() if page["breadcrumbs"][-2]["title"] == "Well A1")
    panels = {panel.get("title", panel["kind"]): panel for panel in image["main"]}
    sources = [group["added_on"] for group in panels["key_values"]["groups"]]
    assert sources == ["Well A1", "Plate One", "Screen screenA"] or sources == [
        "Well A1",
        "Plate Two",
        "Screen screenA",
    ]
    assert [(tag["text"], tag["added_on"]) for tag in panels["tags"]["tags"]] == [("primary", "Screen screenA")]
    of_one = [p for p in pages(root, "image").values() if any(c["title"] == "One" for c in p["breadcrumbs"])]
    notes = {panel.get("title"): panel.get("notes") for panel in of_one[0]["main"]}
    assert [(note["text"], note["added_on"]) for note in notes["Comments"]] == [("Ran late.", "Plate One")]
    assert notes["Ratings"][0]["text"].endswith("4 of 5")
    assert [note["added_on"] for note in notes["Attachments"]] == ["Screen screenA"]


def test_rows_about_a_plate_are_the_plates(study: Path) -> None:
    root = study.parents[2]
    built(root)
    [group] = pages(root, "plate")["Two"]["notes"]["pairs"]
    assert [(row["label"], row["values"][0]["text"]) for row in group["rows"]] == [("Cells", "U2OS")]


def test_attached_files_are_copied_with_size_and_checksum(study: Path) -> None:
    root = study.parents[2]
    built(root)
    copied = root / "_site/studies/screen/attachments/files/protocol.txt"
    assert copied.read_text() == "Grow, fix, stain.\n"
    [file] = pages(root, "study")["Plates"]["files"]
    assert (file["title"], file["size"], len(file["sha256"])) == ("protocol.txt", "18 bytes", 64)
    [file] = next(iter(pages(root, "screen").values()))["notes"]["files"]
    assert file["title"] == "Layout: what is where"
    (study / "files/protocol.txt").write_text("Changed.\n")
    built(root)
    assert copied.read_text() == "Changed.\n"


def test_no_attached_file_leaves_the_study(study: Path, tmp_path: Path) -> None:
    secret = tmp_path.parent / f"{tmp_path.name}-secret.txt"
    secret.write_text("secret")
    (study / "files/protocol.txt").unlink()
    (study / "files/protocol.txt").symlink_to(secret)
    outcome = build_site(study.parents[2])
    assert [problem.code for problem in outcome.problems] == ["study.outside"]
    assert not list((study.parents[2]).glob("_site/**/protocol.txt"))


def test_a_file_with_a_private_name_is_not_attached(study: Path) -> None:
    root = study.parents[2]
    (study / "files/layout.csv").rename(study / "files/for jane@lab.org.csv")
    (study / "study.yaml").write_text(STUDY.replace("files/layout.csv", "files/for*.csv"))
    outcome = built(root)
    assert [problem.code for problem in warnings_of(outcome)] == ["study.private-file-name"]
    everything = b"".join(path.read_bytes() for path in (root / "_site").rglob("*") if path.is_file())
    assert b"jane@lab.org" not in everything


def test_images_of_a_plate_that_rows_put_together_share_their_contrast(study: Path) -> None:
    root = study.parents[2]
    outcome = built(root)
    windows = [name for name in outcome.report.ran if name.startswith("window ")]
    assert len(windows) == 2
    assert "window screen/plates/two" in windows


def test_words_about_wells_touch_no_pixel_and_a_clean_build_gives_the_same_bytes(study: Path) -> None:
    root = study.parents[2]
    built(root)
    assert built(root).report.ran == {}
    (study / "images.csv").write_text(ROWS.replace("PLK1", "AURKA"))
    ran = built(root).report.ran
    assert ran
    assert not any(name.startswith(("pixels ", "window ", "pictures ", "describe ")) for name in ran)
    before = tree(root / "_site")
    again = root / "again"
    (again / "content/studies").mkdir(parents=True)
    (root / "site_config.yaml").rename(again / "site_config.yaml")
    study.rename(again / "content/studies/screen")
    build_site(again)
    assert tree(again / "_site") == before


def test_a_plate_that_is_taken_out_leaves_nothing_behind(study: Path) -> None:
    root = study.parents[2]
    built(root)
    kept = STUDY[: STUDY.index("      - {name: Two")]
    (study / "study.yaml").write_text(kept)
    (study / "images.csv").write_text("plate,well,Gene\nOne,A1,KIF11\n")
    built(root)
    assert sorted(pages(root, "plate")) == ["One"]
    assert not (root / "_site/studies/screen/plates/two").exists()


def test_a_plate_in_a_dataset_leaves_its_images_there_by_name(tmp_path: Path) -> None:
    """Who names a dataset finds it again: it leads to the plate, and its words are inherited."""
    folder = tmp_path / "content/studies/screen"
    folder.mkdir(parents=True)
    (tmp_path / "site_config.yaml").write_text("title: Lab\nbase_url: https://lab.example.org/\n")
    yaml = "title: A\nlicence: CC0-1.0\ndatasets:\n  - {name: D, images: '*.tiff', tags: [mine]}\n"
    (folder / "study.yaml").write_text(yaml)
    plate = plate_xml({(0, 0): [0]})
    write_ome_tiff(folder / "p.ome.tiff", planes(), planes(), plates=[plate])
    built(tmp_path)
    [dataset] = pages(tmp_path, "dataset").values()
    assert [plate["name"] for plate in dataset["plates"]] == ["HT.01"]
    assert dataset["total"] == 1
    on_plate = next(page for page in pages(tmp_path, "image").values() if len(page["breadcrumbs"]) == 5)
    tags = next(panel for panel in on_plate["main"] if panel["kind"] == "tags")
    assert [(tag["text"], tag["added_on"]) for tag in tags["tags"]] == [("mine", "Dataset D")]


def test_a_screen_of_rows_alone_lists_its_wells_and_loads_no_arrays(tmp_path: Path) -> None:
    folder = tmp_path / "content/studies/screen"
    folder.mkdir(parents=True)
    (tmp_path / "site_config.yaml").write_text("title: Lab\n")
    (folder / "study.yaml").write_text("title: A\nlicence: CC0-1.0\nscreens: [{name: S, plates: [{name: P}]}]\n")
    (folder / "images.csv").write_text("Plate,Well,Gene\nP,A1,x\nP,B2,y\n")
    built(tmp_path)
    plate = pages(tmp_path, "plate")["P"]
    assert states(plate) == [["unpublished", "missing"], ["missing", "unpublished"]]
    assert [well["pairs"] for well in plate["wells"]["rows"]] == [
        [{"key": "Gene", "value": "x", "namespace": ""}],
        [{"key": "Gene", "value": "y", "namespace": ""}],
    ]
    assert pages(tmp_path, "well") == {}
