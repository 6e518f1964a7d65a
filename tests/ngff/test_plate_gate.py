"""Each fault of a plate is told once, by the file it is in; other judges accept what ours does."""

import json
import shutil
from pathlib import Path
from typing import Any

import ome_zarr_models.v04
import ome_zarr_models.v05
import pytest
import yaozarrs
import zarr
from jsonschema import Draft202012Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

from publisher.ngff.validate import validate_fileset
from tests.ngff.filesets import write_plate
from tests.ngff.seeded_faults import Seeded
from tests.ngff.seeded_plate_faults import PLATE_FAULTS

VERSIONS = ("0.4", "0.5", "0.4+0.5", "0.6")
NAMES = {
    "0.4": {"ATTRS": ".zattrs", "GROUP": ".zgroup"},
    "0.5": {"ATTRS": "zarr.json", "GROUP": "zarr.json"},
}
CASES = [
    pytest.param(release, fault, id=f"{fault.name} ({release})") for fault in PLATE_FAULTS for release in fault.releases
]


def read(path: Path) -> Any:
    return json.loads(path.read_bytes())


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("plates")
    return {version: write_plate(folder / version / "a.ome.zarr", version=version) for version in VERSIONS}


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sound_plate_passes(sound: dict[str, Path], version: str) -> None:
    assert validate_fileset(sound[version]) == ()


@pytest.mark.parametrize(("release", "fault"), CASES)
def test_every_seeded_fault_is_told_once(sound: dict[str, Path], tmp_path: Path, release: str, fault: Seeded) -> None:
    fileset = tmp_path / "a.ome.zarr"
    shutil.copytree(sound[release], fileset)
    fault.seed(fileset)
    path = fault.path
    for word, name in NAMES[release].items():
        path = path.replace(word, name)
    problems = validate_fileset(fileset)
    assert len(problems) == 1, problems
    assert problems[0].path == str(fileset / path)
    assert fault.words in problems[0].message


def test_models_and_yaozarrs_accept_plates_of_both_releases(sound: dict[str, Path]) -> None:
    for version, models in (("0.4", ome_zarr_models.v04), ("0.5", ome_zarr_models.v05)):
        yaozarrs.validate_zarr_store(sound[version])
        root = zarr.open_group(sound[version], mode="r")
        models.HCS.from_zarr(root)
        models.Well.from_zarr(root["A/1"])


def test_documents_of_a_plate_are_as_they_should_be(sound: dict[str, Path]) -> None:
    root = read(sound["0.5"] / "zarr.json")["attributes"]["ome"]
    assert root["bioformats2raw.layout"] == 3
    assert root["plate"] == {
        "version": "0.5",
        "name": "HT.01",
        "acquisitions": [
            {"id": 1, "name": "before", "maximumfieldcount": 1},
            {"id": 2, "name": "after", "description": "with drug", "maximumfieldcount": 1},
        ],
        "field_count": 2,
        "rows": [{"name": "A"}, {"name": "B"}],
        "columns": [{"name": "1"}, {"name": "2"}, {"name": "3"}],
        "wells": [
            {"path": "A/1", "rowIndex": 0, "columnIndex": 0},
            {"path": "B/3", "rowIndex": 1, "columnIndex": 2},
        ],
    }
    well = read(sound["0.5"] / "A/1/zarr.json")["attributes"]["ome"]["well"]
    images = [{"path": "0", "acquisition": 1}, {"path": "1", "acquisition": 2}]
    assert well == {"version": "0.5", "images": images}
    series = read(sound["0.5"] / "OME/zarr.json")["attributes"]["ome"]["series"]
    assert series == ["A/1/0", "A/1/1", "B/3/0"]
    assert read(sound["0.4"] / ".zattrs")["plate"]["version"] == "0.4"


@pytest.mark.corpus
@pytest.mark.parametrize("version", ["0.4", "0.5"])
def test_the_official_schemas_accept_plate_and_well(sound: dict[str, Path], corpus: Path, version: str) -> None:
    schemas = corpus / "schemas" / "ngff" / version / "schemas"
    registry = Registry().with_resources(
        (found["$id"], Resource(contents=found, specification=DRAFT202012))
        for path in schemas.iterdir()
        if "$id" in (found := read(path))
    )
    for kind, where in (("plate", ""), ("well", "A/1")):
        name = ".zattrs" if version == "0.4" else "zarr.json"
        document = read(sound[version] / where / name)
        attributes = document if version == "0.4" else document["attributes"]
        judge = Draft202012Validator(read(schemas / f"{kind}.schema"), registry=registry)
        assert [error.message for error in judge.iter_errors(attributes)] == []
