"""Our levels, chunks and shards, for rivals that are to write the same (axes c, z, y, x). Needs no library of ours."""

from pathlib import Path

CHUNK_PX = 512
LAST_PX = 512
CAP_BYTES = 64 * 2**20


def output_of(output, path):
    """Where the image of ``path`` goes below ``output``."""
    return str(Path(output, Path(path).name.split(".")[0] + ".ome.zarr"))


def to_czyx(pixels, axes):
    """An array in the order of ``axes`` (tifffile's letters) as c, z, y, x."""
    order = {"ZCYX": (1, 0, 2, 3), "CYX": (0, 1, 2), "YXS": (2, 0, 1), "SYX": (0, 1, 2), "YX": (0, 1)}[axes]
    moved = pixels.transpose(order)
    if axes == "YX":
        return moved[None, None]
    return moved if axes == "ZCYX" else moved[:, None]


def levels(shape):
    """Shapes of all levels, halved in y and x, rounded up."""
    shapes = [tuple(shape)]
    while max(shapes[-1][2:]) > LAST_PX or len(shapes) == 1:
        channels, depth, height, width = shapes[-1]
        shapes.append((channels, depth, -(-height // 2), -(-width // 2)))
    return shapes


def shard(shape, item_size):
    """Our shard: all channels, then as many z as fit; a plane beyond the cap is cut in squares of chunks."""
    channels, depth, height, width = shape
    height, width = (-(-edge // CHUNK_PX) * CHUNK_PX for edge in (height, width))
    plane = height * width * item_size
    if plane <= CAP_BYTES:
        fitting = min(channels, CAP_BYTES // plane)
        return fitting, min(depth, CAP_BYTES // (plane * channels)) if fitting == channels else 1, height, width
    side = CHUNK_PX
    while (2 * side) ** 2 * item_size * channels <= CAP_BYTES:
        side *= 2
    return channels, 1, min(side, height), min(side, width)
