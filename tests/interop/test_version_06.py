"""OME-Zarr 0.6, an experiment: programs that know it accept every kind of fileset, and read its pixels and lengths."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter
from publisher.sources.ome_zarr import OmeZarrReader
from publisher.sources.protocol import Roots
from publisher.testing.images import planes, plate_xml, write_ome_tiff
from tests.interop.other_pythons import READERS, answer, reader_python
from tests.interop.published import digest

STUDY = """\
title: Kinds
licence: CC0-1.0
images:
- p.ome.tiff
- {path: cell.ome.tiff, labels: {nuclei: nuclei.ome.tiff}}
"""
CONFIG = 'title: Lab\nzarr: {version: "VERSION", experimental: true}\n'


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Folders of filesets of every kind by their release, the same sources for each."""
    return {version: _built(tmp_path_factory.mktemp(f"of-{version}"), version) for version in ("0.5", "0.6")}


def _built(root: Path, version: str) -> Path:
    (root / "site_config.yaml").write_text(CONFIG.replace("VERSION", version))
    study = root / "content" / "studies" / "kinds"
    study.mkdir(parents=True)
    (study / "study.yaml").write_text(STUDY)
    cell = planes(t=2, c=2, z=3, y=301, x=533, dtype="uint16")
    write_ome_tiff(study / "cell.ome.tiff", cell, pixel_size_um=(0.5, 0.1, 0.1))
    write_ome_tiff(study / "nuclei.ome.tiff", planes(t=2, z=3, y=301, x=533) // 50)
    fields = [planes(c=2, y=60, x=40, dtype="float32") / (number + 1) for number in range(4)]
    wells = plate_xml({(0, 0): [3, 0], (1, 11): [1]})  # and one image on no plate
    write_ome_tiff(study / "p.ome.tiff", *fields, plates=[wells])
    outcome = build(root, BuildOptions(today=date(2026, 1, 1)), SilentReporter())
    assert outcome.problems == ()
    return outcome.paths.output / "data"


def _documents(fileset: Path) -> dict[str, Any]:
    """The OME metadata of all groups by path."""
    found = {}
    for file in sorted(fileset.rglob("zarr.json")):
        document = json.loads(file.read_bytes())
        if document["node_type"] == "group" and document["attributes"]:
            found[str(file.parent.relative_to(fileset))] = document["attributes"]["ome"]
    return found


def _expected(fileset: Path) -> dict[str, Any]:
    """Images of a fileset of 0.5 as its documents say, with pixels as zarr-python reads them."""
    found = {}
    for path, ome in _documents(fileset).items():
        for multiscale in ome.get("multiscales", ()):
            levels = []
            for dataset in multiscale["datasets"]:
                pixels = np.asarray(zarr.open_array(fileset / path / dataset["path"], mode="r")[...])
                said = {step["type"]: step[step["type"]] for step in dataset["coordinateTransformations"]}
                lengths = {"scale": said["scale"], "translation": said.get("translation", [0.0] * pixels.ndim)}
                state = {"shape": list(pixels.shape), "dtype": pixels.dtype.name, "sha256": digest(pixels)}
                levels.append(lengths | state)
            axes = [[axis["name"], axis["type"], axis.get("unit")] for axis in multiscale["axes"]]
            found[path] = {"axes": axes, "levels": levels}
    return found


def test_the_models_accept_every_fileset_and_read_what_05_says(data: dict[str, Path]) -> None:
    filesets = {version: sorted(each.glob("*/*.ome.zarr")) for version, each in data.items()}
    assert len(filesets["0.6"]) == len(filesets["0.5"]) == 3  # a cell, a plate, an image on no plate
    command = [reader_python("ome-zarr"), str(READERS / "by_models_v06.py")]
    answers = answer(command, list(map(str, filesets["0.6"])), timeout_s=900)
    for fileset, read in zip(filesets["0.5"], answers, strict=True):
        assert read == _expected(fileset), fileset


def test_only_the_place_of_axes_and_versions_differ_from_05(data: dict[str, Path]) -> None:
    for old, new in zip(*(sorted(each.glob("*/*.ome.zarr")) for each in data.values()), strict=True):
        assert {path.relative_to(old) for path in old.rglob("*")} == {path.relative_to(new) for path in new.rglob("*")}
        for path, ome in _documents(new).items():
            text = json.dumps(ome)
            assert ome["version"] == "0.6"
            assert text.count('"version"') == 1
            for multiscale in ome.get("multiscales", ()):
                assert "axes" not in multiscale
                (system,) = multiscale["coordinateSystems"]
                assert system["axes"] == _documents(old)[path]["multiscales"][0]["axes"]


def test_our_own_reader_opens_what_we_write(data: dict[str, Path]) -> None:
    for old, new in zip(*(sorted(each.glob("*/*.ome.zarr")) for each in data.values()), strict=True):
        with OmeZarrReader().open(old, Roots((old,))) as before, OmeZarrReader().open(new, Roots((new,))) as after:
            assert after.images() == before.images()
            assert after.labels() == before.labels()
            assert after.plates() == before.plates()
