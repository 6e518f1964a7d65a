"""What a compressed Zarr chunk says it will unpack to, read from its header before any decoder runs.

No codec library bounds its output: 3 MB of zlib filled three gigabytes from a 16 x 16 chunk.
Sources: Blosc header (c-blosc, README_HEADER), Zstandard frame header (RFC 8878, 3.1.1), numcodecs' LZ4.
"""

import struct

_SLACK_BYTES = 4096


_FILTERED = 8
"""Filters make at most eight bytes of one (numcodecs: a bool as a 64-bit number)."""


def refusal(compressor: str, data: bytes, raw_bytes: int, *, filtered: bool = False) -> str:
    """Why ``data`` must not be decoded as a chunk of ``raw_bytes``; empty when it may be.

    ``filtered``: filters stand between the compressor and the pixels, so that it may unpack to another size.
    """
    if filtered:
        most = raw_bytes * _FILTERED + _SLACK_BYTES
        declared = _declared(compressor, data)
        too_large = len(data) > most or (declared is not None and not 0 <= declared <= most)
        return f"unpacks to {declared} bytes, or has {len(data)}, at most {most} are read" if too_large else ""
    if len(data) > raw_bytes + raw_bytes // 8 + _SLACK_BYTES:
        return f"has {len(data)} bytes, more than its {raw_bytes} unpacked ones"
    declared = _declared(compressor, data)
    if declared is None or declared == raw_bytes:
        return ""
    return f"unpacks to {declared} bytes, expected {raw_bytes}"


def _declared(compressor: str, data: bytes) -> int | None:
    """Bytes that the chunk's header declares; None when this codec has no such header."""
    if not compressor:
        return None
    try:
        if compressor == "blosc":
            return int(struct.unpack_from("<I", data, 4)[0]) if len(data) >= 16 else -1
        if compressor == "lz4":
            return int(struct.unpack_from("<I", data)[0])
        return _zstd(data) if compressor == "zstd" else None
    except struct.error:
        return -1


def _zstd(data: bytes) -> int | None:
    """Frame_Content_Size; None when the frame leaves it out, -1 when this is no Zstandard frame."""
    if data[:4] != b"\x28\xb5\x2f\xfd":
        return -1
    descriptor = data[4]
    single, flag = descriptor >> 5 & 1, descriptor >> 6
    position = 5 + (0 if single else 1) + (0, 1, 2, 4)[descriptor & 3]
    size = (1 if single else 0, 2, 4, 8)[flag]
    if not size or len(data) < position + size:
        return None
    return int.from_bytes(data[position : position + size], "little") + (256 if size == 2 else 0)


def shard_refusal(
    compressor: str, data: bytes, raw_bytes: int, chunks: int, *, index_at_end: bool, filtered: bool = False
) -> str:
    """As `refusal`, for a whole shard: its index must lie inside it, and each chunk it names may be decoded."""
    size = 16 * chunks
    index = (data[-size - 4 : -4] if len(data) >= size + 4 else b"") if index_at_end else data[:size]
    if len(index) != size:
        return f"has {len(data)} bytes, less than its index of {chunks} chunks"
    for number, (offset, count) in enumerate(struct.iter_unpack("<QQ", index)):
        if offset == count == 2**64 - 1:
            continue  # "Empty inner chunks are denoted by setting both offset and nbytes to 2^64 - 1."
        if offset + count > len(data):
            return f"puts chunk {number} at byte {offset}, outside its {len(data)} bytes"
        why = refusal(compressor, data[offset : offset + count], raw_bytes, filtered=filtered)
        if why:
            return f"has a chunk {number} that {why}"
    return ""
