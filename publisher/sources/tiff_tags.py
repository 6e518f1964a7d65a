"""Tags of a TIFF directory: their numbers, types and raw entries. Source: TIFF 6.0, section 2 and appendix A."""

import struct
from typing import NamedTuple

TYPE_SIZES = {1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 6: 1, 7: 1, 8: 2, 9: 4, 10: 8, 11: 4, 12: 8, 13: 4, 16: 8, 17: 8, 18: 8}
INTEGER_CODES = {1: "B", 3: "H", 4: "I", 6: "b", 8: "h", 9: "i", 13: "I", 16: "Q", 17: "q", 18: "Q"}
"""Letters of `struct` by type, for the types that are integers; `TYPE_SIZES` has the bytes of every type."""

WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER = 256, 257, 258, 259, 262, 266
DESCRIPTION, ORIENTATION, SAMPLES, ROWS_PER_STRIP, PLANAR = 270, 274, 277, 278, 284
X_RESOLUTION, Y_RESOLUTION, RESOLUTION_UNIT, DATE_TIME, PREDICTOR = 282, 283, 296, 306, 317
STRIP_OFFSETS, STRIP_COUNTS, TILE_WIDTH, TILE_HEIGHT, TILE_OFFSETS, TILE_COUNTS = 273, 279, 322, 323, 324, 325
SUB_IFDS, EXTRA_SAMPLES, SAMPLE_FORMAT, JPEG_TABLES, SUBSAMPLING, TILE_DEPTH = 330, 338, 339, 347, 530, 32998
SUBFILE_TYPE, OLD_SUBFILE_TYPE = 254, 255
LAYOUT_TAGS = (
    WIDTH, HEIGHT, BITS, COMPRESSION, PHOTOMETRIC, FILL_ORDER, ORIENTATION, SAMPLES, ROWS_PER_STRIP, PLANAR, PREDICTOR,
    TILE_WIDTH, TILE_HEIGHT, EXTRA_SAMPLES, SAMPLE_FORMAT, SUBSAMPLING, TILE_DEPTH,
)  # fmt: skip
"""Tags that a directory's layout depends on."""


class Tag(NamedTuple):
    """One entry of a directory; ``inline`` is its value field, which holds an offset for long ones."""

    kind: int
    values: int
    inline: bytes


def parse_table(table: bytes, byte_order: str, *, is_big: bool) -> dict[int, Tag]:
    """A directory's entries by tag number; of a number given twice the first counts."""
    entries = list(struct.iter_unpack(byte_order + ("HHQ8s" if is_big else "HHI4s"), table))
    return {number: Tag(kind, values, inline) for number, kind, values, inline in reversed(entries)}
