"""Real images with real labels, published together: the labels are those of the files, pixel by pixel."""

import json
import shutil
from base64 import b64decode
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
import tifffile
import zarr

from publisher.ngff.validate import validate_fileset
from tests.pipeline.sites import build_site

pytestmark = pytest.mark.corpus

REGIONS = "ome-tiff/derived/rois-annotations-fake.ome.tiff"
FRACTAL = "ome-zarr/real/fractal-cardiomyocyte-trimmed.ome.zarr"


@pytest.fixture(scope="module")
def site(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """StarDist's nuclei and HuBMAP's cells, their labels as files; Fractal's nuclei, theirs inside; a mask."""
    root = tmp_path_factory.mktemp("labels")
    (root / "site_config.yaml").parent.mkdir(exist_ok=True)
    (root / "site_config.yaml").write_text("title: Lab\n")
    study = root / "content" / "studies" / "labels"
    shutil.copytree(corpus / "other-formats/plain/stardist-2d", study / "stardist")
    shutil.copytree(corpus / "ome-tiff/real/hubmap-codex", study / "hubmap")
    shutil.copytree(corpus / FRACTAL, study / "fractal" / "cardio.ome.zarr")
    shutil.copy(corpus / REGIONS, study / "rois.ome.tiff")
    (study / "study.yaml").write_text("""\
title: Labels
licence: CC0-1.0
images:
  - {path: stardist/img2d.tif, labels: {nuclei: stardist/mask2d.tif}}
  - {path: hubmap/output_ome.ome.tiff, labels: {cells: "{folder}/output_ome.segmentations.ome.tif"}}
  - {path: fractal/cardio.ome.zarr}
  - {path: rois.ome.tiff}
""")
    assert build_site(root).problems == ()
    return root


def store(site: Path, name: str) -> Path:
    [fileset] = (site / "_site/data/labels").glob(f"{name}-*.ome.zarr")
    assert validate_fileset(fileset) == ()
    return fileset / "0" / "labels"


def test_only_images_are_published_as_images(site: Path) -> None:
    assert len(list((site / "_site/data/labels").glob("*.ome.zarr"))) == 4


@pytest.mark.parametrize(
    ("name", "labels", "file"),
    [
        ("img2d", "nuclei", "other-formats/plain/stardist-2d/mask2d.tif"),
        ("output-ome", "cells", "ome-tiff/real/hubmap-codex/output_ome.segmentations.ome.tif"),
    ],
)
def test_labels_of_files_are_those_of_the_files(site: Path, corpus: Path, name: str, labels: str, file: str) -> None:
    array = zarr.open_array(store(site, name) / labels / "0", mode="r")
    assert np.array_equal(array[0, 0], tifffile.imread(corpus / file))


def test_labels_of_a_zarr_are_its_own_with_their_values(site: Path, corpus: Path) -> None:
    folder = store(site, "cardio") / "nuclei"
    published = zarr.open_array(folder / "0", mode="r")[0, 0]
    own = [zarr.open_array(corpus / FRACTAL / "labels/nuclei" / str(level), mode="r") for level in range(4)]
    [same] = [array for array in own if array.shape[-2:] == published.shape]
    assert np.array_equal(published, same[0])
    pages = site / "_site/studies/labels/images"
    [listed] = [json.loads(path.read_text())["labels"][0] for path in pages.glob("cardio-*/labels.json")]
    assert listed["count"] == len(np.unique(published)) - 1


def test_a_mask_is_drawn_where_its_document_has_it(site: Path, corpus: Path) -> None:
    root = ElementTree.fromstring(tifffile.tiffcomment(corpus / REGIONS))
    [mask] = root.iterfind(".//{*}Mask")
    x, y, width, height = (int(float(mask.attrib[key])) for key in ("X", "Y", "Width", "Height"))
    [data] = (b64decode("".join(element.itertext())) for element in mask if element.tag.endswith("BinData"))
    bits = np.frombuffer(data, np.uint8).reshape(height, width) != 0  # Bio-Formats writes a byte for each pixel
    expected = np.zeros((1, 3, 200, 256), np.uint8)
    expected[:, :, y : y + height, x : x + width] = bits
    assert np.array_equal(zarr.open_array(store(site, "rois") / "masks/0", mode="r")[:], expected)
