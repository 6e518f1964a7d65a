from dataclasses import replace

import pytest

from publisher.model.labels import LabelValue
from publisher.model.region_labels import label_dtype, label_values
from publisher.model.roi import ROI, Point, Rectangle
from tests.model.test_shape_outline import mask

RED, UNSEEN = (255, 0, 0, 255), (9, 9, 9, 0)
POINT = Point(x=1, y=1)


def test_values_follow_the_regions_that_are_drawn():
    rois = (
        ROI(id="ROI:1", shapes=(POINT,)),
        ROI(id="ROI:2", name="cell", shapes=(POINT, replace(mask("1"), text="a"), replace(mask("1"), text="a"))),
        ROI(id="ROI:3", shapes=(Rectangle(x=0, y=0, width=2, height=2),)),
        ROI(id="ROI:4", shapes=(replace(mask("1"), text="b"),)),
    )
    assert label_values(rois, "masks") == (
        LabelValue(value=1, properties=(("roi", "ROI:2"), ("name", "cell"), ("text", "a"))),
        LabelValue(value=2, properties=(("roi", "ROI:4"), ("text", "b"))),
    )
    assert [value.properties[0][1] for value in label_values(rois, "all")] == ["ROI:2", "ROI:3", "ROI:4"]


@pytest.mark.parametrize(
    ("colors", "shown"),
    [
        ({"fill": RED}, RED),
        ({"fill": UNSEEN, "stroke": RED}, RED),
        ({"stroke": RED}, RED),
        ({"fill": UNSEEN}, None),
        ({}, None),
    ],
)
def test_the_colour_is_the_first_fill_or_stroke_that_can_be_seen(colors, shown):
    [value] = label_values((ROI(id="ROI:1", shapes=(replace(mask("1"), **colors),)),), "masks")
    assert value.rgba == shown


def test_the_type_is_the_smallest_that_numbers_them():
    assert [label_dtype(count) for count in (1, 255, 256, 65535, 65536)] == [
        "uint8",
        "uint8",
        "uint16",
        "uint16",
        "uint32",
    ]
