"""Every OME-Zarr of the collection opens with all that it holds, or says exactly why it does not."""

from pathlib import Path

import numpy as np
import pytest
import zarr

from publisher.errors import SourceError
from publisher.sources.inspect import Inspection, inspect
from publisher.sources.ome_zarr import OmeZarrReader
from publisher.sources.protocol import Roots
from publisher.sources.registry import installed_readers

pytestmark = pytest.mark.corpus

_METADATA_ONLY = "metadata-only/v0"

HOLDS: dict[str, tuple[int, int, int, set[str]]] = {
    "bioformats2raw/hcs.ome.zarr": (8, 1, 0, set()),
    "bioformats2raw/im06.ome.zarr": (1, 0, 0, set()),
    "derived-ome-zarr-py/czi_tiles_z_v05_sharded.ome.zarr": (1, 0, 0, {"source.chunks-absent"}),
    "derived-ome-zarr-py/lsm28_v04.ome.zarr": (1, 0, 0, {"source.chunks-absent"}),
    "derived-ome-zarr-py/plate_AS09047_v05.ome.zarr": (16, 1, 0, set()),
    "neuroglancer/simple_0.4": (1, 0, 0, set()),
    "neuroglancer/simple_0.5": (1, 0, 0, set()),
    "real/S-BIAD843/WD1_15-02_WT_confocalonly_segmented.ome.zarr.zip": (1, 0, 0, set()),
    "real/S-BIAD843/WD3.2_21-03_WT_MP_segmented.zarr": (1, 0, 0, set()),
    "real/fractal-cardiomyocyte-trimmed.ome.zarr": (1, 0, 1, set()),
    "spatialdata/blobs_image_v05.ome.zarr": (1, 0, 0, set()),
}
"""Images, plates and label images of each store, and the warnings it must give."""

REFUSED = {
    "metadata-only/v04/2551.zarr": "has no multiscales in group 'A/2/0'",
    "metadata-only/v04/4007801.zarr": "has no array at '0'",
    "metadata-only/v04/9798462.zarr": "has no array at '0'",
    "metadata-only/v05/190129.zarr": "well B/1 is left out|has no field with an image",
    "metadata-only/v05/6001240_labels.zarr": "has no array at '0'",
    "metadata-only/v05/76-45.ome.zarr": "has no array at 'A/1/0/0'",
    "metadata-only/v05/ExpD_chicken_embryo_MIP.ome.zarr": "has no array at '0'",
}
"""Stores of which the collection has the metadata alone."""


def _stores(corpus: Path) -> set[str]:
    """Every store, by its path: folders that Zarr metadata make one, not those inside another; zips."""
    root = corpus / "ome-zarr"
    names = (".zattrs", ".zgroup", "zarr.json")
    found = {path.parent for name in names for path in root.rglob(name)}
    outer = {path for path in found if not any(parent in found for parent in path.parents)}
    return {str(path.relative_to(root)) for path in (*outer, *root.rglob("*.zarr.zip"))}


def _inspect(path: Path, axes: str | None = None) -> Inspection:
    return inspect(path, Roots((path.parent,)), installed_readers([]), axes=axes)


def test_every_store_of_the_collection_is_expected_here(corpus: Path) -> None:
    assert _stores(corpus) == HOLDS.keys() | REFUSED.keys()


@pytest.mark.parametrize("name", HOLDS)
def test_a_store_opens_with_all_that_it_holds(name: str, corpus: Path) -> None:
    record = _inspect(corpus / "ome-zarr" / name)
    images, plates, labels, warnings = HOLDS[name]
    assert (len(record.images), len(record.plates), len(record.labels)) == (images, plates, labels)
    assert {problem.code for problem in record.warnings} == warnings
    assert Inspection.from_json(record.to_json()) == record


@pytest.mark.parametrize("name", REFUSED)
def test_a_store_without_pixels_says_so(name: str, corpus: Path) -> None:
    with pytest.raises(SourceError, match=REFUSED[name]):
        _inspect(corpus / "ome-zarr" / name)


@pytest.mark.parametrize("name", [name for name in HOLDS if not name.endswith(".zip")])
def test_every_plane_of_every_level_is_what_zarr_reads(name: str, corpus: Path) -> None:
    path = corpus / "ome-zarr" / name
    with OmeZarrReader().open(path, Roots((path.parent,))) as source:
        series = len(source.images()) + len(source.labels())
        for number in range(series):
            stored = source._stored[number]
            for level, array in enumerate(stored.levels):
                _same_planes(
                    source, number, level, np.asarray(zarr.open_array(path / array.key, mode="r")), stored.axes
                )


def _same_planes(source: object, number: int, level: int, expected: np.ndarray, axes: str) -> None:
    """Each plane against the array, its axes put in our order."""
    missing = [axis for axis in "tczyx" if axis not in axes]
    ordered = np.transpose(expected, [axes.index(axis) for axis in "tczyx" if axis in axes])
    ordered = np.expand_dims(ordered, tuple("tczyx".index(axis) for axis in missing))
    for t in range(ordered.shape[0]):
        for z in range(ordered.shape[2]):
            whole = {"c": slice(None), "y": slice(None), "x": slice(None)}
            block = source.read(number, level, t=t, z=z, **whole)  # type: ignore[attr-defined]  # an ImageSource
            np.testing.assert_array_equal(block, ordered[t, :, z])


def test_sections_on_the_time_axis_are_put_right_by_a_curator(corpus: Path) -> None:
    path = corpus / "ome-zarr/real/S-BIAD843/WD3.2_21-03_WT_MP_segmented.zarr"
    assert _inspect(path).images[0].pixels.shape == (60, 1, 1, 512, 512)
    pixels = _inspect(path, "ZCTYX").images[0].pixels
    assert pixels.shape == (1, 1, 60, 512, 512)
    assert pixels.pixel_size_um == (None, 1.0, 1.0)
