"""The builders make what they say, as other libraries see it."""

from pathlib import Path

import numpy as np
import tifffile
import zarr

from publisher.testing.images import planes, write_fileset, write_imagej_tiff, write_ome_tiff, write_ome_zarr


def test_no_two_planes_are_equal() -> None:
    pixels = planes(t=2, c=3, z=2, dtype="uint16")
    flat = pixels.reshape(12, -1)
    assert len(np.unique(flat, axis=0)) == 12


def test_an_ome_tiff_is_read_alike_by_tifffile(tmp_path: Path) -> None:
    pixels = planes(t=2, c=3, z=4)
    with tifffile.TiffFile(write_ome_tiff(tmp_path / "a.ome.tiff", pixels, order="XYZCT")) as file:
        assert file.is_ome
        np.testing.assert_array_equal(file.series[0].asarray(), pixels)


def test_an_imagej_tiff_is_read_alike_by_tifffile(tmp_path: Path) -> None:
    pixels = planes(t=2, c=3, z=4)
    with tifffile.TiffFile(write_imagej_tiff(tmp_path / "a.tif", pixels)) as file:
        assert file.is_imagej
        np.testing.assert_array_equal(file.series[0].asarray(), pixels.transpose(0, 2, 1, 3, 4))


def test_zarrs_of_both_versions_hold_the_pixels(tmp_path: Path) -> None:
    pixels = planes(c=2, y=20)
    for version in ("0.4", "0.5"):
        path = write_ome_zarr(tmp_path / version, pixels, version=version, levels=2)
        np.testing.assert_array_equal(zarr.open_array(path / "0", mode="r")[...], pixels)
        path = write_fileset(tmp_path / f"set-{version}", [pixels, pixels], version=version)
        np.testing.assert_array_equal(zarr.open_array(path / "1" / "0", mode="r")[...], pixels)
