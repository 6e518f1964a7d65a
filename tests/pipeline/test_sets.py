"""Sets of files in a study: published once, whichever of their files are named, and again when any of them changes."""

from pathlib import Path

import numpy as np
import pytest
import zarr

from publisher.testing.images import planes, write_ome_tiff
from tests.pipeline.sites import build_site
from tests.sources.test_tiff_sets import NAMESPACE, companion_set

PIXELS = planes(c=3, z=2, dtype="uint16")


def make_site(root: Path, images: str) -> Path:
    folder = root / "content" / "studies" / "sets" / "images"
    folder.mkdir(parents=True)
    (root / "site_config.yaml").write_text("title: Lab\nbase_url: https://lab.example.org/\n")
    (folder.parent / "study.yaml").write_text(f"title: Sets\nimages: {images}\n")
    companion_set(folder, PIXELS)
    return folder


def published(root: Path) -> np.ndarray:
    (store,) = (root / "_site").rglob("*.ome.zarr")
    return zarr.open_array(store / "0" / "0", mode="r")[...]


@pytest.mark.parametrize("images", ["images/*", "images/m*.ome.tiff", "images/m1.ome.tiff", "images/*.companion.ome"])
def test_a_set_is_published_once_whichever_of_its_files_are_named(images: str, tmp_path: Path) -> None:
    make_site(tmp_path, images)
    assert build_site(tmp_path).problems == ()
    np.testing.assert_array_equal(published(tmp_path), PIXELS)


def test_a_set_is_published_again_when_a_member_that_nobody_named_changes(tmp_path: Path) -> None:
    folder = make_site(tmp_path, "images/m0.ome.tiff")
    build_site(tmp_path)
    only = f'<OME xmlns="{NAMESPACE}" UUID="urn:uuid:m2.ome.tiff">'
    only += '<BinaryOnly MetadataFile="s.companion.ome" UUID="urn:uuid:set"/></OME>'
    write_ome_tiff(folder / "m2.ome.tiff", PIXELS[:, [2]] + 1, xml=only, order="XYZTC")
    assert build_site(tmp_path).problems == ()
    np.testing.assert_array_equal(published(tmp_path)[:, 2], PIXELS[:, 2] + 1)
