"""Chunks as c-blosc writes them, for `blosc.test.ts`: run it to make `vectors.json` anew. Needs numcodecs and numpy.

Values are a rule that the test knows, value i = (i * i) % 13 + i // 64, so that only the coded bytes are kept.
"""

import base64
import json
from pathlib import Path

import numcodecs.blosc
import numpy as np

CASES = [
    (dtype, count, shuffle, blocksize)
    for dtype in ("u1", "<u2", "<i4", "<f4", "<f8")
    for count, blocksize in ((0, 0), (1, 0), (700, 0), (3001, 1024))
    for shuffle in (0, 1)
]


def main() -> None:
    """Write the file."""
    numcodecs.blosc.use_threads = False
    vectors = []
    for dtype, count, shuffle, blocksize in CASES:
        i = np.arange(count, dtype=np.int64)
        values = ((i * i) % 13 + i // 64).astype(dtype)
        coded = numcodecs.blosc.compress(values, b"zstd", 5, shuffle, blocksize)
        vectors.append(
            {"dtype": dtype, "count": count, "shuffle": shuffle, "coded": base64.b64encode(bytes(coded)).decode()}
        )
    for name, shuffle in (("lz4", 1), ("zstd", 2)):
        coded = numcodecs.blosc.compress(np.zeros(4096, np.uint16), name.encode(), 5, shuffle, 0)
        vectors.append(
            {"dtype": "foreign", "count": 4096, "shuffle": shuffle, "coded": base64.b64encode(coded).decode()}
        )
    lines = ",\n".join(json.dumps(vector) for vector in vectors)
    (Path(__file__).parent / "vectors.json").write_text(f"[\n{lines}\n]\n")


main()
