"""zarrita, in Node and over HTTP, and napari-ome-zarr, in a Python of its own, read every image."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from publisher.preview.server import serving
from publisher.testing.images import planes
from tests.browser.install import INTEROP, node_modules
from tests.interop.other_pythons import READERS, answer, reader_python
from tests.interop.published import Pixels, Published, digest, halved
from tests.ngff.filesets import write_fileset


@pytest.fixture(scope="session")
def node() -> str:
    path = shutil.which("node")
    if path is None or node_modules(INTEROP) is None:
        pytest.skip("zarrita is not installed: with Node and npm, run `python tests/browser/install.py`")
    return path


@pytest.fixture(scope="session")
def napari_python() -> str:
    return reader_python("napari")


def as_stated(pixels: Pixels) -> dict[str, Any]:
    return {"shape": list(pixels.shape), "dtype": pixels.dtype.name, "sha256": digest(pixels)}


def test_zarrita_reads_every_image_over_http(images: tuple[Published, ...], node: str) -> None:
    for site in sorted({image.site for image in images}):
        here = [image for image in images if image.site == site]
        with serving(site) as url:
            read = answer([node, "read_by_zarrita.mjs"], [url + image.path for image in here])
        for image, one in zip(here, read, strict=True):
            assert one["attrs"]["ome"] == image.ome
            assert one["levels"] == [as_stated(pixels) for pixels in image.first_and_last], image.path


@pytest.mark.parametrize(("version", "generations"), [("0.4", ("v2", "auto")), ("0.4+0.5", ("v2", "v3", "auto"))])
def test_zarrita_reads_other_versions_in_each_generation_they_have(
    tmp_path: Path, node: str, version: str, generations: tuple[str, ...]
) -> None:
    arrays = [planes(t=2, c=3, z=2, y=301, x=533, dtype=dtype) for dtype in ("uint8", "int16", "float32")]
    write_fileset(tmp_path / "a.ome.zarr", version=version, arrays=tuple(arrays))
    paths = [str(number) for number in range(len(arrays))]
    with serving(tmp_path) as url:
        lines = [f"{url}a.ome.zarr/{path} {generation}" for path in paths for generation in generations]
        read = answer([node, "read_by_zarrita.mjs"], lines)
    assert len(read) == len(arrays) * len(generations)
    for number, array in enumerate(arrays):
        for one in read[number * len(generations) : (number + 1) * len(generations)]:
            assert one["levels"] == [as_stated(array), as_stated(last_level(array))], one["url"]


def last_level(array: Pixels) -> Pixels:
    """The smallest level of 301 x 533 pixels in chunks of 256."""
    return halved(halved(array))


def test_napari_reads_every_image_as_a_layer_a_channel(images: tuple[Published, ...], napari_python: str) -> None:
    script = str(READERS / "by_napari.py")
    read = answer([napari_python, script], [str(image.store) for image in images])
    for image, layers in zip(images, read, strict=True):
        assert {layer["kind"] for layer in layers} == {"image"}
        assert [layer["name"].rpartition(": ")[2] for layer in layers] == image.labels
        assert [layer["contrast_limits"] for layer in layers] == image.windows
        for channel, layer in enumerate(layers):
            assert [*layer["scale"]] == [
                scale for scale, axis in zip(image.scales[0], image.axes, strict=True) if axis != "c"
            ]
            assert layer["levels"] == [as_stated(pixels[:, channel]) for pixels in image.first_and_last], image.path
