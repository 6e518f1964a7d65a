"""A writer of small LSM files, by tifffile: planes with all channels, each followed by its thumbnail."""

import struct
from collections.abc import Sequence
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
        with tifffile.TiffFile(path) as written:
            place = written.pages[0].tags[_TAG].valueoffset  # type: ignore[union-attr]  # a page, not a frame
    if compression:
        _list_unpacked_sizes(path)
    return path


def _list_unpacked_sizes(path: Path) -> None:
    """StripByteCounts as LSM files have them: the size that each strip unpacks to."""
    with tifffile.TiffFile(path, mode="r+b", is_lsm=False) as tiff:
        tiff.pages.useframes = False
        for page in tiff.pages[::2]:
            tag = page.tags["StripByteCounts"]  # type: ignore[union-attr]  # as above
            raw = page.rowsperstrip * page.imagewidth * page.dtype.itemsize  # type: ignore[union-attr]  # as above
            tag.overwrite([raw] * tag.count)
