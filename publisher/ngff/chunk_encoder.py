"""One chunk to the bytes that are stored: blosc, then its crc32c. The door of numcodecs."""

from typing import Any

import numcodecs
import numpy as np
from numpy.typing import NDArray

from publisher.ngff.plan import Codec
from publisher.sources.checksum import crc32c

_UNSIGNED = {1: np.uint8, 2: np.uint16, 4: np.uint32, 8: np.uint64}


def blosc_decode(data: bytes) -> bytes:
    """Raw bytes of a chunk whose header has been checked; raises RuntimeError or ValueError when it is damaged."""
    raw: bytes = numcodecs.blosc.decompress(data)
    return raw


class ChunkEncoder:
    """Encodes chunks of one shape and type; may be shared by threads."""

    def __init__(self, codec: Codec, raw_bytes: int, *, checksum: bool = True) -> None:
        # Blosc's own threads cut a chunk differently from run to run; ours are enough.
        numcodecs.blosc.use_threads = False
        self._blosc = numcodecs.Blosc(codec.cname, codec.clevel, numcodecs.Blosc.SHUFFLE, raw_bytes)
        self._checksum = checksum

    def encode(self, chunk: NDArray[Any]) -> bytes | None:
        """Stored bytes of ``chunk`` (Y, X), C-contiguous; None when every bit of it is the fill value's (0)."""
        if not chunk[0, 0] and not chunk.view(_UNSIGNED[chunk.dtype.itemsize]).any():
            return None
        return self.encode_always(chunk)

    def encode_always(self, chunk: NDArray[Any]) -> bytes:
        """As `encode`, but a chunk of fill values has bytes too."""
        data: bytes = self._blosc.encode(chunk)
        return data + crc32c(data) if self._checksum else data
