import random

import numpy as np

from publisher.assets.region_labels import DrawnRegions
from publisher.model.roi import ROI, Ellipse, Mask, Plane, Polygon, Shape

HEIGHT, WIDTH = 60, 90


def bits(rng: random.Random, rows: int, columns: int) -> np.ndarray:
    return np.array([[rng.random() < 0.7 for _ in range(columns)] for _ in range(rows)])


def mask(array: np.ndarray, x: float, y: float, *, box: tuple[float, float] | None = None, **said: object) -> Mask:
    rows, columns = array.shape
    width, height = box or (columns, rows)
    packed = np.packbits(array).tobytes()
    return Mask(x=x, y=y, width=width, height=height, rows=rows, columns=columns, bits=packed, **said)


def region(*shapes: Shape) -> ROI:
    return ROI(id="ROI:1", shapes=shapes)


def plane(source: DrawnRegions, t: int = 0, z: int = 0) -> np.ndarray:
    return source.read(0, 0, t=t, z=z, c=slice(0, 1), y=slice(0, HEIGHT), x=slice(0, WIDTH))[0]


def source(*rois: ROI, drawn: str = "masks") -> DrawnRegions:
    return DrawnRegions(rois, drawn, (HEIGHT, WIDTH), "uint8")


def test_a_mask_whose_box_is_larger_than_its_pixels_is_scaled_to_the_nearest():
    array = bits(random.Random(1), 4, 5)
    found = plane(source(region(mask(array, 10, 20, box=(15, 8)))))
    assert np.array_equal(found[20:28, 10:25], array.repeat(2, axis=0).repeat(3, axis=1))
    assert found.sum() == array.sum() * 6


def test_a_mask_whose_box_is_smaller_gives_the_pixel_under_each_centre():
    array = bits(random.Random(2), 9, 12)
    found = plane(source(region(mask(array, 10, 20, box=(4, 3)))))
    assert np.array_equal(found[20:23, 10:14], array[1::3, 1::3])


def test_a_mask_is_turned_as_its_transform_says():
    array = bits(random.Random(3), 5, 8)
    quarter = (0.0, 1.0, -1.0, 0.0, 30.0, 12.0)  # (x, y) becomes (30 - y, 12 + x)
    found = plane(source(region(mask(array, 2, 3, transform=quarter))))
    expected = np.zeros((HEIGHT, WIDTH), np.uint8)
    for row, column in np.argwhere(array):
        expected[12 + 2 + column, 30 - 3 - row - 1] = 1
    assert np.array_equal(found, expected)


def test_masks_are_on_the_planes_they_name_and_on_all_where_they_name_none():
    one = np.ones((1, 1), bool)
    drawing = source(
        region(mask(one, 1, 0, plane=Plane(t=1, z=2)), mask(one, 2, 0, plane=Plane(z=2))),
        region(mask(one, 3, 0, plane=Plane(t=1, c=1)), mask(one, 4, 0)),
    )
    seen = {(t, z): plane(drawing, t, z)[0, 1:5].tolist() for t in (0, 1) for z in (0, 2)}
    assert seen == {(0, 0): [0, 0, 0, 2], (0, 2): [0, 1, 0, 2], (1, 0): [0, 0, 2, 2], (1, 2): [1, 1, 2, 2]}


def test_blocks_put_together_are_the_whole_and_count_what_is_covered_once():
    rng = random.Random(4)
    arrays = [bits(rng, rng.randint(1, 30), rng.randint(1, 40)) for _ in range(25)]
    places = [(rng.randint(-20, WIDTH), rng.randint(-20, HEIGHT)) for _ in arrays]
    rois = [region(mask(array, *place)) for array, place in zip(arrays, places, strict=True)]
    expected, covered = np.zeros((HEIGHT, WIDTH), np.uint8), 0
    for value, (array, (x, y)) in enumerate(zip(arrays, places, strict=True), start=1):
        for row, column in np.argwhere(array) + np.array([y, x]):
            if 0 <= row < HEIGHT and 0 <= column < WIDTH:
                covered += bool(expected[row, column])
                expected[row, column] = value
    drawing = source(*rois)
    for _ in range(2):
        found = np.zeros_like(expected)
        for y in range(0, HEIGHT, 16):
            for x in range(0, WIDTH, 32):
                part = drawing.read(0, 0, t=0, z=0, c=slice(0, 1), y=slice(y, y + 16), x=slice(x, x + 32))[0]
                found[y : y + 16, x : x + 32] = part
        assert np.array_equal(found, expected)
    assert drawing.hidden_pixels() == covered


def test_other_closed_shapes_count_only_where_all_are_drawn():
    triangle = Polygon(points=((0, 0), (20.2, 0), (0, 20.2)))
    ellipse = Ellipse(x=60, y=30, radius_x=10, radius_y=5)
    rois = (region(triangle), region(ellipse, mask(np.ones((2, 2), bool), 80, 50)))
    assert np.unique(plane(source(*rois))).tolist() == [0, 1]
    found = plane(source(*rois, drawn="all"))
    assert (found == 1).sum() == 210
    assert found[30, 60] == found[50, 80] == 2
