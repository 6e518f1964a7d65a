"""Real Zarrs, pixel for pixel. Files of other formats: tests/corpus/test_sources.py."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from publisher.model.image import Pixels
from publisher.sources.inspect import Inspection, inspect
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers

pytestmark = pytest.mark.corpus


def _inspect(path: Path) -> Inspection:
    return inspect(path, Roots((path.parent,)), installed_readers([]))


def _planes(pixels: Pixels) -> Iterator[tuple[int, int]]:
    yield from ((t, z) for t in range(pixels.size_t) for z in range(pixels.size_z))


def test_level_0_of_zarr_is_what_zarr_reads(corpus: Path) -> None:
    import zarr

    registry, compared = installed_readers([]), 0
    for name, group in (
        ("ome-zarr/real/S-BIAD843/WD3.2_21-03_WT_MP_segmented.zarr", "0"),
        ("ome-zarr/real/fractal-cardiomyocyte-trimmed.ome.zarr", ""),
        ("ome-zarr/bioformats2raw/im06.ome.zarr", "0"),
        ("ome-zarr/neuroglancer/simple_0.4", ""),
        ("ome-zarr/neuroglancer/simple_0.5", ""),
        ("ome-zarr/derived-ome-zarr-py/czi_tiles_z_v05_sharded.ome.zarr", ""),
        ("ome-zarr/derived-ome-zarr-py/lsm28_v04.ome.zarr", ""),
    ):
        path = corpus / name
        with registry.reader_of(path).open(path, Roots((path,))) as source:
            image = source.images()[0]
            store = path / group if group else path
            attributes = dict(zarr.open_group(store, mode="r").attrs)
            multiscale = attributes.get("ome", attributes)["multiscales"][0]
            for level, dataset in enumerate(multiscale["datasets"]):
                array = np.asarray(zarr.open_array(store / dataset["path"], mode="r")[...])
                height, width = source.levels(0)[level]
                theirs = array.reshape((*image.pixels.shape[:3], height, width))
                for t, z in _planes(image.pixels):
                    ours = source.read(0, level, t=t, z=z, c=slice(None), y=slice(None), x=slice(None))
                    np.testing.assert_array_equal(ours, theirs[t, :, z])
                    compared += 1
    assert compared > 100


def test_a_zarr_is_the_same_zipped_and_unzipped(corpus: Path) -> None:
    path = corpus / "ome-zarr/real/S-BIAD843/WD1_15-02_WT_confocalonly_segmented.ome.zarr.zip"
    record = _inspect(path)
    assert [image.pixels.shape for image in record.images] == [(36, 1, 1, 512, 512)]
    assert record.images[0].pixels.dtype == "uint32"
    assert [file.path for file in record.files] == [str(path)]
