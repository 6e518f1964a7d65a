"""zarr-python, tensorstore, ome-zarr, ome-zarr-models and yaozarrs open every image and see the same."""

from typing import Any

import numpy as np
import tensorstore
import yaozarrs
import zarr

from tests.interop.published import Published, same


def check(image: Published, first: Any, last: Any) -> None:
    expected_first, expected_last = image.first_and_last
    assert same(first, expected_first), f"{image.path}: level 0"
    assert same(last, expected_last), f"{image.path}: level {image.levels[-1]}"


def test_zarr_python_reads_every_image(images: tuple[Published, ...]) -> None:
    for image in images:
        group = zarr.open_group(image.store, mode="r")
        arrays = [group[level] for level in image.levels]
        assert all(isinstance(array, zarr.Array) for array in arrays)
        check(image, arrays[0][...], arrays[-1][...])
        assert [list(array.metadata.dimension_names) for array in arrays] == [image.axes] * len(arrays)
        assert group.attrs["ome"] == image.ome


def test_tensorstore_reads_every_image(images: tuple[Published, ...]) -> None:
    for image in images:
        levels = [image.levels[0], image.levels[-1]]
        arrays = [
            tensorstore.open({"driver": "zarr3", "kvstore": f"file://{image.store}/{level}/"}, read=True).result()
            for level in levels
        ]
        check(image, *(array.read().result() for array in arrays))
        assert [list(array.domain.labels) for array in arrays] == [image.axes] * 2


def test_ome_zarr_reads_every_image(images: tuple[Published, ...]) -> None:
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    for image in images:
        location = parse_url(str(image.store))
        assert location is not None
        (node, *others) = Reader(location)()
        assert others == []
        check(image, np.asarray(node.data[0]), np.asarray(node.data[-1]))
        assert len(node.data) == len(image.levels)
        assert [axis["name"] for axis in node.metadata["axes"]] == image.axes
        assert [level[0]["scale"] for level in node.metadata["coordinateTransformations"]] == image.scales
        assert node.metadata["channel_names"] == image.labels
        assert [list(limits) for limits in node.metadata["contrast_limits"]] == image.windows


def test_ome_zarr_models_reads_every_image(images: tuple[Published, ...]) -> None:
    from ome_zarr_models.v05.image import Image

    for image in images:
        read = Image.from_zarr(zarr.open_group(image.store, mode="r")).attributes.ome
        assert [axis.name for axis in read.multiscales[0].axes] == image.axes
        levels = read.multiscales[0].datasets
        assert [list(level.coordinateTransformations[0].scale) for level in levels] == image.scales
        assert read.omero == image.ome["omero"]


def test_yaozarrs_reads_every_image(images: tuple[Published, ...]) -> None:
    for image in images:
        yaozarrs.validate_zarr_store(image.store.parent)
        group = yaozarrs.open_group(image.store)
        read = group.ome_metadata()
        assert isinstance(read, yaozarrs.v05.Image)
        assert [axis.name for axis in read.multiscales[0].axes] == image.axes
        assert [level.scale_transform.scale for level in read.multiscales[0].datasets] == image.scales
        assert read.omero is not None
        assert [channel.label for channel in read.omero.channels] == image.labels
        windows = [channel.window for channel in read.omero.channels]
        assert [[window.start, window.end] for window in windows if window is not None] == image.windows
