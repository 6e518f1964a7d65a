"""Digests of files and values."""

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

from publisher.graph.record import Json, Output

FileStamp = tuple[int, int]
"""Size in bytes and mtime in ns: cheap evidence that a file has not changed."""


def stamp(path: Path) -> FileStamp:
    """The stamp of a file."""
    status = path.stat()
    return status.st_size, status.st_mtime_ns


def digest_file(path: Path) -> str:
    """SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def digest_json(value: Json) -> str:
    """SHA-256 of a JSON value; the order of keys does not matter, NaN is refused."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def digest_outputs(outputs: Sequence[Output], value: Json) -> str:
    """The result of a step: what it wrote and what it returned."""
    return digest_json([[[output.path, output.sha256] for output in outputs], value])
