"""Pixels of CZI sub-blocks: types and compressions. imagecodecs is imported when the first one is decoded."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from publisher.sources.codestream import declared_size
from publisher.sources.damage import damage_boundary, damaged, unsupported

if TYPE_CHECKING:  # an inspection needs no array
    from numpy.typing import NDArray

PIXEL_TYPES = {
    0: ("uint8", 1),
    1: ("uint16", 1),
    2: ("float32", 1),
    3: ("uint8", 3),
    4: ("uint16", 3),
    8: ("float32", 3),
    9: ("uint8", 4),
    10: ("complex64", 1),
    12: ("int32", 1),
    13: ("float64", 1),
}
"""Numpy name and stored samples of each pixel type; colour is stored blue, green, red, perhaps alpha."""
_RAW, _JPEG, _LZW, _JPEG_XR, _ZSTD, _ZSTD_WITH_HEADER = 0, 1, 2, 4, 5, 6
_NAMES = {_RAW: "none", _JPEG: "JPEG", _LZW: "LZW", _JPEG_XR: "JPEG XR", _ZSTD: "zstd", _ZSTD_WITH_HEADER: "zstd1"}
_TIFF_NUMBERS = {_JPEG: 7, _JPEG_XR: 22610}
"""Under which numbers `declared_size` knows these codecs."""
_MOST_BYTES = 2 << 30


def is_raw(compression: int) -> bool:
    """Whether rows can be read without decoding."""
    return compression == _RAW


def check_kind(name: str, pixel_type: int, compression: int, height: int, width: int) -> None:
    """Raise SourceError for sub-blocks that cannot be decoded."""
    if pixel_type not in PIXEL_TYPES:
        raise unsupported(name, f"holds pixels of CZI type {pixel_type}, read are {sorted(PIXEL_TYPES)}")
    if compression not in _NAMES:
        known = ", ".join(_NAMES.values())
        hint = "save it again in ZEN without compression"
        raise unsupported(name, f"holds pixels of CZI compression {compression}, read are {known}", hint=hint)
    dtype, samples = PIXEL_TYPES[pixel_type]
    size = height * width * samples * ITEMS[dtype]
    if size > _MOST_BYTES:
        message = f"has a tile of {height} x {width} pixels, at most {_MOST_BYTES} bytes are read at once"
        raise damaged(name, message, code="source.too-large")


ITEMS = {"uint8": 1, "uint16": 2, "float32": 4, "complex64": 8, "int32": 4, "float64": 8}


def decoded(name: str, data: bytes, pixel_type: int, compression: int, height: int, width: int) -> NDArray[Any]:
    """Pixels (Y, X, samples) of one sub-block, colours as red, green, blue."""
    import numpy as np  # with the first pixel

    dtype, samples = PIXEL_TYPES[pixel_type]
    size = height * width * samples * ITEMS[dtype]
    if compression in _TIFF_NUMBERS:
        return _picture(name, data, compression, (height, width, samples), dtype)
    with damage_boundary(name, f"unpacking {_NAMES[compression]}"):
        plain = _unpacked(data, compression, size, ITEMS[dtype])
    if len(plain) != size:
        message = f"has a tile of {len(plain)} bytes, expected {size}"
        raise damaged(name, message, code="source.truncated")
    return colours(np.frombuffer(plain, np.dtype(dtype).newbyteorder("<")).reshape(height, width, samples))


def colours(stored: NDArray[Any]) -> NDArray[Any]:
    """Samples (Y, X, S) as stored, blue first, as red, green, blue; alpha, which ZEN takes for opaque, is dropped."""
    return stored[..., 2::-1] if stored.shape[-1] >= 3 else stored


def _unpacked(data: bytes, compression: int, size: int, item: int) -> bytes:
    import imagecodecs  # with the first compressed pixel

    if compression == _RAW:
        return data
    if compression == _LZW:
        return bytes(imagecodecs.lzw_decode(data, out=size))
    if compression == _ZSTD:
        return bytes(imagecodecs.zstd_decode(data, out=size))
    # libCZI: "the first byte is the size of the header"; a chunk of type 1 says whether low and high bytes are apart.
    length = data[0]
    if length not in (1, 3) or (length == 3 and data[1] != 1):
        raise ValueError(f"a zstd1 header of {length} bytes")
    apart = length == 3 and bool(data[2] & 1)
    plain = bytes(imagecodecs.zstd_decode(data[length:], out=size))
    if not apart:
        return plain
    if item != 2:
        raise ValueError(f"low and high bytes apart in samples of {item} bytes")
    joined = bytearray(len(plain))
    half = len(plain) // 2
    joined[0::2], joined[1::2] = plain[:half], plain[half:]
    return bytes(joined)


def _picture(name: str, data: bytes, compression: int, shape: tuple[int, int, int], dtype: str) -> NDArray[Any]:
    import imagecodecs  # as above

    kind, number = _NAMES[compression], _TIFF_NUMBERS[compression]
    declared = declared_size(number, data)
    if declared != shape[:2]:
        raise damaged(name, f"has a {kind} tile that declares {declared} pixels (height, width), expected {shape[:2]}")
    decode = imagecodecs.jpeg_decode if compression == _JPEG else imagecodecs.jpegxr_decode
    with damage_boundary(name, f"decoding {kind}"):
        pixels: NDArray[Any] = decode(data)
    pixels = pixels.reshape(*pixels.shape[:2], -1)
    if pixels.shape[:2] != shape[:2] or pixels.shape[2] < shape[2] or pixels.dtype.name != dtype:
        raise damaged(name, f"has a {kind} tile of {pixels.shape} {pixels.dtype}, expected {shape} {dtype}")
    return pixels[..., : min(shape[2], 3)]
