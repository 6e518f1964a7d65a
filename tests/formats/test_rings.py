from publisher.formats.rings import grouped, holds, with_holes
from publisher.model.shape_outline import signed_area


def square(x: float, y: float, edge: float) -> tuple[tuple[float, float], ...]:
    return ((x, y), (x + edge, y), (x + edge, y + edge), (x, y + edge))


def test_a_ring_in_a_ring_is_its_hole_and_a_ring_in_the_hole_an_area_of_its_own():
    areas = grouped([square(4, 4, 2), square(0, 0, 10), square(2, 2, 6), square(20, 0, 1)])
    assert [[abs(signed_area(ring)) for ring in area] for area in areas] == [[4], [100, 36], [1]]


def test_a_hole_that_touches_its_area_is_still_a_hole():
    assert len(grouped([square(0, 0, 4), square(0, 1, 2)])) == 1


def test_an_area_with_a_hole_becomes_one_ring_around_what_is_left():
    [ring] = with_holes([square(0, 0, 10), square(2, 2, 3)])
    assert signed_area(ring) == 91
    assert not holds(ring, (3, 3))
    assert holds(ring, (1, 1))
