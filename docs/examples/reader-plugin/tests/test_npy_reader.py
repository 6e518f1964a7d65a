"""publisher's conformance tests on the reader, and what is special to the format."""

import json
from pathlib import Path

import numpy as np
import pytest
from publisher.errors import DamagedSourceError, SourceError, UnsupportedFormatError
from publisher.sources.protocol import Roots
from publisher.testing.images import planes
from publisher.testing.reader_tests import ReaderTests, Sample

from publisher_npy import NpyReader


def write(folder: Path, pixels: np.ndarray, **described: object) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / "stack.npy"
    np.save(path, pixels)
    path.with_suffix(".json").write_text(json.dumps(described))
    return path


class TestNpyReader(ReaderTests):
    @pytest.fixture
    def reader(self) -> NpyReader:
        return NpyReader()

    @pytest.fixture(params=["uint8", "uint16", "float32", ">u2"])
    def sample(self, tmp_path: Path, request: pytest.FixtureRequest) -> Sample:
        pixels = planes(t=2, c=3, z=2, dtype=np.dtype(request.param).name)
        path = write(tmp_path / "in", pixels.astype(request.param), axes="TCZYX", pixel_size_um=[1.0, 0.1, 0.1])
        return Sample(path, [pixels])


def test_axes_may_stand_in_any_order(tmp_path: Path) -> None:
    pixels = planes(t=2, c=3, z=4)
    path = write(tmp_path, pixels.transpose(2, 0, 1, 3, 4), axes="ZTCYX")
    with NpyReader().open(path, Roots((tmp_path,))) as source:
        block = source.read(0, 0, t=1, z=3, c=slice(1, 3), y=slice(2, 5), x=slice(1, 4))
    np.testing.assert_array_equal(block, pixels[1, 1:3, 3, 2:5, 1:4])


def test_a_curator_may_give_the_axes(tmp_path: Path) -> None:
    path = write(tmp_path, planes(z=5)[0, 0], name="Tooth")
    with NpyReader().open(path, Roots((tmp_path,)), axes="ZYX") as source:
        assert source.images()[0].pixels.size_z == 5
        assert source.images()[0].name == "Tooth"


@pytest.mark.parametrize("axes", [None, "ZZYX", "TZYX", "XY", "QYX"])
def test_axes_that_do_not_fit_are_refused(tmp_path: Path, axes: str | None) -> None:
    path = write(tmp_path, planes(z=5)[0, 0], **({"axes": axes} if axes else {}))
    with pytest.raises(DamagedSourceError):
        NpyReader().open(path, Roots((tmp_path,)))


@pytest.mark.parametrize(
    "described",
    [
        {"axes": "YX", "pixel_size_um": [0, 1, 1]},
        {"axes": "YX", "pixel_size_um": 1},
        {"axes": "YX", "channels": [{"color": "red"}]},
        {"axes": "YX", "license": "CC0"},
        {"axes": 5},
    ],
)
def test_a_faulty_json_file_is_refused(tmp_path: Path, described: dict[str, object]) -> None:
    path = write(tmp_path, planes()[0, 0, 0], **described)
    with pytest.raises(DamagedSourceError, match="must be"):
        NpyReader().open(path, Roots((tmp_path,)))


def test_a_missing_json_file_is_named(tmp_path: Path) -> None:
    path = write(tmp_path, planes()[0, 0, 0])
    path.with_suffix(".json").unlink()
    with pytest.raises(SourceError, match=r"stack\.json"):
        NpyReader().open(path, Roots((tmp_path,)))


@pytest.mark.parametrize("pixels", [np.ones((4, 4), complex), np.asfortranarray(np.ones((4, 5)))])
def test_what_cannot_be_read_exactly_is_refused(tmp_path: Path, pixels: np.ndarray) -> None:
    with pytest.raises(UnsupportedFormatError):
        NpyReader().open(write(tmp_path, pixels, axes="YX"), Roots((tmp_path,)))


def test_pickled_objects_are_never_loaded(tmp_path: Path) -> None:
    pixels = np.array([[{"a": 1}, 2]], dtype=object)
    with pytest.raises(UnsupportedFormatError):
        NpyReader().open(write(tmp_path, pixels, axes="YX"), Roots((tmp_path,)))
