import random

import numpy as np
import pytest

from publisher.assets.region_raster import Window, covered, reach
from publisher.model.roi import Ellipse, Label, Line, Mask, Point, Polygon, Polyline, Rectangle
from publisher.model.shape_outline import area
from tests.model.test_shape_outline import WITH_HOLE, mask

WINDOW = Window(0, 0, 40, 30)
TURNED = (0.0, 1.0, -1.0, 0.0, 20.0, 0.0)
"""A quarter turn about (0, 0), then 20 to the right."""


def count(shape) -> int:
    return int(covered(shape, WINDOW).sum())


@pytest.mark.parametrize(
    ("shape", "pixels"),
    [
        (Rectangle(x=2, y=3, width=5, height=6), 30),
        (Rectangle(x=2.4, y=3.4, width=5, height=6), 30),
        (Rectangle(x=2, y=3, width=0.4, height=6), 0),
        (Rectangle(x=-5, y=-5, width=100, height=100), 1200),
        (Polygon(points=((0, 0), (10, 0), (10, 10))), 55),
        (WITH_HOLE, 96),
        (Ellipse(x=10, y=10, radius_x=0.5, radius_y=5), 0),
        (Ellipse(x=10.5, y=10, radius_x=0.5, radius_y=5), 10),
        (Rectangle(x=2, y=3, width=5, height=6, transform=TURNED), 30),
        (Ellipse(x=5, y=5, radius_x=4, radius_y=0), 0),
        (Ellipse(x=5, y=5, radius_x=4, radius_y=2, transform=(0, 0, 0, 0, 5, 5)), 0),
        (mask("101", "010"), 3),
        (Point(x=3.9, y=4.1), 1),
        (Point(x=40, y=4), 0),
        (Line(start=(2, 2), end=(9, 2)), 8),
        (Line(start=(2, 2), end=(9, 9)), 8),
        (Line(start=(-1e9, 15.5), end=(1e9, 15.5)), 40),
        (Line(start=(50, 0), end=(60, 9)), 0),
        (Polyline(points=((0, 0), (5, 0), (5, 5))), 11),
        (Label(x=5, y=5, text="here"), 0),
    ],
)
def test_pixels_count_whose_centre_lies_inside_and_those_that_a_line_crosses(shape, pixels):
    assert count(shape) == pixels


def test_a_mask_covers_the_pixels_that_are_set():
    found = covered(mask("101", "010"), Window(0, 0, 3, 2))
    assert found.tolist() == [[True, False, True], [False, True, False]]
    larger = mask("101", "010")
    twice = Mask(x=0, y=0, width=6, height=4, rows=2, columns=3, bits=larger.bits)
    assert count(twice) == 12


def test_a_window_sees_its_part_of_a_shape():
    shape = Polygon(points=((1, 1), (30, 4), (20, 28), (3, 20)))
    whole = covered(shape, WINDOW)
    for window in (Window(0, 0, 7, 9), Window(10, 5, 33, 21), Window(39, 29, 40, 30)):
        part = whole[window.y0 : window.y1, window.x0 : window.x1]
        assert np.array_equal(covered(shape, window), part)


def test_reach_holds_every_pixel_of_a_shape_and_nothing_beyond_the_image():
    assert reach(Rectangle(x=-3.5, y=2.5, width=5, height=1000), WINDOW) == Window(0, 2, 2, 30)
    assert reach(Rectangle(x=50, y=2, width=5, height=5), WINDOW) is None
    assert reach(Point(x=1e9, y=-1e9), WINDOW) is None
    assert reach(Label(x=1, y=1, text="here"), WINDOW) is None


def test_polygons_of_any_form_cover_what_a_point_by_point_test_says():
    chance = random.Random(2)
    for _ in range(30):
        points = tuple((chance.uniform(-5, 45), chance.uniform(-5, 35)) for _ in range(chance.randint(3, 9)))
        found = covered(Polygon(points=points), WINDOW)
        for _ in range(50):
            x, y = chance.randrange(40), chance.randrange(30)
            assert found[y, x] == even_odd(points, x + 0.5, y + 0.5)


def even_odd(points, x: float, y: float) -> bool:
    crossings = 0
    for (xa, ya), (xb, yb) in zip(points, points[1:] + points[:1], strict=True):
        if (ya > y) != (yb > y):
            crossings += xa + (y - ya) * (xb - xa) / (yb - ya) < x
    return bool(crossings % 2)


def test_large_shapes_cover_about_their_area():
    window = Window(0, 0, 500, 500)
    for shape in (Ellipse(x=250, y=250, radius_x=200, radius_y=120), Polygon(points=((3, 4), (490, 60), (80, 480)))):
        assert covered(shape, window).sum() == pytest.approx(area(shape), rel=0.002)
