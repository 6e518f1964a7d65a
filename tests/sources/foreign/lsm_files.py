"""A writer of small LSM files, by tifffile: planes with all channels, each followed by its thumbnail."""

import struct
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import tifffile
from numpy.typing import NDArray

_SCAN, _COLORS = 600, 400
_TAG = 34412


def _info(shape: tuple[int, ...], names: Sequence[str], place: int) -> bytes:
    """The private tag, with its blocks behind it; ``place`` is where it will stand in the file."""
    size_t, size_c, size_z, height, width = shape
    data = bytearray(1000)
    struct.pack_into("<2I6i", data, 0, 0x0400494C, 464, width, height, size_z, size_c, size_t, 1)
    struct.pack_into("<3d", data, 40, 2e-7, 2e-7, 5e-7)
    struct.pack_into("<2H", data, 88, 6, 0)
    struct.pack_into("<I", data, 108, place + _COLORS)
    struct.pack_into("<d", data, 112, 1.5)
    struct.pack_into("<I", data, 124, place + _SCAN)
    struct.pack_into("<2i", data, 264, 1, 1)
    texts = b"".join(struct.pack("<I", len(name) + 1) + name.encode() + b"\0" for name in names)
    colors = b"".join(bytes(((255, 0, 0, 0), (0, 255, 0, 0), (0, 0, 255, 0))[number % 3]) for number in range(size_c))
    block = struct.pack("<6i", 24 + len(colors) + len(texts), size_c, size_c, 24, 24 + len(colors), 0) + colors + texts
    data[_COLORS : _COLORS + len(block)] = block
    words = struct.pack("<3I", 0x10000000, 0, 0)
    for tag, text in ((0x10000002, b"a scan"), (0x10000004, b"Plan-Apochromat 40x/1.3 Oil")):
        words += struct.pack("<3I", tag, 2, len(text) + 1) + text + b"\0"
    words += struct.pack("<3Id", 0x10000036, 5, 8, 45000.5) + struct.pack("<3I", 0xFFFFFFFF, 0, 0)
    data[_SCAN : _SCAN + len(words)] = words
    return bytes(data)


def write_lsm(path: Path, pixels: NDArray[Any], *, names: Sequence[str], compression: str | None = None) -> Path:
    """``pixels`` (T, C, Z, Y, X); channels are planar, the thumbnails are grey."""
    place = 0
    for _ in range(2):  # the first time to learn where the tag comes to stand
        with tifffile.TiffWriter(path) as tiff:
            first = True
            for t in range(pixels.shape[0]):
                for z in range(pixels.shape[2]):
                    extra = [(_TAG, 1, 1000, _info(pixels.shape, names, place), True)] if first else []
                    tiff.write(
                        pixels[t, :, z] if pixels.shape[1] > 1 else pixels[t, 0, z],
                        photometric="minisblack",
                        planarconfig="separate" if pixels.shape[1] > 1 else None,
                        compression=compression,
                        extratags=extra,
                        metadata=None,
                        contiguous=False,
                    )
                    tiff.write(np.full((4, 4), 77, "uint8"), subfiletype=1, metadata=None, contiguous=False)
                    first = False
        place = next(value for tag, _, _, value, _ in _tags(path.read_bytes()) if tag == _TAG)
    if compression:
        _list_unpacked_sizes(path, *pixels.shape[3:], pixels.dtype.itemsize)
    if pixels.shape[1] == 2:
        _put_bits_elsewhere(path, 8 * pixels.dtype.itemsize)
    return path


def _tags(data: bytes) -> Iterator[tuple[int, int, int, int, int]]:
    """(tag, kind, count, value or offset, where that stands) of every directory, one after the other."""
    offset = struct.unpack_from("<I", data, 4)[0]
    while offset:
        count = struct.unpack_from("<H", data, offset)[0]
        for entry in range(count):
            at = offset + 2 + 12 * entry
            tag, kind, values, value = struct.unpack_from("<HHII", data, at)
            yield tag, kind, values, value, at + 8
        offset = struct.unpack_from("<I", data, offset + 2 + 12 * count)[0]


def _put_bits_elsewhere(path: Path, bits: int) -> None:
    """BitsPerSample of two channels as LSM files have it: behind a pointer, though it would fit into the tag."""
    data = bytearray(path.read_bytes())
    for tag, _, values, _, at in list(_tags(bytes(data))):
        if tag == 258 and values == 2:
            struct.pack_into("<I", data, at, len(data))
    path.write_bytes(bytes(data) + struct.pack("<2H", bits, bits))


def _list_unpacked_sizes(path: Path, height: int, width: int, item: int) -> None:
    """StripByteCounts as LSM files have them: the size that each strip unpacks to."""
    data = bytearray(path.read_bytes())
    thumbnail = 16
    for tag, kind, values, value, at in list(_tags(bytes(data))):
        if tag == 279 and not (values == 1 and value == thumbnail):
            code = "H" if kind == 3 else "I"
            counts = struct.pack(f"<{values}{code}", *[height * width * item] * values)
            place = at if len(counts) <= 4 else value
            data[place : place + len(counts)] = counts
    path.write_bytes(bytes(data))
