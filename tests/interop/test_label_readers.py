"""ome-zarr-models, ome-zarr and the official schemas read published labels, and see what was published."""

import json
from pathlib import Path

import numpy as np
import pytest
import zarr
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from publisher.testing.images import planes, write_ome_tiff
from tests.pipeline.sites import build_site, make_site
from tests.pipeline.test_drawn_labels import expected, rois, write_rois
from tests.pipeline.test_drawn_labels import store as store_of

STUDY = """\
title: Labels
licence: CC0-1.0
images: [{path: cell.ome.tiff, labels: {nuclei: {path: nuclei.ome.tiff, colors: {7: FF0000}, properties: n.csv}}}]
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The image of a site of one image (T2 C2 Z3) with labels."""
    root = tmp_path_factory.mktemp("labels")
    study = root / "content" / "studies" / "labels"
    study.mkdir(parents=True)
    (root / "site_config.yaml").write_text("title: Lab\n")
    (study / "study.yaml").write_text(STUDY)
    (study / "n.csv").write_text("value,phase\n7,anaphase\n")
    write_ome_tiff(study / "cell.ome.tiff", planes(t=2, c=2, z=3, y=300, x=200, dtype="uint16"))
    write_ome_tiff(study / "nuclei.ome.tiff", planes(t=2, z=3, y=300, x=200, dtype="uint8") // 50 * 7)
    assert build_site(root).problems == ()
    [fileset] = (root / "_site/data/labels").glob("*.ome.zarr")
    return fileset / "0"


def test_ome_zarr_models_reads_labels_and_what_is_known_of_their_values(store: Path) -> None:
    from ome_zarr_models.v05.image_label import ImageLabel
    from ome_zarr_models.v05.labels import Labels

    assert Labels.from_zarr(zarr.open_group(store / "labels", mode="r")).attributes.ome.labels == ["nuclei"]
    read = ImageLabel.from_zarr(zarr.open_group(store / "labels/nuclei", mode="r")).attributes.ome
    assert [axis.name for axis in read.multiscales[0].axes] == ["t", "z", "y", "x"]
    colors = {int(color.label_value): color.rgba for color in read.image_label.colors or ()}
    assert tuple(colors[7] or ()) == (255, 0, 0, 255)
    assert set(colors) == {7, 14, 21, 28}
    assert read.image_label.source is not None
    assert read.image_label.source.image == "../../"


def test_ome_zarr_finds_the_labels_of_the_image(store: Path) -> None:
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    location = parse_url(str(store / "labels" / "nuclei"))
    assert location is not None
    nodes = list(Reader(location)())
    found = next(node for node in nodes if "color" in node.metadata)
    assert np.array_equal(np.asarray(found.data[0]), zarr.open_array(store / "labels/nuclei/0", mode="r")[:])
    assert len(found.data) == 2
    assert found.metadata["properties"][7]["phase"] == "anaphase"


@pytest.mark.corpus
def test_the_official_schemas_accept_labels(store: Path, corpus: Path) -> None:
    folder = corpus / "schemas/ngff/0.5/schemas"
    schemas = [json.loads(path.read_text()) for path in sorted(folder.glob("*.schema"))]
    registry = Registry().with_resources((schema["$id"], DRAFT202012.create_resource(schema)) for schema in schemas)
    attributes = json.loads((store / "labels/nuclei/zarr.json").read_text())["attributes"]
    for name in ("label.schema", "strict_label.schema", "image.schema"):
        schema = json.loads((folder / name).read_text())
        validator = Draft202012Validator(schema, registry=registry)
        assert [error.message for error in validator.iter_errors(attributes)] == [], name


def test_ome_zarr_reads_labels_that_were_drawn_from_masks(tmp_path: Path) -> None:
    from ome_zarr.io import parse_url
    from ome_zarr.reader import Reader

    image = make_site(tmp_path / "site") / "images/a.ome.tiff"
    write_rois(image, rois())
    assert build_site(tmp_path / "site").problems == ()
    location = parse_url(str(store_of(tmp_path / "site") / "labels/masks"))
    assert location is not None
    found = next(node for node in Reader(location)() if "color" in node.metadata)
    assert np.array_equal(np.asarray(found.data[0]), expected())
    assert found.metadata["properties"][2] == {"roi": "ROI:3", "name": "bud"}
