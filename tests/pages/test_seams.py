"""Seams that others build on: each schema is sound, its example fits it, and what we emit fits it."""

import json
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from jsonschema import Draft202012Validator
from referencing import Registry, Resource

from publisher.pages.image_page import ImagePage, image_page
from publisher.pages.image_place import Place
from publisher.pages.page import to_json
from publisher.pages.published import StoreElsewhere
from tests.pages import samples

SEAMS = Path(__file__).parents[2] / "docs" / "design" / "seams"


def validator(name: str) -> Draft202012Validator:
    schemas = [json.loads(file.read_text()) for file in sorted(SEAMS.glob("*.schema.json"))]
    registry: Registry = Registry().with_resources(
        (schema["$id"], Resource.from_contents(schema)) for schema in schemas
    )
    schema = json.loads((SEAMS / f"{name}.schema.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(schema, registry=registry)


@pytest.mark.parametrize("name", ["viewer", "regions", "labels", "lint"])
def test_the_example_of_a_seam_fits_its_schema(name: str) -> None:
    validator(name).validate(json.loads((SEAMS / f"{name}.example.json").read_text()))


def image_pages(base_url: str | None = "https://images.example.org/") -> list[ImagePage]:
    return [page for page in samples.pages(base_url=base_url) if isinstance(page, ImagePage) and page.viewer]


@pytest.mark.parametrize("base_url", ["https://images.example.org/", None])
def test_the_viewer_json_of_an_image_page_fits_the_schema(base_url: str | None) -> None:
    for page in image_pages(base_url):
        validator("viewer").validate(json.loads(to_json(page))["viewer"])


def test_the_viewer_json_of_a_store_elsewhere_has_its_axes_its_levels_and_no_relative_address() -> None:
    there = StoreElsewhere(
        url="https://store.example.org/a.zarr", zarr_version="0.4", sharded=False, axes="czyx", paths=("full", "half")
    )
    item = replace(samples.published(1), arrays=(), store=None, fileset=None, elsewhere=there)
    page = image_page(
        item, samples.study(), Place(dataset_name="Control", dataset_id="control"), samples.site_facts(base_url=None)
    )
    viewer = json.loads(to_json(page))["viewer"]
    validator("viewer").validate(viewer)
    assert viewer["store"] == {"href": None, "url": "https://store.example.org/a.zarr"}
    assert viewer["ome_zarr"] == "0.4"
    assert [axis["name"] for axis in viewer["axes"]] == ["c", "z", "y", "x"]
    assert viewer["levels"][0] == {"path": "full", "shape": [3, 7, 768, 1024], "zarr": None}


def test_the_example_is_the_viewer_json_of_the_first_sample() -> None:
    example = json.loads((SEAMS / "viewer.example.json").read_text())
    assert example == json.loads(to_json(image_pages()[0]))["viewer"]


def test_a_shape_without_what_its_kind_needs_is_refused() -> None:
    shape = {"id": "Shape:0", "type": "ellipse", "plane": {"t": None, "c": None, "z": None}, "x": 1, "y": 1}
    with pytest.raises(jsonschema.ValidationError):
        validator("regions").validate({"version": 1, "image": "a", "regions": [{"id": "ROI:0", "shapes": [shape]}]})
