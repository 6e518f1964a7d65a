import re
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from publisher.assets import region_overview
from publisher.assets.picture_file import one_bit_png
from publisher.assets.region_overview import Overview, overview
from publisher.model.roi import ROI, Label, Line, Plane, Point, Polygon, Rectangle
from tests.model.test_shape_outline import mask

SVG = "{http://www.w3.org/2000/svg}"
PICTURE = Overview(width=100, height=50, size_x=1000, size_y=500, t=0, z=1)
BOX = Rectangle(x=100, y=100, width=200, height=300)


def drawn(*shapes, picture: Overview = PICTURE) -> ET.Element:
    data, count = overview([ROI(id="ROI:1", shapes=shapes)], picture)
    assert count == len(shapes)
    return ET.fromstring(data)


def paths(*shapes, picture: Overview = PICTURE) -> list[str]:
    """What is drawn, a line for each colour."""
    return [path.get("d") for path in drawn(*shapes, picture=picture).iter(f"{SVG}path")]


def test_shapes_lie_where_they_are_on_the_picture():
    assert paths(BOX) == ["M10 10l20 0l0 30l-20 0z"]


def test_shapes_of_one_colour_are_one_line():
    red = replace(BOX, stroke=(255, 0, 0, 3))
    found = drawn(BOX, red, BOX)
    assert [use.get("stroke") for use in found.iter(f"{SVG}use")][1::2] == ["#ff0000", "#ffe000"]
    assert len(list(found.iter(f"{SVG}path"))) == 2


def test_shapes_of_other_planes_are_faint():
    found = drawn(replace(BOX, plane=Plane(z=1)), replace(BOX, plane=Plane(z=0), x=5.0), replace(BOX, plane=Plane(t=3)))
    assert [group.get("opacity") for group in found.iter(f"{SVG}g")] == ["0.35", None]
    over_z = drawn(replace(BOX, plane=Plane(z=0)), picture=replace(PICTURE, z=None))
    assert [group.get("opacity") for group in over_z.iter(f"{SVG}g")] == [None]


def test_a_shape_too_small_to_see_is_a_dot():
    [path] = paths(Rectangle(x=500, y=250, width=3, height=3))
    assert path == "M49.25 24.25l2 0l0 2l-2 0z"


def test_with_very_many_corners_small_shapes_are_drawn_as_their_boxes(monkeypatch):
    triangle = Polygon(points=((100, 100), (200, 100), (100, 180)))
    assert paths(triangle) == ["M10 10l10 0l-10 8z"]
    monkeypatch.setattr(region_overview, "MOST_CORNERS", 2)
    assert paths(triangle, BOX) == ["M10 10l10 0l0 8l-10 0zM10 10l20 0l0 30l-20 0z"]


def test_masks_are_drawn_as_their_outlines_and_arrows_have_heads():
    big = replace(mask("111", "101", "111"), width=300.0, height=300.0)
    assert paths(big)[0].count("z") == 2
    assert paths(Line(start=(0, 0), end=(900, 0), arrow_end=True))[0].count("M") == 2


def test_words_are_text_and_nothing_else():
    words = '<script>alert("x")</script>\x00'
    data, _ = overview([ROI(id="ROI:1", shapes=(Label(x=5, y=5, text=words),))], PICTURE)
    [text] = ET.fromstring(data).iter(f"{SVG}text")
    assert text.text == '<script>alert("x")</script>\ufffd'
    assert b"<script" not in data
    assert float(text.get("y")) >= float(text.get("font-size"))


def test_a_drawing_is_made_of_numbers_that_browsers_can_draw():
    far = Polygon(points=((-1e9, 0), (1e9, 1e9), (0, -1e9)))
    assert re.fullmatch(r"[Mlz \d.\-]+", "".join(paths(far, Point(x=1, y=1))))


def test_of_very_many_shapes_the_first_are_drawn(monkeypatch):
    monkeypatch.setattr(region_overview, "MOST_SHAPES", 2)
    assert overview([ROI(id="ROI:1", shapes=(BOX, BOX, BOX))], PICTURE)[1] == 2


@pytest.mark.parametrize("rows", [("101", "010"), ("1",), ("1" * 17, "01" * 8 + "0")])
def test_the_picture_of_a_mask_has_its_pixels(rows, tmp_path):
    from PIL import Image

    found = mask(*rows)
    path = tmp_path / "mask.png"
    path.write_bytes(one_bit_png(found.bits, found.rows, found.columns))
    with Image.open(path) as picture:
        assert picture.mode == "1"
        assert [
            "".join("1" if picture.getpixel((x, y)) else "0" for x in range(picture.width))
            for y in range(picture.height)
        ] == list(rows)
