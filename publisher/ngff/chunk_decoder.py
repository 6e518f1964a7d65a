"""Stored chunks and indexes of shards, checked and decoded without an array library: a gate must be quick.

Sources: the Blosc header (c-blosc, README_CHUNK_FORMAT), Zarr v3's sharding and crc32c codecs.
"""

import struct
from collections.abc import Iterator

from publisher.ngff.chunk_encoder import blosc_decode
from publisher.sources.checksum import crc32c
from publisher.sources.chunk_guard import refusal

HEADER_BYTES = 16
CRC_BYTES = 4
_ENTRY_BYTES = 16
_ABSENT = 2**64 - 1
"""Offset and length of a chunk that a shard does not hold."""


class ChunkError(ValueError):
    """Bytes that are no chunk, or no index; says what was found and expected."""


def check_header(head: bytes, stored_bytes: int, raw_bytes: int, *, checksum: bool) -> None:
    """Raise ChunkError where the first bytes of a chunk do not fit its ``stored_bytes`` or its raw ones."""
    stored_bytes -= CRC_BYTES if checksum else 0
    if len(head) < HEADER_BYTES or stored_bytes < HEADER_BYTES:
        raise ChunkError(f"it has {max(stored_bytes, 0)} bytes, less than the header of a chunk")
    unpacked, _, told = struct.unpack_from("<III", head, 4)
    if told != stored_bytes:
        raise ChunkError(f"it has {stored_bytes} bytes; its header says {told}")
    if unpacked != raw_bytes:
        raise ChunkError(f"it unpacks to {unpacked} bytes; expected {raw_bytes}")


def check_chunk(data: bytes, raw_bytes: int, *, checksum: bool) -> None:
    """Raise ChunkError unless ``data`` decodes to ``raw_bytes`` bytes, with the checksum it carries."""
    check_header(data[:HEADER_BYTES], len(data), raw_bytes, checksum=checksum)
    if checksum:
        data, told = data[:-CRC_BYTES], data[-CRC_BYTES:]
        if crc32c(data) != told:
            raise ChunkError(f"its checksum is {crc32c(data).hex()}; stored is {told.hex()}")
    why = refusal("blosc", data, raw_bytes)
    if why:
        raise ChunkError(f"it {why}")
    try:
        found = len(blosc_decode(data))
    except (ValueError, RuntimeError) as error:
        raise ChunkError(f"blosc refuses it ({error})") from error
    if found != raw_bytes:
        raise ChunkError(f"it unpacks to {found} bytes; expected {raw_bytes}")


def index_bytes(chunks: int) -> int:
    """Bytes of the index of a shard of so many chunks, with its checksum."""
    return _ENTRY_BYTES * chunks + CRC_BYTES


def stored_chunks(index: bytes, shard_bytes: int) -> Iterator[tuple[int, int]]:
    """Offset and length of each chunk that a shard of ``shard_bytes`` holds, as its ``index`` says; ChunkError."""
    entries, told = index[:-CRC_BYTES], index[-CRC_BYTES:]
    if crc32c(entries) != told:
        raise ChunkError(f"the checksum of its index is {crc32c(entries).hex()}; stored is {told.hex()}")
    end = shard_bytes - len(index)
    for number, (offset, length) in enumerate(struct.iter_unpack("<QQ", entries)):
        if offset == length == _ABSENT:
            continue
        if offset + length > end:
            raise ChunkError(f"its index puts chunk {number} at bytes {offset} to {offset + length} of {end}")
        yield offset, length
