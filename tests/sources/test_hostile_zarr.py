"""Zarr hierarchies that lie: each is refused within ten seconds and a gigabyte."""

import json
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import google_crc32c
import numcodecs
import pytest

from publisher.testing.images import planes, write_fileset, write_ome_zarr
from tests.sources.hostile_reading import refusal_of

BOMB = b"\0" * 100_000_000


def _image_4(tmp_path: Path, **options: Any) -> Path:
    return write_ome_zarr(tmp_path / "a.zarr", planes(y=16, x=16), version="0.4", **options)


def _change(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(path.read_text())
    change(document)
    path.write_text(json.dumps(document))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"filters": [{"id": "pickle"}]}, id="pickle filter"),
        pytest.param({"compressor": {"id": "pickle"}}, id="pickle compressor"),
        pytest.param({"dtype": "|O"}, id="objects"),
        pytest.param({"dtype": [["a", "<u2"]]}, id="records"),
        pytest.param({"shape": [1, 1, 1, 2**40, 2**40]}, id="shape of 2^40"),
        pytest.param({"shape": [1, 1, 1, 200000, 200000], "chunks": [1, 1, 1, 1, 1]}, id="4e10 chunks"),
        pytest.param({"shape": [1, 1, 1, 2**30, 2**30], "chunks": [1, 1, 1, 2**20, 2**20]}, id="chunks of a terabyte"),
        pytest.param({"shape": [50, 50, 50, 20000, 20000], "chunks": [1, 1, 1, 20000, 20000]}, id="50 TB on few bytes"),
        pytest.param({"chunks": [1, 1, 1, 0, 16]}, id="zero chunk"),
        pytest.param({"chunks": [16, 16]}, id="chunks of another rank"),
        pytest.param({"shape": [1, 1, 1, -16, 16]}, id="negative shape"),
        pytest.param({"shape": [1, 1, 1, 16.5, 16]}, id="broken shape"),
        pytest.param({"shape": "16"}, id="shape as text"),
    ],
)
def test_array_metadata_beyond_reason_is_refused(change: dict[str, Any], tmp_path: Path) -> None:
    path = _image_4(tmp_path)
    _change(path / "0/.zarray", lambda document: document.update(change))
    refusal_of(path)


@pytest.mark.parametrize("name", ["../secret.zarr/0", "/etc", "./0", "", "a\\..\\b", "0/../../secret.zarr/0"])
def test_paths_that_leave_the_hierarchy_are_refused(name: str, tmp_path: Path) -> None:
    study = tmp_path / "study"
    study.mkdir()
    write_ome_zarr(tmp_path / "secret.zarr", planes(), version="0.4")
    write_ome_zarr(study / "secret.zarr", planes(), version="0.4")
    path = _image_4(study)
    _change(path / ".zattrs", lambda document: document["multiscales"][0]["datasets"][0].update(path=name))
    refusal_of(path, study)


@pytest.mark.parametrize("series", [["../secret"], [".."], [7, None], ["0"] * 200_000])
def test_series_that_leave_the_hierarchy_are_refused(series: list[object], tmp_path: Path) -> None:
    path = write_fileset(tmp_path / "a.zarr", [planes()], version="0.4")
    (path / "OME/.zattrs").write_text(json.dumps({"series": series}))
    refusal_of(path)


@pytest.mark.parametrize("what", ["chunk", "array", "metadata"])
def test_links_out_of_the_roots_are_refused(what: str, tmp_path: Path) -> None:
    study = tmp_path / "study"
    study.mkdir()
    secret = write_ome_zarr(tmp_path / "secret.zarr", planes(y=16, x=16), version="0.4")
    path = _image_4(study)
    part = {"chunk": "0/0/0/0/0/0", "array": "0", "metadata": ".zattrs"}[what]
    shutil.rmtree(path / part) if what == "array" else (path / part).unlink()
    (path / part).symlink_to(secret / part)
    refusal_of(path, study)


@pytest.mark.parametrize(
    ("compressor", "encode"),
    [
        ({"id": "zlib", "level": 1}, lambda data: zlib.compress(data, 1)),
        ({"id": "zstd", "level": 1}, numcodecs.Zstd(1).encode),
        (
            {"id": "blosc", "cname": "zstd", "clevel": 1, "shuffle": 1, "blocksize": 0},
            numcodecs.Blosc("zstd", 1).encode,
        ),
        ({"id": "lz4", "acceleration": 1}, numcodecs.LZ4(1).encode),
    ],
)
def test_bombs_in_chunks_are_refused(
    compressor: dict[str, Any], encode: Callable[[bytes], bytes], tmp_path: Path
) -> None:
    path = _image_4(tmp_path)
    _change(path / "0/.zarray", lambda document: document.update(compressor=compressor))
    (path / "0/0/0/0/0/0").write_bytes(encode(BOMB))
    assert "source.damaged" in [problem.code for problem in refusal_of(path).problems]


def test_a_bomb_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = _image_4(tmp_path)
    target = tmp_path / "a.zarr.zip"
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as file:
        for part in sorted(path.rglob("*")):
            if part.is_file():
                data = BOMB if part.name == "0" else part.read_bytes()
                file.writestr(str(part.relative_to(path)), data)
    refusal_of(target)


@pytest.mark.parametrize("entry", [(2**62, 16), (0, 2**62), (2**64 - 2, 2**64 - 2)])
def test_a_shard_index_that_points_elsewhere_is_refused(entry: tuple[int, int], tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(y=16, x=16), chunk=(1, 1, 1, 16, 16), shard=(1, 1, 1, 16, 16))
    shard = path / "0/c/0/0/0/0/0"
    index = struct.pack("<QQ", *entry)
    shard.write_bytes(shard.read_bytes()[:-20] + index + struct.pack("<I", google_crc32c.value(index)))
    refusal_of(path)


def test_a_bomb_beside_other_chunks_of_a_shard_is_refused(tmp_path: Path) -> None:
    path = write_ome_zarr(
        tmp_path / "a.zarr", planes(z=2, y=16, x=48), chunk=(1, 1, 1, 16, 16), shard=(1, 1, 2, 16, 48)
    )
    shard = path / "0/c/0/0/0/0/0"
    data, bomb = shard.read_bytes(), numcodecs.Zstd(1).encode(BOMB)
    entries = [*struct.iter_unpack("<QQ", data[-6 * 16 - 4 : -4])]
    entries[1] = (len(data), len(bomb))
    index = b"".join(struct.pack("<QQ", *entry) for entry in entries)
    shard.write_bytes(data + bomb + index + struct.pack("<I", google_crc32c.value(index)))
    assert "source.damaged" in [problem.code for problem in refusal_of(path).problems]


def test_shards_in_shards_are_refused(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(y=16, x=16), chunk=(1, 1, 1, 16, 16), shard=(1, 1, 1, 16, 16))

    def nest(document: dict[str, Any]) -> None:
        for _ in range(150):
            configuration = {**document["codecs"][0]["configuration"], "codecs": document["codecs"]}
            document["codecs"] = [{"name": "sharding_indexed", "configuration": configuration}]

    _change(path / "0/zarr.json", nest)
    refusal_of(path)


@pytest.mark.parametrize(
    "text", ["[" * 100_000, "{}", "[]", "nonsense", '{"multiscales": 3}', '{"multiscales": [{"datasets": []}]}']
)
def test_attributes_of_no_sense_are_refused(text: str, tmp_path: Path) -> None:
    path = _image_4(tmp_path)
    (path / ".zattrs").write_text(text)
    refusal_of(path)


def test_a_pickle_codec_of_version_3_is_refused(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes())
    _change(path / "0/zarr.json", lambda document: document["codecs"].append({"name": "numcodecs.pickle"}))
    refusal_of(path)


@pytest.mark.parametrize(
    "plate",
    [
        {"rows": [{"name": "A"}] * 2, "columns": [{"name": "1"}], "wells": []},
        {"rows": [{"name": "A"}], "columns": [{"name": "1"}], "wells": [{"path": "A/1"}] * 100_000},
        {"rows": [{"name": "A"}], "columns": [{"name": "1"}], "wells": [{"path": "../secret"}]},
        {"rows": [{"name": "A"}], "columns": [{"name": "1"}], "wells": [{"path": "A/1", "rowIndex": 2**70}]},
        {"rows": {"A": 1}, "columns": 3, "wells": None},
        [],
        None,
    ],
)
def test_plates_that_lie_are_refused(plate: object, tmp_path: Path) -> None:
    path = tmp_path / "a.zarr"
    path.mkdir()
    (path / ".zgroup").write_text('{"zarr_format": 2}')
    (path / ".zattrs").write_text(json.dumps({"plate": plate}))
    refusal_of(path)


def test_a_plate_whose_well_lists_itself_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.zarr"
    (path / "A/1").mkdir(parents=True)
    plate = {"rows": [{"name": "A"}], "columns": [{"name": "1"}], "wells": [{"path": "A/1"}]}
    (path / ".zattrs").write_text(json.dumps({"plate": plate}))
    (path / "A/1/.zattrs").write_text(json.dumps({"well": {"images": [{"path": ".."}, {"path": "0"}]}}))
    refusal_of(path)


@pytest.mark.parametrize("names", [["../../secret"], ["/etc"], [".."], ["x"] * 5000, [None, 7, {}], "cells"])
def test_labels_that_lie_cost_no_image(names: object, tmp_path: Path) -> None:
    from publisher.sources.ome_zarr import OmeZarrReader
    from publisher.sources.protocol import Roots

    path = _image_4(tmp_path)
    (path / "labels").mkdir()
    (path / "labels/.zattrs").write_text(json.dumps({"labels": names}))
    with OmeZarrReader().open(path, Roots((tmp_path,))) as source:
        assert len(source.images()) == 1
        assert source.labels() == ()


def test_a_link_to_labels_elsewhere_is_not_followed(tmp_path: Path) -> None:
    from publisher.errors import SourceError
    from publisher.sources.inspect import inspect
    from publisher.sources.protocol import Roots
    from publisher.sources.registry import installed_readers

    study = tmp_path / "study"
    study.mkdir()
    secret = write_ome_zarr(tmp_path / "secret.zarr", planes(y=16, x=16), version="0.4")
    path = _image_4(study)
    (path / "labels").mkdir()
    (path / "labels/.zattrs").write_text('{"labels": ["cells"]}')
    (path / "labels/cells").symlink_to(secret)
    registry = installed_readers([])
    with registry.open(path, Roots((study,))) as source:
        assert source.labels() == ()
    with pytest.raises(SourceError, match="outside the study"):
        inspect(path, Roots((study,)), registry)


def test_folders_without_end_are_given_up(tmp_path: Path) -> None:
    path = tmp_path / "a.zarr"
    for number in range(300):
        (path / f"{number}/{'a/' * 9}").mkdir(parents=True)
    refusal_of(path)


def test_filters_of_a_bomb_are_refused(tmp_path: Path) -> None:
    path = _image_4(tmp_path)
    change = {"filters": [{"id": "delta", "dtype": "|u1"}], "compressor": {"id": "zstd", "level": 1}}
    _change(path / "0/.zarray", lambda document: document.update(change))
    (path / "0/0/0/0/0/0").write_bytes(numcodecs.Zstd(1).encode(BOMB))
    assert "source.damaged" in [problem.code for problem in refusal_of(path).problems]
