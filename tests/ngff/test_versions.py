"""OME-Zarr 0.4, 0.5 and both over one set of chunks: independent readers see the same pixels in each."""

import json
from pathlib import Path

import numpy as np
import ome_zarr_models.v04
import ome_zarr_models.v05
import pytest
import tensorstore
import yaozarrs
import zarr

from publisher.formats.ngff_version import VERSIONS_OF, group_files
from publisher.ngff.plan import PRESETS
from tests.ngff.array_source import ArraySource, plan_of, pyramid, written
from tests.ngff.filesets import ARRAYS, write_fileset

VERSIONS = tuple(VERSIONS_OF)
RNG = np.random.default_rng(3)
DRIVERS = {"0.4": "zarr", "0.5": "zarr3", "0.6": "zarr3"}
FORMATS = {"0.4": 2, "0.5": 3, "0.6": 3}


@pytest.fixture(scope="module", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="module")
def fileset(version: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_fileset(tmp_path_factory.mktemp("versions") / "cells.ome.zarr", version=version)


@pytest.mark.parametrize("dtype", ["uint8", "int8", "uint16", "int16", "uint32", "int32", "uint64", "float32"])
@pytest.mark.parametrize("version", ["0.4", "0.4+0.5", "0.6"])
def test_every_type_reads_back_in_every_description(tmp_path: Path, dtype: str, version: str) -> None:
    array = RNG.poisson(90, (2, 2, 2, 300, 270)).astype(dtype)
    written(ArraySource(array), tmp_path, version=version)
    for number, expected in enumerate(pyramid(array, 2) if dtype != "float32" else [array]):
        level = tmp_path / str(number)
        for release in VERSIONS_OF[version]:
            read = zarr.open_array(level, mode="r", zarr_format=FORMATS[release])
            assert read.dtype == array.dtype
            np.testing.assert_array_equal(read[:], expected)
            spec = {"driver": DRIVERS[release], "kvstore": {"driver": "file", "path": f"{level}/"}}
            np.testing.assert_array_equal(tensorstore.open(spec).result().read().result(), expected)


def test_each_version_has_its_files_and_no_others(fileset: Path, version: str) -> None:
    names = {path.name for path in fileset.rglob("*") if path.is_file() and not path.name.isdigit()}
    documents = {"0.4": {".zarray", ".zattrs", ".zgroup"}, "0.5": {"zarr.json"}, "0.6": {"zarr.json"}}
    expected = set().union(*(documents[release] for release in VERSIONS_OF[version]))
    assert names == expected | {"METADATA.ome.xml", "ro-crate-metadata.json"}


def test_both_descriptions_share_chunks_that_a_single_04_has_as_well(tmp_path: Path) -> None:
    array = RNG.poisson(90, (1, 2, 1, 600, 500)).astype("uint16")
    for version in "0.4", "0.4+0.5":
        written(ArraySource(array), tmp_path / version, version=version)
    chunks = [path.relative_to(tmp_path / "0.4") for path in (tmp_path / "0.4").rglob("*") if path.name.isdigit()]
    files = [path for path in chunks if (tmp_path / "0.4" / path).is_file()]
    assert len(files) == 2 * (3 * 2 + 2 * 1 + 1 * 1)
    for path in files:
        assert (tmp_path / "0.4" / path).read_bytes() == (tmp_path / "0.4+0.5" / path).read_bytes()


def test_the_plan_counts_the_files_that_are_written(tmp_path: Path, version: str) -> None:
    array = RNG.poisson(90, (2, 2, 1, 600, 500)).astype("uint16")
    plan = plan_of(array, version=version)
    assert len(written(ArraySource(array), tmp_path, version=version).files) == plan.file_count
    assert plan.to_json()["version"] == version


@pytest.mark.parametrize("version", ["0.4", "0.4+0.5"])
def test_chunks_of_zeros_may_be_missing_and_read_as_zeros(tmp_path: Path, version: str) -> None:
    array = np.zeros((1, 1, 1, 600, 600), "uint16")
    array[..., :10, :10] = 7
    written(ArraySource(array), tmp_path, version=version, missing_keys="404")
    assert sorted(path.name for path in (tmp_path / "0/0/0/0").rglob("*") if path.is_file()) == ["0"]
    for release in VERSIONS_OF[version]:
        np.testing.assert_array_equal(zarr.open_array(tmp_path / "0", zarr_format=FORMATS[release], mode="r")[:], array)


@pytest.mark.parametrize("preset", sorted(PRESETS))
def test_a_chunk_of_version_2_is_one_blosc_block_and_nothing_after_it(tmp_path: Path, preset: str) -> None:
    array = RNG.poisson(90, (1, 1, 1, 256, 256)).astype("uint16")
    written(ArraySource(array), tmp_path, version="0.4", preset=preset)
    data = (tmp_path / "0/0/0/0/0/0").read_bytes()
    raw_bytes, block_bytes, stored_bytes = (int.from_bytes(data[at : at + 4], "little") for at in (4, 8, 12))
    assert (raw_bytes, block_bytes, stored_bytes) == (array.nbytes, array.nbytes, len(data))


def test_yaozarrs_and_the_models_accept_each_description(fileset: Path, version: str, tmp_path: Path) -> None:
    if version == "0.6":
        pytest.skip("neither knows it in this Python; tests/interop/test_version_06.py asks programs that do")
    for release in VERSIONS_OF[version]:
        alone = only(fileset, release, tmp_path / release)
        yaozarrs.validate_zarr_store(alone)
        models = {"0.4": ome_zarr_models.v04.Image, "0.5": ome_zarr_models.v05.Image}
        root = zarr.open_group(alone, mode="r", zarr_format=FORMATS[release])
        for path, array in zip("01", ARRAYS, strict=True):
            model = models[release].from_zarr(root[path])
            assert model.ome_attributes.multiscales[0].ndim == 5
            assert root[path]["0"].shape == array.shape


def only(fileset: Path, release: str, copy: Path) -> Path:
    """A copy of ``fileset`` with the metadata of one release, as a reader of that release sees it."""
    names = {"0.4": "zarr.json", "0.5": ".z"}
    for path in fileset.rglob("*"):
        if path.is_file() and not path.name.startswith(names[release]):
            target = copy / path.relative_to(fileset)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.hardlink_to(path)
    return copy


def test_both_descriptions_say_the_same(tmp_path: Path) -> None:
    fileset = write_fileset(tmp_path / "cells.ome.zarr", version="0.4+0.5")
    for group in "", "OME", "0", "1":
        old = json.loads((fileset / group / ".zattrs").read_bytes())
        new = json.loads((fileset / group / "zarr.json").read_bytes())["attributes"]["ome"]
        assert new.pop("version") == "0.5"
        for part in (*old.get("multiscales", ()), *([old["omero"]] if "omero" in old else ())):
            assert part.pop("version") == "0.4"
        assert old == new


def test_a_document_names_its_version_where_its_release_says() -> None:
    document = {"plate": {"rows": []}, "well": {"images": []}, "image-label": {"colors": []}, "labels": ["cells"]}
    files = group_files({**document, "multiscales": [{"name": "x"}], "omero": {}}, "0.4+0.5")
    assert files[".zgroup"] == {"zarr_format": 2}
    old = files[".zattrs"]
    assert [old[key]["version"] for key in ("plate", "well", "image-label", "omero")] == ["0.4"] * 4  # type: ignore[index]
    assert old["multiscales"] == [{"version": "0.4", "name": "x"}]
    attributes = files["zarr.json"]["attributes"]
    assert attributes["labels"] == attributes["ome"]["labels"] == ["cells"]  # type: ignore[index]
    new = attributes["ome"]  # type: ignore[index]
    assert new["version"] == "0.5"
    assert [new[key]["version"] for key in ("plate", "well", "image-label")] == ["0.5"] * 3
    assert new["multiscales"] == [{"name": "x"}]
    assert new["omero"] == {}


def test_a_group_that_says_nothing_is_a_group_all_the_same() -> None:
    files = group_files({}, "0.4+0.5")
    assert files == {
        ".zgroup": {"zarr_format": 2},
        "zarr.json": {"zarr_format": 3, "node_type": "group", "attributes": {}},
    }
