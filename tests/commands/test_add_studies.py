"""Transfer packs, crates and spreadsheets: `add`, then `build`, and no hand between."""

import json
from pathlib import Path

import pytest

from publisher.cli import run
from publisher.formats.ome_xml.tree import parse, validate
from publisher.testing.images import planes, write_ome_tiff
from tests.importers.packs import write_pack, zipped


@pytest.fixture
def site(tmp_path: Path) -> Path:
    return new_site(tmp_path / "site")


def new_site(root: Path) -> Path:
    (root / "content" / "studies").mkdir(parents=True)
    (root / "site_config.yaml").write_text("title: Lab\nbase_url: https://lab.example.org/\n")
    return root


def page(site: Path, kind: str, stem: str, study: str = "s") -> dict:
    [found] = (site / "_site" / "studies" / study / kind).glob(f"{stem}*/index.json")
    return json.loads(found.read_text())


def document(site: Path, stem: str) -> bytes:
    [found] = (site / "_site" / "studies" / "s" / "images").glob(f"{stem}*/ome.xml")
    return found.read_bytes()


@pytest.fixture(scope="module")
def packed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of one study, which was a pack; it is looked at and not changed."""
    folder = tmp_path_factory.mktemp("packed")
    site = new_site(folder / "site")
    assert run(["add", str(zipped(write_pack(folder / "pack"))), "--study", "s", "--site", str(site)]) == 0
    assert run(["build", "--site", str(site)]) == 0
    return site


def test_what_was_said_in_omero_is_on_the_page_it_is_about(packed):
    a, b = (json.dumps(page(packed, "images", stem)) for stem in ("a-", "b-"))
    assert "mitosis" in a
    assert "cell cycle" in a
    assert "looks good" in a
    assert "about a.ome.tiff" in a
    assert "CDC20" in b
    assert "PLK1" in b
    project = json.dumps(page(packed, "projects", "cells"))
    assert "All of them" in project


def test_files_attached_to_an_image_are_offered_on_its_page(packed):
    panels = page(packed, "images", "b-")["main"]
    [attachments] = [panel["notes"] for panel in panels if panel.get("title") == "Attachments"]
    assert [(note["text"].split(",")[0], note["added_on"]) for note in attachments] == [
        ("form.txt: the form", ""),
        ("form.txt: the form", "Dataset Control"),
    ]
    [found] = (packed / "_site/studies/s/images").glob("b-*")
    for note in attachments:
        assert (found / note["href"]).resolve().read_text() == "hello"
    others = [panel["notes"] for panel in page(packed, "images", "a-")["main"] if panel.get("title") == "Attachments"]
    assert "lost.csv" in str(others)


def test_regions_and_annotations_are_in_the_published_document(packed):
    data = document(packed, "a-")
    assert validate(data) == ()
    tree = parse(data, name="a")
    [region] = tree.root.iterfind("{*}ROI")
    assert region[0][0].get("Height") == "4"
    assert "mitosis" in {value.text for value in tree.root.iterfind(".//{*}TagAnnotation/{*}Value")}
    assert parse(document(packed, "b-"), name="b").root.find("{*}ROI") is None


def test_nobody_and_no_server_is_named_anywhere(packed):
    for file in (packed / "_site").rglob("*"):
        if file.is_file():
            data = file.read_bytes()
            for word in (b"jdoe", b"omero.secret.example", b"cli/transfer", b"root_0"):
                assert word not in data, file


def test_what_is_left_to_do_lies_beside_the_study(packed):
    todo = (packed / "content/studies/s/TODO.md").read_text()
    assert "no reader takes images/c.vsi" in todo
    assert "tag set 'cell cycle'" in todo


def test_a_crate_with_its_files(publisher, site, tmp_path):
    crate = tmp_path / "crate"
    crate.mkdir()
    write_ome_tiff(crate / "a.ome.tiff", planes())
    graph = [
        {"@id": "ro-crate-metadata.json", "about": {"@id": "./"}},
        {"@id": "./", "@type": "Dataset", "name": "Wing discs", "hasPart": [{"@id": "a.ome.tiff"}, {"@id": "b.tif"}]},
        {"@id": "a.ome.tiff", "@type": "File", "genotype": "wild type"},
    ]
    (crate / "ro-crate-metadata.json").write_text(json.dumps({"@graph": graph}))
    assert publisher("add", crate, "--study", "s", "--site", site).code == 0
    assert publisher("build", "--site", site).code == 0
    assert "wild type" in json.dumps(page(site, "images", "a-"))
    assert "b.tif" in json.dumps(page(site, "datasets", "images"))


def test_a_spreadsheet_beside_its_images(publisher, site, tmp_path):
    write_ome_tiff(tmp_path / "cell 1.ome.tiff", planes())
    (tmp_path / "t.csv").write_text("File name,Dataset,Gene,Gene\ncell 1,Control,CDC20,PLK1\ncell 2,Control,x,\n")
    added = publisher("add", tmp_path / "t.csv", "--study", "s", "--site", site)
    assert added.code == 0
    assert "1 of 2 rows name files that were found." in added.out
    assert publisher("build", "--site", site).code == 0
    said = json.dumps(page(site, "images", "cell-1"))
    assert "CDC20" in said
    assert "PLK1" in said
    assert "cell 2" in json.dumps(page(site, "datasets", "control"))


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["simple_screen.zip", "valid_single_dataset.zip", "prepare", "transfer.xml"])
def test_real_packs_build(publisher, site, corpus, name):
    assert publisher("add", corpus / "omero-transfer-packs" / name, "--study", "s", "--site", site).code == 0
    built = publisher("build", "--site", site)
    assert built.code == 0, built.err
    if name == "valid_single_dataset.zip":
        said = json.dumps(page(site, "images", "cycle4"))
        assert all(word in said for word in ("kvpair", "newtag", "common"))
