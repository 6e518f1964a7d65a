"""Programs that know plates show every field of a published one where its well is, with the contrast of the plate."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from ome_zarr.io import parse_url
from ome_zarr.reader import Plate, Reader

from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter
from publisher.testing.images import planes, plate_xml, write_ome_tiff
from tests.interop.other_pythons import READERS, answer
from tests.interop.test_other_processes import as_stated, napari_python

__all__ = ["napari_python"]
VERSIONS = ("0.5", "0.4", "0.4+0.5")
WELLS = {(0, 0): [5, 0], (0, 2): [1], (3, 1): [2, 3, 4]}
"""Row, column and images: of each well the first field is what viewers of a whole plate show."""


@dataclass(frozen=True)
class PublishedPlate:
    """A published plate, and the pixels (T, C, Z, Y, X) of the first fields of all wells in their grid."""

    folder: Path
    grid: np.ndarray


@pytest.fixture(scope="module", params=VERSIONS)
def plate(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> PublishedPlate:
    root = tmp_path_factory.mktemp("plate")
    study = root / "content" / "studies" / "screen"
    study.mkdir(parents=True)
    (root / "site_config.yaml").write_text(f'title: Plate\nzarr: {{version: "{request.param}"}}\n')
    (study / "study.yaml").write_text("title: Plate\nlicence: CC0-1.0\n")
    arrays = [planes(t=2, c=2, z=2, y=30, x=50, dtype="uint16") // (number + 1) for number in range(6)]
    write_ome_tiff(study / "p.ome.tiff", *arrays, plates=[plate_xml(WELLS)])
    outcome = build(root, BuildOptions(today=date(2026, 1, 1)), SilentReporter())
    assert outcome.problems == ()
    [folder] = (outcome.paths.output / "data" / "screen").iterdir()
    grid = np.zeros((2, 2, 2, 4 * 30, 3 * 50), "uint16")
    for (row, column), images in WELLS.items():
        grid[..., row * 30 : row * 30 + 30, column * 50 : column * 50 + 50] = arrays[images[0]]
    return PublishedPlate(folder, grid)


# zarr-python says so of every group that both releases describe.
@pytest.mark.filterwarnings("ignore:Both zarr.json")
def test_ome_zarr_py_stitches_the_plate(plate: PublishedPlate) -> None:
    location = parse_url(str(plate.folder))
    assert location is not None
    [node] = Reader(location)()
    assert any(isinstance(spec, Plate) for spec in node.specs)
    np.testing.assert_array_equal(np.asarray(node.data[0]), plate.grid)


def test_napari_shows_a_layer_a_channel_with_the_contrast_of_the_plate(
    plate: PublishedPlate, napari_python: str
) -> None:
    [layers] = answer([napari_python, str(READERS / "by_napari.py")], [str(plate.folder)])
    assert {layer["kind"] for layer in layers} == {"image"}
    assert [layer["levels"][0] for layer in layers] == [as_stated(plate.grid[:, channel]) for channel in (0, 1)]
    assert all(low < high for low, high in (layer["contrast_limits"] for layer in layers))
