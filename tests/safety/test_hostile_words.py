"""Names and numbers in image files that no document can hold: the file is published or reported, the rest is built."""

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from publisher.testing.images import planes, write_ome_tiff, write_ome_zarr
from publisher.testing.zarr_sets import write_labels, write_plate
from tests.pipeline.sites import build_site

HALF = "a\ud800b"
"""Half of a character beyond the first plane: JSON can say it, UTF-8 cannot."""
CONTROL = "a\x00\x01\x0b\uffffb"


def change(file: Path, what: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(file.read_text())
    what(document)
    file.write_text(json.dumps(document))


def image_names(path: Path, word: str) -> None:
    window = {"min": 0, "max": 255, "start": 0, "end": 200}
    channels = [{"label": word, "color": "FF0000", "window": window}] * 2
    write_ome_zarr(path, planes(c=2), name=word, omero={"name": word, "channels": channels})


def plate_names(path: Path, word: str) -> None:
    acquisitions = [{"id": 1, "name": word, "description": word}]
    write_plate(path, {"A/1": [planes()], "A/2": [planes()]}, acquisitions=acquisitions, taken={0: 1})
    change(path / ".zattrs", lambda said: said["plate"].update(name=word))


def names_of_rows(path: Path, word: str) -> None:
    write_plate(path, {"A/1": [planes()]})
    change(path / ".zattrs", lambda said: said["plate"]["rows"].append({"name": word}))


def label_properties(path: Path, word: str) -> None:
    write_ome_zarr(path, planes(y=20, x=20), version="0.4")
    labels = (np.arange(400) % 3).astype("uint16").reshape(1, 1, 1, 20, 20)
    properties = [{"label-value": 1, word: word, "nan": float("nan"), "inf": float("-inf"), "many": 2**80, "yes": True}]
    write_labels(path, "cells", labels, properties=properties)


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """The images folder of a site that publishes one sound image and whatever is called x."""
    study = tmp_path / "content/studies/s"
    (study / "images").mkdir(parents=True)
    (tmp_path / "site_config.yaml").write_text("title: Lab\n")
    (study / "study.yaml").write_text("title: S\nimages: [images/a.ome.tiff, 'images/x*']\n")
    write_ome_tiff(study / "images/a.ome.tiff", planes())
    return study / "images"


@pytest.mark.parametrize("word", [HALF, CONTROL], ids=["half", "control"])
@pytest.mark.parametrize("make", [image_names, plate_names, names_of_rows, label_properties])
def test_what_no_document_can_hold_is_replaced(
    make: Callable[[Path, str], None], word: str, images: Path, tmp_path: Path
) -> None:
    make(images / "x.ome.zarr", word)
    assert build_site(tmp_path).problems == ()
    assert len(list((tmp_path / "_site").rglob("*.ome.zarr"))) == 2
    for path in (tmp_path / "_site").rglob("*.json"):
        text = path.read_text()
        json.loads(text, parse_constant=lambda name, path=path: pytest.fail(f"{name} in {path}"))
        assert "\\ud800" not in text
        assert "\\u0000" not in text
    assert build_site(tmp_path).report.ran == {}, "and the second build finds the same"


def test_the_same_image_many_times_in_a_well_is_one_field(images: Path, tmp_path: Path) -> None:
    plate = write_plate(images / "x.ome.zarr", {"A/1": [planes()], "A/2": [planes()]})
    change(plate / "A/1/.zattrs", lambda said: said["well"].update(images=[{"path": "0"}] * 5000))
    assert build_site(tmp_path).problems == ()
    [store] = (tmp_path / "_site").rglob("x-*.ome.zarr")
    assert [path.name for path in (store / "A/1").iterdir() if path.is_dir()] == ["0"]


def test_wells_that_are_not_there_are_told_in_few_words(images: Path, tmp_path: Path) -> None:
    plate = write_plate(images / "x.ome.zarr", {"A/1": [planes()]})
    columns = [{"name": str(number)} for number in range(1, 2001)]
    wells = [{"path": f"A/{each['name']}", "rowIndex": 0, "columnIndex": n} for n, each in enumerate(columns)]
    change(plate / ".zattrs", lambda said: said["plate"].update(columns=columns, wells=wells))
    outcome = build_site(tmp_path)
    assert outcome.problems == ()
    told = [problem for problem in outcome.warnings if problem.code == "source.well-left-out"]
    assert len(told) == 11
    assert "1989 more" in told[-1].message


def test_a_file_whose_name_is_no_text_is_passed_over(images: Path, tmp_path: Path) -> None:
    write_ome_tiff(images / "y.ome.tiff", planes())
    (images / "y.ome.tiff").rename(images / os.fsdecode(b"x\xff\xfe.ome.tiff"))
    outcome = build_site(tmp_path)
    assert outcome.problems == ()
    assert "study.odd-file-name" in [problem.code for problem in outcome.warnings]
    for problem in outcome.warnings:
        str(problem).encode()
    assert len(list((tmp_path / "_site").rglob("*.ome.zarr"))) == 1


def test_a_store_of_files_whose_names_are_no_text_is_reported(images: Path, tmp_path: Path) -> None:
    store = write_ome_zarr(images / "x.ome.zarr", planes())
    (store / os.fsdecode(b"\xff\xfe")).write_text("a")
    [problem] = build_site(tmp_path).problems
    assert (problem.code, problem.path) == ("source.damaged", "content/studies/s/images/x.ome.zarr")
    assert "not UTF-8" in problem.message
    assert len(list((tmp_path / "_site").rglob("*.ome.zarr"))) == 1


def test_labels_with_an_endless_name_cost_no_image(images: Path, tmp_path: Path) -> None:
    label_properties(images / "x.ome.zarr", "word")
    change(images / "x.ome.zarr/labels/.zattrs", lambda said: said.update(labels=["n" * 100_000, "cells"]))
    outcome = build_site(tmp_path)
    assert outcome.problems == ()
    assert "source.labels-left-out" in [problem.code for problem in outcome.warnings]
    [store] = (tmp_path / "_site").rglob("x-*.ome.zarr")
    assert (store / "0/labels/cells/zarr.json").is_file()


def test_a_study_or_page_whose_name_is_no_text_costs_no_other(images: Path, tmp_path: Path) -> None:
    other = tmp_path / "content/studies" / os.fsdecode(b"\xff\xfe")
    other.mkdir()
    (other / "study.yaml").write_text("title: Other\n")
    (images.parent / "study.yaml").write_text("title: S\nimages: [images/a.ome.tiff]\n")
    (tmp_path / "content/pages").mkdir()
    (tmp_path / "content/pages" / os.fsdecode(b"\xff.md")).write_text("# A page")
    outcome = build_site(tmp_path)
    assert [problem.code for problem in outcome.problems] == ["page.bad-name"]
    assert "study.odd-file-name" in [problem.code for problem in outcome.warnings]
    for problem in (*outcome.problems, *outcome.warnings):
        str(problem).encode()
    assert len(list((tmp_path / "_site").rglob("*.ome.zarr"))) == 1
