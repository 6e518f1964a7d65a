"""CRC-32C, which guards chunks and the indices of shards. The door of google-crc32c."""

import google_crc32c


def crc32c(data: bytes) -> bytes:
    """CRC-32C of ``data``, little-endian, as the Zarr codec of that name appends it."""
    return int(google_crc32c.value(data)).to_bytes(4, "little")
