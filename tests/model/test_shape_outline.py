import math
import random

import pytest

from publisher.model.mask_outline import mask_rings, mask_rows, set_count
from publisher.model.roi import Ellipse, Label, Line, Mask, Point, Polygon, Polyline, Rectangle
from publisher.model.shape_outline import area, box, length, outline, semi_axes, signed_area

TURNED = (0.0, 1.0, -1.0, 0.0, 0.0, 0.0)
"""A quarter turn: (x, y) becomes (-y, x)."""
TWICE = (2.0, 0.0, 0.0, 2.0, 10.0, 0.0)
BOX = Rectangle(x=1, y=2, width=4, height=3)
WITH_HOLE = Polygon(points=((0, 0), (10, 0), (10, 10), (0, 10), (0, 0), (2, 2), (2, 4), (4, 4), (4, 2), (2, 2)))


def mask(*rows: str) -> Mask:
    """A mask of rows such as "101"."""
    digits = "".join(rows)
    size = -(-len(digits) // 8)
    bits = int(digits.ljust(size * 8, "0"), 2).to_bytes(size, "big")
    return Mask(x=0, y=0, width=len(rows[0]), height=len(rows), rows=len(rows), columns=len(rows[0]), bits=bits)


@pytest.mark.parametrize(
    ("shape", "inside", "edge"),
    [
        (BOX, 12, 14),
        (Rectangle(x=1, y=2, width=4, height=3, transform=TWICE), 48, 28),
        (Polygon(points=((0, 0), (4, 0), (4, 3))), 6, 12),
        (Ellipse(x=0, y=0, radius_x=2, radius_y=2), 4 * math.pi, 4 * math.pi),
        (Ellipse(x=0, y=0, radius_x=3, radius_y=0), 0, 12),
        (Line(start=(0, 0), end=(3, 4)), None, 5),
        (Polyline(points=((0, 0), (3, 4), (3, 5))), None, 6),
        (Point(x=1, y=1), None, None),
        (Label(x=1, y=1, text="here"), None, None),
        (mask("110", "011"), 4, None),
    ],
)
def test_areas_and_lengths_are_those_of_the_shape_as_drawn(shape, inside, edge):
    assert area(shape) == (inside and pytest.approx(inside))
    assert length(shape) == (edge and pytest.approx(edge, rel=0.03))


def test_lengths_in_micrometres_know_pixels_that_are_no_squares():
    assert length(Line(start=(0, 0), end=(3, 4)), (1.0, 2.0)) == pytest.approx(math.hypot(3, 8))
    assert length(Ellipse(x=0, y=0, radius_x=2, radius_y=1), (1.0, 2.0)) == pytest.approx(4 * math.pi)


def test_the_line_to_a_hole_is_no_edge_and_the_hole_no_area():
    assert area(WITH_HOLE) == 100 - 4
    assert length(WITH_HOLE) == 40 + 8


def test_transforms_move_outlines_and_boxes():
    assert outline(Point(x=3, y=1, transform=TURNED)).rings == (((-1.0, 3.0),),)
    assert box(Rectangle(x=1, y=2, width=4, height=3, transform=TURNED)) == (-5, 1, -2, 5)
    assert box(Ellipse(x=5, y=5, radius_x=2, radius_y=1, transform=TURNED)) == pytest.approx((-6, 3, -4, 7))
    assert semi_axes(Ellipse(x=5, y=5, radius_x=2, radius_y=1, transform=TURNED)) == pytest.approx((2, 1))


def test_far_from_the_origin_no_digits_of_an_area_are_lost():
    far = 1e8
    assert area(Polygon(points=((far, far), (far + 2, far), (far + 2, far + 2), (far, far + 2)))) == 4


def test_a_mask_knows_its_rows_and_its_pixels():
    found = mask("101", "010", "111")
    assert mask_rows(found) == [0b101, 0b010, 0b111]
    assert set_count(found) == 6


def test_edges_of_a_hole_go_the_other_way():
    outer, hole = mask_rings(mask("111", "101", "111"))
    assert signed_area(outer) == 9
    assert signed_area(hole) == -1


def test_pixels_that_touch_at_a_corner_are_apart():
    assert [signed_area(ring) for ring in mask_rings(mask("10", "01"))] == [1, 1]


def test_corners_alone_are_kept():
    [ring] = mask_rings(mask("1111", "1111"))
    assert sorted(ring) == [(0, 0), (0, 2), (4, 0), (4, 2)]


def test_the_outline_of_any_mask_bounds_its_pixels():
    chance = random.Random(1)
    for _ in range(200):
        width, height = chance.randint(1, 12), chance.randint(1, 12)
        found = mask(*("".join(chance.choice("01") for _ in range(width)) for _ in range(height)))
        assert sum(map(signed_area, mask_rings(found))) == set_count(found)
