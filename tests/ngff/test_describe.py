import json
from dataclasses import replace
from pathlib import Path, PurePosixPath

import ome_zarr_models.v05
import pytest
import zarr

from publisher.config.model import HostingSection, ZarrSection
from publisher.model.image import Channel
from publisher.ngff.describe import DescribedImage, describe
from publisher.ngff.pixels import write_pixels
from publisher.ngff.plan import plan_image
from publisher.ngff.rendering import rendering_settings
from publisher.ngff.validate import validate_fileset
from tests.ngff.array_source import ArraySource, image_of
from tests.ngff.filesets import ARRAYS, FACTS, ome_xml, write_files, write_fileset


@pytest.fixture
def fileset(tmp_path: Path) -> Path:
    return write_fileset(tmp_path / "cells.ome.zarr")


def change(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new, 1))


def test_a_fileset_passes_the_gate_and_the_models(fileset):
    assert validate_fileset(fileset) == ()
    root = zarr.open_group(fileset, mode="r")
    for path in "0", "1":
        ome_zarr_models.v05.Image.from_zarr(root[path])


def test_the_root_is_written_last():
    files = describe([], b"<OME/>", FACTS)
    assert list(files)[-1] == PurePosixPath("zarr.json")


def test_metadata_say_where_pixels_lie_and_how_they_were_halved(fileset):
    ome = json.loads((fileset / "0/zarr.json").read_bytes())["attributes"]["ome"]
    multiscale = ome["multiscales"][0]
    assert multiscale["name"] == "Cell 1"
    assert multiscale["type"] == "mean"
    transformations = multiscale["datasets"][1]["coordinateTransformations"]
    assert transformations[0] == {"type": "scale", "scale": [1.0, 1.0, 0.3, 0.2, 0.2]}
    assert transformations[1] == {"type": "translation", "translation": [0.0, 0.0, 0.0, 0.05, 0.05]}
    assert ome["omero"]["rdefs"] == {"defaultT": 0, "defaultZ": 1, "model": "color"}


def test_a_changed_name_colour_or_licence_touches_no_array(fileset):
    before = {path: path.stat().st_mtime_ns for path in (fileset / "0/0").rglob("*")}
    image = replace(image_of(ARRAYS[0]), name="Other", channels=(Channel(color="FF0000"), Channel(color="00FF00")))
    plan = plan_image(image, "0", ZarrSection(), HostingSection())
    statistics = write_pixels(ArraySource(ARRAYS[0]), 0, plan, fileset.parent / "again").statistics
    one = DescribedImage(image=image, plan=plan, rendering=rendering_settings(image, statistics))
    write_files(describe([one], ome_xml(ARRAYS[:1]).encode(), replace(FACTS, licence="")), fileset)
    assert before == {path: path.stat().st_mtime_ns for path in (fileset / "0/0").rglob("*")}
