"""Masks as rows of bits, and the lines around what is set in them."""

import re
from collections.abc import Iterator

from publisher.model.roi import Mask, Point2

_RUN = re.compile("1+")
Corner = tuple[int, int]


def mask_rows(mask: Mask) -> list[int]:
    """The rows of ``mask`` as numbers of ``columns`` binary digits, the first pixel in the highest."""
    count = mask.rows * mask.columns
    whole = int.from_bytes(mask.bits, "big") >> (len(mask.bits) * 8 - count)
    digits = f"{whole:0{count}b}"
    return [int(digits[start : start + mask.columns], 2) for start in range(0, count, mask.columns)]


def set_count(mask: Mask) -> int:
    """Pixels that are set."""
    return int.from_bytes(mask.bits, "big").bit_count()


def mask_rings(mask: Mask) -> list[tuple[Point2, ...]]:
    """Closed lines around the set pixels in pixels of the image, before the transform: outer edges clockwise on the
    screen, edges of holes the other way. Pixels that touch at a corner only are apart."""
    step_x, step_y = mask.width / mask.columns, mask.height / mask.rows
    return [tuple((mask.x + x * step_x, mask.y + y * step_y) for x, y in ring) for ring in _rings(mask)]


def _rings(mask: Mask) -> Iterator[list[Corner]]:
    """Follow the edges, each with the set pixels on its right hand."""
    edges = _edges(mask_rows(mask), mask.columns)
    while edges:
        start = next(iter(edges))
        ring, here, heading = [start], start, (0, 0)
        while True:
            ends = edges[here]
            there = next((end for end in ends if _turns_right(heading, here, end)), ends[0])
            ends.remove(there)
            if not ends:
                del edges[here]
            new = _heading(here, there)
            if new == heading:
                ring[-1] = there
            else:
                ring.append(there)
            here, heading = there, new
            if here == start:
                break
        ring.pop()
        if len(ring) > 4 and _heading(ring[-1], ring[0]) == _heading(ring[0], ring[1]):
            ring.pop(0)
        yield ring


def _edges(rows: list[int], columns: int) -> dict[Corner, list[Corner]]:
    """Every edge between a set and an unset pixel, by where it begins; ends are corners."""
    edges: dict[Corner, list[Corner]] = {}
    above = 0
    for y, row in enumerate([*rows, 0]):
        for left, right in _runs(row & ~above, columns):
            edges.setdefault((left, y), []).append((right, y))
        for left, right in _runs(above & ~row, columns):
            edges.setdefault((right, y), []).append((left, y))
        for left, right in _runs(row, columns):
            edges.setdefault((left, y + 1), []).append((left, y))
            edges.setdefault((right, y), []).append((right, y + 1))
        above = row
    return edges


def _runs(row: int, columns: int) -> Iterator[tuple[int, int]]:
    if row:
        for run in _RUN.finditer(f"{row:0{columns}b}"):
            yield run.span()


def _heading(here: Corner, there: Corner) -> Corner:
    x, y = there[0] - here[0], there[1] - here[1]
    return (x > 0) - (x < 0), (y > 0) - (y < 0)


def _turns_right(heading: Corner, here: Corner, end: Corner) -> bool:
    """Right on the screen, where y goes down: from (1, 0) to (0, 1)."""
    return _heading(here, end) == (-heading[1], heading[0])
