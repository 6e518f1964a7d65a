"""OME-Zarr of both versions, in folders and zips."""

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from publisher.errors import DamagedSourceError
from publisher.sources.ome_zarr import OmeZarrReader
from publisher.sources.protocol import Reader, Roots
from publisher.testing.images import planes, write_fileset, write_ome_zarr
from publisher.testing.reader_tests import ReaderTests, Sample
from publisher.testing.zarr_sets import write_labels, write_plate


class _ZarrTests(ReaderTests):
    @pytest.fixture
    def reader(self) -> Reader:
        return OmeZarrReader()


def _folder(tmp_path: Path) -> Path:
    folder = tmp_path / "study"
    folder.mkdir()
    return folder


class TestShardedImage(_ZarrTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(t=2, c=2, z=3, y=40, x=50, dtype="uint16")
        path = _folder(tmp_path) / "a.ome.zarr"
        write_ome_zarr(path, pixels, levels=2, chunk=(1, 1, 1, 16, 16), shard=(1, 2, 3, 48, 64))
        return Sample(path, [pixels])


class TestVersion4BigEndian(_ZarrTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(c=2, z=3, y=20, x=30, dtype="int32")
        path = write_ome_zarr(_folder(tmp_path) / "a.zarr", pixels, version="0.4", chunk=(1, 1, 1, 16, 16), order="big")
        return Sample(path, [pixels])


class TestFewAxes(_ZarrTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(y=20, x=30, dtype="float32")
        return Sample(write_ome_zarr(_folder(tmp_path) / "a.zarr", pixels, axes="yx", levels=2), [pixels])


class TestChannelsLast(_ZarrTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(c=3, z=2, y=20, x=30)
        path = write_ome_zarr(_folder(tmp_path) / "a.zarr", pixels, axes="zyxc", chunk=(1, 8, 8, 3))
        return Sample(path, [pixels])


class TestThickChunks(_ZarrTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(c=2, z=7, y=20, x=30)
        path = write_ome_zarr(_folder(tmp_path) / "a.zarr", pixels, version="0.4", axes="czyx", chunk=(1, 3, 16, 16))
        return Sample(path, [pixels])


class TestFileset(_ZarrTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        images = [planes(c=2, dtype="uint16"), planes(z=3, y=9)]
        return Sample(write_fileset(_folder(tmp_path) / "a.ome.zarr", images), images)


class TestLabelled(_ZarrTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        pixels = planes(c=2, y=40, x=50)
        path = write_ome_zarr(_folder(tmp_path) / "a.ome.zarr", pixels, chunk=(1, 1, 1, 16, 16))
        objects = np.repeat(np.arange(5, dtype="uint32"), 8)[:, None] * np.ones(50, "uint32")
        write_labels(path, "cells", objects[None, None, None], version="0.5", colors=[{"label-value": 2}])
        return Sample(path, [pixels])


class TestPlate(_ZarrTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        fields = [planes(c=2, y=20, x=30), planes(c=2, y=20, x=30) + 1, planes(c=2, y=20, x=30) + 2]
        path = write_plate(_folder(tmp_path) / "a.ome.zarr", {"A/1": fields[:2], "B/2": fields[2:]})
        return Sample(path, fields)


class TestZippedFileset(_ZarrTests):
    @pytest.fixture
    def sample(self, tmp_path: Path) -> Sample:
        images = [planes(t=2, c=2, y=30, x=30, dtype="uint16")]
        tree = write_fileset(tmp_path / "a.zarr", images, version="0.4")
        zipped = shutil.make_archive(str(_folder(tmp_path) / "a.ome.zarr"), "zip", tmp_path, tree.name)
        return Sample(Path(zipped), images)


def test_a_fileset_takes_names_from_its_ome_xml(tmp_path: Path) -> None:
    write_fileset(tmp_path / "a.zarr", [planes(c=2)])
    with OmeZarrReader().open(tmp_path / "a.zarr", Roots((tmp_path,))) as source:
        assert source.images()[0].name == "image 0"
        assert (source.document() or b"").startswith(b"<?xml")


def test_channels_come_from_the_omero_block(tmp_path: Path) -> None:
    omero = {
        "channels": [{"label": "DAPI", "color": "0000ff", "window": {"start": 3, "end": 99, "min": 0, "max": 255}}]
    }
    write_ome_zarr(tmp_path / "a.zarr", planes(c=2), omero=omero)
    with OmeZarrReader().open(tmp_path / "a.zarr", Roots((tmp_path,))) as source:
        first, second = source.images()[0].channels
    assert (first.name, first.color, first.window) == ("DAPI", "0000FF", (3.0, 99.0))
    assert (second.name, second.color, second.window) == ("", None, None)


def test_a_missing_chunk_is_its_fill_value(tmp_path: Path) -> None:
    write_ome_zarr(tmp_path / "a.zarr", planes(c=1, y=32, x=32), chunk=(1, 1, 1, 16, 16))
    (tmp_path / "a.zarr/0/c/0/0/0/1/1").unlink()
    with OmeZarrReader().open(tmp_path / "a.zarr", Roots((tmp_path,))) as source:
        block = source.read(0, 0, t=0, z=0, c=slice(None), y=slice(16, 32), x=slice(16, 32))
    assert not block.any()


def test_groups_that_nobody_knows_are_passed_over(tmp_path: Path) -> None:
    import zarr

    path = write_ome_zarr(tmp_path / "a.zarr", planes())
    zarr.open_group(path, mode="r+").create_group("tables").attrs["anything"] = 1
    with OmeZarrReader().open(path, Roots((tmp_path,))) as source:
        assert len(source.images()) == 1
        assert source.warnings() == ()


def test_a_damaged_chunk_is_an_error_that_names_the_file(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(y=64, x=64, dtype="uint16"))
    chunk = path / "0/c/0/0/0/0/0"
    chunk.write_bytes(chunk.read_bytes()[:-20])
    with (
        OmeZarrReader().open(path, Roots((tmp_path,))) as source,
        pytest.raises(DamagedSourceError, match=r"a\.zarr"),
    ):
        source.read(0, 0, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))


def test_units_become_micrometres_and_seconds(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "a.zarr", planes(t=2, z=2))
    document = json.loads((path / "zarr.json").read_text())
    multiscale = document["attributes"]["ome"]["multiscales"][0]
    units = {"t": "millisecond", "z": "nanometer", "y": "millimeter", "x": None}
    multiscale["axes"] = [axis | {"unit": units.get(axis["name"])} for axis in multiscale["axes"]]
    multiscale["datasets"][0]["coordinateTransformations"][0]["scale"] = [500, 1, 250, 0.5, 7]
    (path / "zarr.json").write_text(json.dumps(document))
    with OmeZarrReader().open(path, Roots((tmp_path,))) as source:
        pixels = source.images()[0].pixels
    assert pixels.time_increment_s == pytest.approx(0.5)
    assert pixels.pixel_size_um == (pytest.approx(0.25), pytest.approx(500.0), None)


def test_threads_and_blocks_of_a_pyramid_agree_with_the_arrays(tmp_path: Path) -> None:
    import zarr

    path = write_ome_zarr(tmp_path / "a.zarr", planes(c=2, y=50, x=70), levels=3, chunk=(1, 1, 1, 16, 16))
    with OmeZarrReader().open(path, Roots((tmp_path,))) as source:
        assert source.levels(0) == ((50, 70), (25, 35), (13, 18))
        for level in range(3):
            stored = np.asarray(zarr.open_array(path / str(level), mode="r")[0, :, 0])
            block = source.read(0, level, t=0, z=0, c=slice(None), y=slice(None), x=slice(None))
            np.testing.assert_array_equal(block, stored)
