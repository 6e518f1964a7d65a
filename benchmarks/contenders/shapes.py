"""Chunks, shards and codec of our plan for a stack, for rivals that are to write the same (axes c, z, y, x)."""

import numpy as np

CHUNK = (1, 1, 512, 512)
CHUNK_BYTES = 512 * 512 * 2
CAP_BYTES = 64 * 2**20


def level_shapes(shape: tuple[int, ...]) -> list[tuple[int, ...]]:
    """Shapes of all levels of a uint16 stack of ``shape``."""
    shapes = [shape]
    while max(shapes[-1][2:]) > 512:
        channels, size_z, height, width = shapes[-1]
        shapes.append((channels, size_z, -(-height // 2), -(-width // 2)))
    return shapes


def shards(shape: tuple[int, ...]) -> tuple[int, ...]:
    """All channels of whole planes, as many z as fit in 64 MiB."""
    height, width = (-(-size // 512) * 512 for size in shape[2:])
    return (
        shape[0],
        min(shape[1], CAP_BYTES // (shape[0] * height * width * np.dtype("uint16").itemsize)),
        height,
        width,
    )
