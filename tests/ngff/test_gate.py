"""Each fault is told once, by the file it is in, with what was found and expected."""

import shutil
from pathlib import Path

import pytest

from publisher.ngff.validate import validate_fileset
from tests.ngff.filesets import write_fileset
from tests.ngff.seeded_faults import IMAGE_FAULTS, LABEL_FAULTS, Seeded, first_chunk

CASES = [
    pytest.param(release, fault, id=f"{fault.name} ({release})")
    for fault in (*IMAGE_FAULTS, *LABEL_FAULTS)
    for release in fault.releases
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sound")
    return {version: write_fileset(folder / version / "a.ome.zarr", version=version) for version in VERSIONS}


VERSIONS = ("0.4", "0.5", "0.4+0.5")


def copy_of(fileset: Path, folder: Path) -> Path:
    copy = folder / "a.ome.zarr"
    shutil.copytree(fileset, copy)
    return copy


@pytest.mark.parametrize("version", VERSIONS)
def test_a_sound_fileset_passes(sound: dict[str, Path], version: str) -> None:
    assert validate_fileset(sound[version]) == ()


@pytest.mark.parametrize(("release", "fault"), CASES)
def test_every_seeded_fault_is_told_once(sound: dict[str, Path], tmp_path: Path, release: str, fault: Seeded) -> None:
    fileset = copy_of(sound[release], tmp_path)
    names = {"0.4": {"ATTRS": ".zattrs", "ARRAY": ".zarray", "ZGROUP": ".zgroup"}}
    chunk_name = first_chunk(fileset, fault.path.removesuffix("/CHUNK")) if "CHUNK" in fault.path else None
    fault.seed(fileset)
    path, words = fault.path, fault.words
    for word in "ATTRS", "ARRAY", "ZGROUP":
        name = names.get(release, {}).get(word, "zarr.json")
        path, words = path.replace(word, name), words.replace(word, name)
    problems = validate_fileset(fileset)
    assert len(problems) == 1, problems
    assert problems[0].path == str(chunk_name or fileset / path)
    assert words in problems[0].message
    assert problems[0].code == "store.invalid"
