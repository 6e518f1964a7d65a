"""Writers of small MRC and DeltaVision files."""

import struct
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

_MRC_MODES = {"int8": 0, "int16": 1, "float32": 2, "complex64": 4, "uint16": 6, "float16": 12}
_DV_TYPES = {"uint8": 0, "int16": 1, "float32": 2, "uint16": 6, "int32": 7}
_DV_ORDERS = {"ctzyx": 0, "tzcyx": 1, "tczyx": 2}


def mrc_bytes(
    pixels: NDArray[Any],
    *,
    order: str = "<",
    mode: int | None = None,
    voxel_angstrom: tuple[float, float, float] = (1.5, 1.5, 3.0),
    axes: tuple[int, int, int] = (1, 2, 3),
    extended: int = 0,
    group: int = 1,
    sections: int | None = None,
) -> bytes:
    """``pixels`` (Z, Y, X) or (Z, Y, X, 3) as an MRC2014 file; ``voxel_angstrom`` and ``axes`` are x, y, z."""
    z, y, x = pixels.shape[:3]
    head = bytearray(1024)
    intervals = (x, y, sections or z)
    struct.pack_into(f"{order}4i", head, 0, x, y, z, _MRC_MODES[pixels.dtype.name] if mode is None else mode)
    struct.pack_into(f"{order}3i", head, 28, *intervals)
    cell = (size * count for size, count in zip(voxel_angstrom, intervals, strict=True))
    struct.pack_into(f"{order}3f", head, 40, *cell)
    struct.pack_into(f"{order}3i", head, 64, *axes)
    struct.pack_into(f"{order}2i", head, 88, group, extended)
    head[208:214] = b"MAP " + (b"\x44\x44" if order == "<" else b"\x11\x11")
    struct.pack_into(f"{order}i", head, 220, 1)
    head[224:240] = b"made for a test "
    return bytes(head) + b"\xee" * extended + pixels.astype(pixels.dtype.newbyteorder(order)).tobytes()


def write_dv(path: Path, pixels: NDArray[Any], *, order: str = "<", sequence: str = "ctzyx") -> Path:
    """``pixels`` (T, C, Z, Y, X) as DeltaVision, with an extended header of 8 integers and 32 numbers a section."""
    size_t, size_c, size_z, height, width = pixels.shape
    sections = size_t * size_c * size_z
    head = bytearray(1024)
    struct.pack_into(f"{order}4i", head, 0, width, height, sections, _DV_TYPES[pixels.dtype.name])
    struct.pack_into(f"{order}3f", head, 40, 0.1, 0.1, 0.25)
    struct.pack_into(f"{order}i2h", head, 92, sections * 160, -16224, 0)
    struct.pack_into(f"{order}2h", head, 128, 8, 32)
    struct.pack_into(f"{order}h", head, 162, 12003)
    struct.pack_into(f"{order}2h", head, 180, size_t, _DV_ORDERS[sequence])
    struct.pack_into(f"{order}6h", head, 196, size_c, 525, 617, 0, 0, 0)
    struct.pack_into(f"{order}i", head, 220, 1)
    head[224:233] = b"two waves"
    letters = sequence[:3]
    places = {"t": 0, "c": 1, "z": 2}
    ordered = pixels.transpose(*(places[letter] for letter in letters), 3, 4)
    numbers = bytearray()
    sizes = {"t": size_t, "c": size_c, "z": size_z}
    step = dict.fromkeys(letters, 1)
    for number, letter in enumerate(letters):
        for slower in letters[number + 1 :]:
            step[letter] *= sizes[slower]
    for section in range(sections):
        wave = section // step["c"] % size_c
        floats = [0.0] * 32
        floats[8], floats[10], floats[11] = 0.1 * (wave + 1), 490.0 + 60 * wave, 525.0
        numbers += struct.pack(f"{order}8i32f", *[0] * 8, *floats)
    path.write_bytes(bytes(head) + numbers + ordered.astype(pixels.dtype.newbyteorder(order)).tobytes())
    return path
