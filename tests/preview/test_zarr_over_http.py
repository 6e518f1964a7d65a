"""A sharded Zarr array is read through the server by zarr-python, whose sharding asks for suffix ranges."""

from pathlib import Path

import numpy as np
import pytest
import zarr

from publisher.preview.server import serving

pytest.importorskip("aiohttp", reason="zarr-python reads over HTTP by aiohttp, which is not installed")


@pytest.mark.slow
@pytest.mark.filterwarnings(
    "ignore::pytest.PytestUnraisableExceptionWarning"
)  # fsspec leaves its session to the collector
def test_a_sharded_array_is_read_value_by_value(tmp_path: Path) -> None:
    planes = np.arange(2 * 300 * 301, dtype=np.uint16).reshape(2, 300, 301)
    zarr.create_array(
        tmp_path / "data" / "x.zarr", data=planes, chunks=(1, 64, 64), shards=(1, 256, 256), overwrite=False
    )
    with serving(tmp_path) as url:
        read = zarr.open_array(url + "data/x.zarr", mode="r")
        assert isinstance(read, zarr.Array)
        assert read.shards == (1, 256, 256)
        np.testing.assert_array_equal(read[1, 250:, 10:70], planes[1, 250:, 10:70])
        np.testing.assert_array_equal(read[:], planes)
