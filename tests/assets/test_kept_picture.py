"""Arrays kept between builds: whether they are whole is told without reading or loading anything."""

from pathlib import Path

import numpy as np
import pytest

from publisher.assets.kept_picture import kept_is_whole, load_kept, save_kept

ARRAYS = [
    np.arange(60, dtype="uint8").reshape(3, 4, 5),
    np.ones((3, 4, 5), "<u2"),
    np.ones((1, 2), ">f4"),
    np.zeros((0, 3)),
    np.asfortranarray(np.ones((7, 3), "uint16")),
]


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: f"{array.dtype}-{array.shape}")
def test_what_was_kept_is_whole_until_a_byte_is_missing(array: np.ndarray, tmp_path: Path) -> None:
    save_kept(tmp_path, {"a.npy": array})
    assert kept_is_whole(tmp_path, ["a.npy"])
    assert np.array_equal(load_kept(tmp_path, "a.npy"), array)
    data = (tmp_path / "a.npy").read_bytes()
    for damaged in (data[:-1], data[:20], b"", data + b"x", b"x" + data[1:], data.replace(b"descr", b"xxxxx")):
        (tmp_path / "a.npy").write_bytes(damaged)
        assert not kept_is_whole(tmp_path, ["a.npy"])


def test_what_is_not_there_is_not_whole(tmp_path: Path) -> None:
    assert not kept_is_whole(tmp_path, ["a.npy"])
    assert kept_is_whole(tmp_path, [])
