"""Rings that bound areas together: which lies in which, and areas with holes as single rings."""

import math
from collections.abc import Sequence

from publisher.model.roi import Point2
from publisher.model.shape_outline import Ring, signed_area

_MOST_PAIRS = 250_000
"""Pairs of corners that are compared for the shortest way to a hole; of more the first corners are joined."""


def grouped(rings: Sequence[Ring]) -> list[list[Ring]]:
    """Areas (even-odd) as an outer ring and its holes: outer rings clockwise on the screen, holes the other way.

    Rings may touch, but not cross.
    """
    boxes = [_box(ring) for ring in rings]
    inside = [
        [other for other in range(len(rings)) if other != one and _is_inside(rings, boxes, one, other)]
        for one in range(len(rings))
    ]
    areas = {one: [_directed(rings[one], clockwise=True)] for one in range(len(rings)) if len(inside[one]) % 2 == 0}
    for one in range(len(rings)):
        if len(inside[one]) % 2:
            holder = max((other for other in inside[one] if other in areas), key=lambda other: len(inside[other]))
            areas[holder].append(_directed(rings[one], clockwise=False))
    return list(areas.values())


def with_holes(rings: Sequence[Ring]) -> list[Ring]:
    """The same areas, each as one ring that leads to its holes and back along the same line."""
    return [_joined(area) for area in grouped(rings)]


def _joined(area: list[Ring]) -> Ring:
    ring = area[0]
    for hole in area[1:]:
        near, far = _nearest(ring, hole)
        ring = (*ring[: near + 1], *hole[far:], *hole[: far + 1], *ring[near:])
    return ring


def _nearest(ring: Ring, hole: Ring) -> tuple[int, int]:
    if len(ring) * len(hole) > _MOST_PAIRS:
        return 0, 0
    pairs = ((near, far) for near in range(len(ring)) for far in range(len(hole)))
    return min(pairs, key=lambda pair: math.dist(ring[pair[0]], hole[pair[1]]))


def _directed(ring: Ring, *, clockwise: bool) -> Ring:
    return ring if (signed_area(ring) > 0) == clockwise else ring[::-1]


def _box(ring: Ring) -> tuple[float, float, float, float]:
    xs, ys = zip(*ring, strict=True)
    return min(xs), min(ys), max(xs), max(ys)


def _is_inside(rings: Sequence[Ring], boxes: Sequence[tuple[float, ...]], one: int, other: int) -> bool:
    a, b = boxes[one], boxes[other]
    if not (b[0] <= a[0] and b[1] <= a[1] and a[2] <= b[2] and a[3] <= b[3]):
        return False
    return holds(rings[other], _inner(rings[one]))


def _inner(ring: Ring) -> Point2:
    """A place just inside the ring, beside the middle of its first edge, which may lie on an edge of another."""
    (x0, y0), (x1, y1) = ring[0], ring[1]
    length = math.dist(ring[0], ring[1]) or 1.0
    side = 1e-6 if signed_area(ring) > 0 else -1e-6
    return (x0 + x1) / 2 - (y1 - y0) / length * side, (y0 + y1) / 2 + (x1 - x0) / length * side


def holds(ring: Ring, point: Point2) -> bool:
    """Whether ``point`` is inside ``ring`` (even-odd)."""
    x, y = point
    found = False
    for (x0, y0), (x1, y1) in zip(ring, (*ring[1:], ring[0]), strict=True):
        if (y0 > y) != (y1 > y) and x < (x1 - x0) * (y - y0) / (y1 - y0) + x0:
            found = not found
    return found
