"""An image in one file: other programs open it as it is, and see what they see in the folder."""

import json
import shutil
import subprocess
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import tensorstore
import yaozarrs
import zarr
from zarr.storage import FsspecStore, ZipStore

from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter
from publisher.testing.images import planes, write_ome_tiff
from tests.interop.published import Pixels

Pair = tuple[Path, Path]
"""A .ozx file, and the folder of the image that it was packed from."""
SIZES = {"small": (40, 50), "wide": (301, 2600)}


@pytest.fixture(scope="module")
def pairs(tmp_path_factory: pytest.TempPathFactory) -> list[Pair]:
    root = tmp_path_factory.mktemp("ozx")
    study = root / "content" / "studies" / "kinds"
    (study / "images").mkdir(parents=True)
    (root / "site_config.yaml").write_text("title: Files\nbase_url: https://a.example.org/\ndownloads: {ozx: image}\n")
    (study / "study.yaml").write_text("title: Files\nlicence: CC0-1.0\nimages: images/*.ome.tiff\n")
    for name, (height, width) in SIZES.items():
        pixels = planes(t=2, c=2, z=3, y=height, x=width, dtype="uint16")
        write_ome_tiff(study / "images" / f"{name}.ome.tiff", pixels, pixel_size_um=(0.5, 0.1, 0.1))
    outcome = build(root, BuildOptions(today=date(2026, 1, 1)), SilentReporter())
    assert outcome.problems == ()
    data = outcome.paths.output / "data" / "kinds"
    return [(min(data.glob(f"{name}-*.ozx")), min(data.glob(f"{name}-*.ome.zarr")) / "0") for name in SIZES]


def first_and_last(folder: Path) -> list[Pixels]:
    group = zarr.open_group(folder, mode="r")
    levels = group.attrs["ome"]["multiscales"][0]["datasets"]
    return [zarr.open_array(folder / levels[number]["path"], mode="r")[...] for number in (0, -1)]


def test_zarr_python_reads_the_zip(pairs: list[Pair]) -> None:
    for file, folder in pairs:
        with ZipStore(file, mode="r") as store:
            group = zarr.open_group(store, mode="r")
            paths = [level["path"] for level in group.attrs["ome"]["multiscales"][0]["datasets"]]
            for path, expected in zip((paths[0], paths[-1]), first_and_last(folder), strict=True):
                assert np.array_equal(group[path][...], expected)


def test_tensorstore_reads_the_zip(pairs: list[Pair]) -> None:
    for file, folder in pairs:
        kvstore = {"driver": "zip", "base": f"file://{file}", "path": "0/"}
        array = tensorstore.open({"driver": "zarr3", "kvstore": kvstore}, read=True).result()
        assert np.array_equal(array.read().result(), first_and_last(folder)[0])


def test_ome_zarr_reads_the_zip_through_fsspec(pairs: list[Pair]) -> None:
    """It takes no ZipStore: "not expecting: <class 'zarr.storage._zip.ZipStore'>" (ome-zarr 0.18).

    One read at a time: fsspec reads entries of a zip in threads, and Python's zipfile (3.12.1, 3.13.0) seeks from where
    another entry has left the file.
    """
    import dask
    from ome_zarr.io import ZarrLocation
    from ome_zarr.reader import Reader

    for file, folder in pairs:
        with dask.config.set(scheduler="synchronous"), zarr.config.set({"async.concurrency": 1}):
            (node,) = Reader(ZarrLocation(FsspecStore.from_url(f"zip::file://{file}", read_only=True)))()
            read = [np.asarray(level) for level in (node.data[0], node.data[-1])]
        for seen, expected in zip(read, first_and_last(folder), strict=True):
            assert np.array_equal(seen, expected)


def test_unzipped_it_is_a_valid_image(pairs: list[Pair], tmp_path: Path) -> None:
    for number, (file, _) in enumerate(pairs):
        target = tmp_path / f"{number}.ome.zarr"
        shutil.unpack_archive(file, target, "zip")
        yaozarrs.validate_zarr_store(target)


def test_the_unzip_program_finds_no_fault(pairs: list[Pair]) -> None:
    unzip = shutil.which("unzip")
    if unzip is None:
        pytest.skip("needs the program unzip")
    for file, _ in pairs:
        done = subprocess.run([unzip, "-tq", str(file)], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stdout + done.stderr
        comment = subprocess.run([unzip, "-z", str(file)], capture_output=True, text=True, check=True).stdout
        assert json.loads(comment.partition("\n")[2])["ome"]["version"] == "0.5"
