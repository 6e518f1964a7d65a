import json
from pathlib import Path

import jsonschema
import pytest

from publisher.formats.region_json import read_roi_json, regions_document, roi_json
from tests.formats.ome_xml.test_roi import EVERY

SEAMS = Path(__file__).parents[2] / "docs/design/seams"


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(json.loads((SEAMS / "regions.schema.json").read_text()))


def test_every_shape_is_valid_region_json(schema):
    document = json.loads(json.dumps(regions_document("cell-1", [EVERY], lambda mask: f"{mask.rows}.png")))
    schema.validate(document)
    [region] = document["regions"]
    assert [shape["type"] for shape in region["shapes"]] == [
        "rectangle", "ellipse", "point", "line", "polyline", "polygon", "label", "mask",
    ]  # fmt: skip
    assert region["shapes"][-1]["bitmap"] == "3.png"
    assert region["shapes"][2] | {"stroke": "#ff0000", "fill": "#0080ff40"} == region["shapes"][2]


def test_every_shape_survives_the_way_between_two_processes():
    assert read_roi_json(json.loads(json.dumps(roi_json(EVERY)))) == EVERY
