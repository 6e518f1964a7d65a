"""Faults that only OME-Zarr 0.6 can have, and others beside them: each is told once, by the file it is in."""

from pathlib import Path
from shutil import copytree
from typing import Any

import pytest

from publisher.ngff.validate import validate_fileset
from tests.ngff.filesets import write_fileset
from tests.ngff.seeded_faults import Change, change_file

Json = dict[str, Any]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_fileset(tmp_path_factory.mktemp("sound") / "a.ome.zarr", version="0.6")


def step(level: int, change: Change) -> Change:
    return lambda m: change(m["datasets"][level]["coordinateTransformations"][0])


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda m: m.pop("coordinateSystems"), "multiscales.0.coordinateSystems is missing; expected the axes there"),
        (
            lambda m: m["coordinateSystems"].append(m["coordinateSystems"][0]),
            "multiscales.0.coordinateSystems.1 has the name 'physical' a second time",
        ),
        (lambda m: m["coordinateSystems"][0].update(name=""), "coordinateSystems.0 is not made of a name and axes"),
        (lambda m: m.update(datasets={}), "multiscales.0.datasets is no list of levels"),
        (lambda m: m["datasets"].append(7), "multiscales.0.datasets.3 is no object"),
        (step(0, lambda s: s.pop("input")), "0.coordinateTransformations.0 has the input None; expected '0'"),
        (step(1, lambda s: s["input"].update(path="0")), "has the input '0'; expected '1', the path of its level"),
        (step(1, lambda s: s.pop("output")), "has the output None; expected one of ['physical']"),
        (step(1, lambda s: s["output"].update(name="world")), "has the output 'world'; expected one of ['physical']"),
        (step(0, lambda s: s.update(type="affine")), "is a affine of ['affine']; expected a scale"),
        (step(1, lambda s: s["transformations"].reverse()), "is a sequence of ['translation', 'scale']"),
        (step(1, lambda s: s["transformations"].pop()), "is a sequence of ['scale']"),
        (
            lambda m: m["datasets"][0]["coordinateTransformations"].append(
                {"type": "translation", "translation": [0.0] * 5}
            ),
            "datasets.0.coordinateTransformations is not a list of one transformation",
        ),
        # What 0.5 can have as well: the same checks find it.
        (step(0, lambda s: s["scale"].pop()), ""),
        (step(0, lambda s: s["scale"].__setitem__(4, 0.0)), "above 0"),
        (step(1, lambda s: s["transformations"][0]["scale"].__setitem__(4, 0.1)), "level 1 has the scale"),
        (step(1, lambda s: s["transformations"][1]["translation"].__setitem__(4, 9.0)), "level 1 has the translation"),
        (lambda m: m["coordinateSystems"][0]["axes"][4].update(unit="µm"), "axis x has the unit 'µm'"),
        (lambda m: m["coordinateSystems"][0]["axes"][4].update(unit=None), "multiscales.0.axes.4.unit is null"),
        (lambda m: m.pop("name"), "multiscales.0.name is missing"),
    ],
)
def test_a_fault_of_a_multiscale_is_told_once(sound: Path, tmp_path: Path, change: Change, words: str) -> None:
    fileset = tmp_path / "a.ome.zarr"
    copytree(sound, fileset)
    change_file(fileset / "0/zarr.json", lambda d: change(d["attributes"]["ome"]["multiscales"][0]))
    (problem,) = validate_fileset(fileset)
    assert problem.path == str(fileset / "0/zarr.json")
    assert words in problem.message


@pytest.mark.parametrize(
    ("file", "change", "words"),
    [
        ("1/zarr.json", lambda ome: ome.update(version="0.5"), "names the version '0.5'; expected '0.6'"),
        ("0/zarr.json", lambda ome: ome["omero"]["channels"].pop(), "omero describes 1 channels"),
        ("0/labels/nuclei/zarr.json", lambda ome: ome.update(omero={"channels": []}), "has an omero block"),
        ("OME/zarr.json", lambda ome: ome.pop("series"), "series"),
    ],
)
def test_other_faults_are_told_as_in_05(sound: Path, tmp_path: Path, file: str, change: Change, words: str) -> None:
    fileset = tmp_path / "a.ome.zarr"
    copytree(sound, fileset)
    change_file(fileset / file, lambda d: change(d["attributes"]["ome"]))
    (problem,) = validate_fileset(fileset)
    assert problem.path == str(fileset / file)
    assert words in problem.message


def test_what_leads_on_to_further_coordinate_systems_is_nobodys_fault(sound: Path, tmp_path: Path) -> None:
    fileset = tmp_path / "a.ome.zarr"
    copytree(sound, fileset)

    def add(document: Json) -> None:
        (one,) = document["attributes"]["ome"]["multiscales"]
        one["coordinateSystems"].append({"name": "stage", "axes": one["coordinateSystems"][0]["axes"]})
        ends = {"input": {"name": "physical"}, "output": {"name": "stage"}}
        one["coordinateTransformations"] = [{"type": "translation", "translation": [0, 0, 1, 2, 3], **ends}]

    change_file(fileset / "0/zarr.json", add)
    assert validate_fileset(fileset) == ()
