"""Plates from source to site: one fileset a plate, one contrast a plate, and nothing done twice."""

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import zarr
from numpy.typing import NDArray

from publisher.graph.ledger import Ledger
from publisher.graph.record import Record
from publisher.ngff.validate import validate_fileset
from publisher.pipeline import Outcome
from publisher.testing.images import planes, plate_xml, write_ome_tiff
from tests.pipeline.sites import build_site, tree

STUDY = "title: Plates\nlicence: CC0-1.0\nrelease_date: 2026-01-01\nrendering: {}\n"


def images(count: int, **sizes: int) -> list[NDArray[Any]]:
    """Images whose largest value grows with their number."""
    return [planes(c=2, dtype="uint16", **sizes) // 16 * (number + 1) for number in range(count)]


def make_site(root: Path, arrays: list[NDArray[Any]], *plates: str, **write: Any) -> Path:
    """A site of one study with one file, whose images have no names; returns the file."""
    study = root / "content/studies/screen"
    study.mkdir(parents=True, exist_ok=True)
    (root / "site_config.yaml").write_text("title: Lab\nbase_url: https://lab.example.org/\n")
    (study / "study.yaml").write_text(STUDY)
    return write_ome_tiff(study / "p.ome.tiff", *arrays, plates=plates, image_names=[""] * len(arrays), **write)


def filesets(root: Path) -> list[str]:
    """Ids of the published filesets, without the hash."""
    return sorted(re.sub("-[0-9a-f]{8}", "", folder.name) for folder in (root / "_site/data/screen").iterdir())


def ome(path: Path) -> Any:
    return json.loads((path / "zarr.json").read_bytes())["attributes"]["ome"]


def windows(root: Path) -> set[tuple[float, float]]:
    """Windows of the first channel over all images of the site."""
    groups = [ome(path.parent) for path in (root / "_site/data").rglob("zarr.json") if b"omero" in path.read_bytes()]
    found = [group["omero"]["channels"][0]["window"] for group in groups]
    return {(window["start"], window["end"]) for window in found}


def built(root: Path) -> Outcome:
    outcome = build_site(root)
    assert outcome.problems == ()
    for folder in (root / "_site/data/screen").iterdir():
        assert validate_fileset(folder) == ()
    return outcome


def test_a_plate_alone_is_the_fileset_and_its_pixels_are_where_its_wells_say(tmp_path: Path) -> None:
    arrays = images(4)
    make_site(tmp_path, arrays, plate_xml({(1, 2): [3, 0], (0, 0): [2], (0, 1): [], (5, 5): [1]}))
    built(tmp_path)
    assert filesets(tmp_path) == ["p.ome.zarr"]
    [folder] = (tmp_path / "_site/data/screen").iterdir()
    assert ome(folder / "OME")["series"] == ["A/1/0", "B/3/0", "B/3/1", "F/6/0"]
    for path, series in (("A/1/0", 2), ("B/3/0", 3), ("B/3/1", 0), ("F/6/0", 1)):
        assert np.array_equal(zarr.open_array(folder / path / "0", mode="r")[...], arrays[series])
    assert ome(folder / "B/3/1")["multiscales"][0]["name"] == "HT.01 [Well B3, Field 2]"
    pages = "".join(path.read_text() for path in (tmp_path / "_site/studies/screen/images").glob("*/index.html"))
    assert "HT.01 [Well B3, Field 2]" in pages


def test_several_plates_and_images_on_none_are_filesets_of_their_own(tmp_path: Path) -> None:
    first, second = plate_xml({(0, 0): [2]}), plate_xml({(0, 0): [0, 1]}, number=1)
    make_site(tmp_path, images(4), first, second)
    built(tmp_path)
    assert filesets(tmp_path) == ["p-plate-1.ome.zarr", "p-plate-2.ome.zarr", "p.ome.zarr"]
    [rest] = [folder for folder in (tmp_path / "_site/data/screen").iterdir() if "plate" not in folder.name]
    assert ome(rest / "OME")["series"] == ["3"]
    assert "plate" not in ome(rest)
    assert "<Plate" not in (rest / "OME/METADATA.ome.xml").read_text()


def test_ids_stay_when_less_of_a_source_is_published(tmp_path: Path) -> None:
    make_site(tmp_path, images(3), plate_xml({(0, 0): [0, 1]}), plate_xml({(0, 0): [2]}, number=1))
    study = tmp_path / "content/studies/screen/study.yaml"
    study.write_text(STUDY + "datasets:\n  - {name: A, images: [{path: p.ome.tiff, series: [1]}]}\n")
    built(tmp_path)
    assert filesets(tmp_path) == ["p-plate-1.ome.zarr"]
    [folder] = (tmp_path / "_site/data/screen").iterdir()
    assert ome(folder / "OME")["series"] == ["A/1/0"]
    assert 'Name="HT.01 [Well A1, Field 2]"' in (folder / "OME/METADATA.ome.xml").read_text()


@pytest.mark.parametrize(
    ("window", "count"), [("", 3), ("window: plate", 3), ("window: image", 5), ("window: dataset", 1)]
)
def test_a_plate_shares_its_contrast_unless_told_otherwise(tmp_path: Path, window: str, count: int) -> None:
    """Two plates of two images each, and one image on none."""
    make_site(tmp_path, images(5), plate_xml({(0, 0): [0, 1]}), plate_xml({(0, 0): [2], (0, 1): [3]}, number=1))
    study = tmp_path / "content/studies/screen/study.yaml"
    study.write_text(STUDY.replace("{}", f"{{{window}}}"))
    built(tmp_path)
    assert len(windows(tmp_path)) == count


def test_fields_of_unlike_sizes_have_equally_many_levels(tmp_path: Path) -> None:
    arrays = [planes(y=600, x=20), planes(y=3, x=2)]
    make_site(tmp_path, arrays, plate_xml({(0, 0): [0, 1]}))
    built(tmp_path)
    [folder] = (tmp_path / "_site/data/screen").iterdir()
    assert [len(ome(folder / path)["multiscales"][0]["datasets"]) for path in ("A/1/0", "A/1/1")] == [3, 3]


def test_a_moved_field_moves_and_leaves_nothing_behind(tmp_path: Path) -> None:
    arrays = images(2)
    make_site(tmp_path, arrays, plate_xml({(0, 0): [0], (0, 1): [1]}))
    built(tmp_path)
    make_site(tmp_path, arrays, plate_xml({(0, 0): [0], (3, 1): [1]}))
    outcome = built(tmp_path)
    assert any(name.startswith("pixels ") for name in outcome.report.ran)
    [folder] = (tmp_path / "_site/data/screen").iterdir()
    assert sorted(path.relative_to(folder).as_posix() for path in folder.glob("*/*/*/zarr.json")) == [
        "A/1/0/zarr.json",
        "D/2/0/zarr.json",
    ]


def test_a_caption_touches_no_chunk_and_a_clean_build_gives_the_same_bytes(tmp_path: Path) -> None:
    make_site(tmp_path, images(3), plate_xml({(0, 0): [0, 1], (1, 1): [2]}, acquisitions=[[0], [1, 2]]))
    built(tmp_path)
    assert built(tmp_path).report.ran == {}
    (tmp_path / "content/studies/screen/images.csv").write_text("image,series,name\np.ome.tiff,1,Renamed\n")
    ran = built(tmp_path).report.ran
    assert not any(name.startswith(("pixels ", "window ")) for name in ran)
    assert any(name.startswith("describe ") for name in ran)
    before = tree(tmp_path / "_site")
    again = tmp_path / "again"
    (again / "content/studies").mkdir(parents=True)
    for part in ("site_config.yaml", "content/studies/screen"):
        (tmp_path / part).rename(again / part)
    build_site(again)
    assert tree(again / "_site") == before


def test_a_plate_with_hostile_names_stays_in_its_folder(tmp_path: Path) -> None:
    plate = plate_xml({(0, 0): [0]}, attributes='Name="../../../etc/passwd of jane@lab.org" Rows="2"')
    make_site(tmp_path, images(1), plate)
    built(tmp_path)
    assert filesets(tmp_path) == ["p.ome.zarr"]
    everything = b"".join(path.read_bytes() for path in (tmp_path / "_site").rglob("*") if path.is_file())
    assert b"jane@lab.org" not in everything


def test_what_is_looked_up_grows_with_the_fields_and_not_with_their_square(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[int] = []
    step = Ledger.step

    def counted(ledger: Ledger, name: str) -> Record | None:
        record = step(ledger, name)
        looked_up.append(len(json.dumps(record.value)) if record else 0)
        return record

    def bytes_of(fields: int) -> int:
        root = tmp_path / str(fields)
        make_site(root, images(fields), plate_xml({(number // 6, number % 6): [number] for number in range(fields)}))
        looked_up.clear()
        built(root)
        return sum(looked_up)

    monkeypatch.setattr(Ledger, "step", counted)
    assert bytes_of(24) < 2.4 * bytes_of(12)


def test_a_field_that_cannot_be_read_is_left_out_of_its_well(tmp_path: Path) -> None:
    file = make_site(tmp_path, images(3), plate_xml({(0, 0): [0, 1], (0, 1): [2]}), compression="zlib")
    with tifffile.TiffFile(file) as tiff:
        start, count = tiff.pages[2].dataoffsets[0], tiff.pages[2].databytecounts[0]  # of the second image
    data = bytearray(file.read_bytes())
    data[start : start + count] = bytes(count)
    file.write_bytes(data)
    outcome = build_site(tmp_path)
    assert len(outcome.problems) == 1
    [folder] = (tmp_path / "_site/data/screen").iterdir()
    assert validate_fileset(folder) == ()
    assert ome(folder / "OME")["series"] == ["A/1/0", "A/2/0"]
    assert ome(folder)["plate"]["field_count"] == 1
