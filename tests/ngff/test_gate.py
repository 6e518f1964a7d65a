"""Each fault is told once, by the file it is in, with what was found and expected."""

import shutil
from pathlib import Path

import pytest

from publisher.ngff.validate import validate_fileset
from tests.ngff.filesets import write_fileset
from tests.ngff.seeded_faults import IMAGE_FAULTS, LABEL_FAULTS, Change, Seeded, change_file, first_chunk

CASES = [
    pytest.param(release, fault, id=f"{fault.name} ({release})")
    for fault in (*IMAGE_FAULTS, *LABEL_FAULTS)
    for release in fault.releases
]


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("sound")
    return {version: write_fileset(folder / version / "a.ome.zarr", version=version) for version in VERSIONS}


VERSIONS = ("0.4", "0.5", "0.4+0.5", "0.6")


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


@pytest.mark.parametrize(
    ("name", "change", "words"),
    [
        ("0/.zattrs", lambda d: d["omero"]["channels"][0].update(label="Other"), "beside it in omero"),
        ("0/.zattrs", lambda d: d["multiscales"][0].update(name="Other"), "beside it in multiscales"),
        ("0/2/.zarray", lambda d: d["compressor"].update(id="zstd"), ""),
        ("0/0/.zarray", lambda d: d.update(dtype="<i2"), "expected int16"),
    ],
)
def test_descriptions_that_differ_are_told(
    sound: dict[str, Path], tmp_path: Path, name: str, change: Change, words: str
) -> None:
    fileset = copy_of(sound["0.4+0.5"], tmp_path)
    change_file(fileset / name, change)
    problems = validate_fileset(fileset)
    assert problems
    assert any(words in problem.message for problem in problems), problems


def test_a_group_that_one_release_lacks_is_told(sound: dict[str, Path], tmp_path: Path) -> None:
    fileset = copy_of(sound["0.4+0.5"], tmp_path)
    for name in ".zattrs", ".zgroup":
        (fileset / "1" / name).unlink()
    (problem,) = validate_fileset(fileset)
    assert problem.path == str(fileset / "1/.zgroup")
