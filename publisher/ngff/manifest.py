"""The SHA-256 of every file of a fileset, in one file that people can check with `sha256sum -c`.

The form is that of BagIt's manifests (RFC 8493, 2.1.3): a line a file, the digest in lower-case hexadecimal, two
spaces, the path, sorted by path. The manifest does not list itself.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import PurePosixPath

MANIFEST = PurePosixPath("manifest-sha256.txt")
REVISION = 1
"""Rises when the same digests yield other bytes."""
_LINE = re.compile(r"([0-9a-f]{64})  ([^\n]+)")
_ESCAPES = {"\n": "%0A", "\r": "%0D", "%": "%25"}
"""RFC 8493: "If a filepath includes a Line Feed [...], a Carriage Return [...], they MUST be percent-encoded"."""


def manifest(digests: Mapping[str, str]) -> bytes:
    """The manifest of files whose SHA-256 (hex) are given by path in the fileset."""
    lines = (f"{digest}  {_escaped(path)}\n" for path, digest in sorted(digests.items()))
    return "".join(lines).encode()


def parse(data: bytes) -> tuple[dict[str, str], tuple[str, ...]]:
    """Digests by path, and what is wrong with the manifest, in words; every line that is no entry is a fault."""
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        return {}, (f"is not UTF-8: {error.reason} at byte {error.start}",)
    digests: dict[str, str] = {}
    faults = list(_line_faults(text, digests))
    if text and not text.endswith("\n"):
        faults.append("does not end with the end of a line")
    elif not faults and list(digests) != sorted(digests):
        faults.append("is not sorted by path")
    return digests, tuple(faults)


def _line_faults(text: str, digests: dict[str, str]) -> Iterator[str]:
    for number, line in enumerate(text.removesuffix("\n").split("\n"), 1):
        match = _LINE.fullmatch(line)
        path = _unescaped(match[2]) if match else ""
        if match is None:
            yield f"line {number} is {line[:100]!r}; expected a SHA-256, two spaces and a path"
        elif path in digests:
            yield f"line {number} lists {path!r:.100} a second time"
        elif path.startswith("/") or any(part in ("", ".", "..") for part in path.split("/")):
            yield f"line {number} names {path!r:.100}, which leaves the fileset"
        else:
            digests[path] = match[1]


def _escaped(path: str) -> str:
    return "".join(_ESCAPES.get(letter, letter) for letter in path)


def _unescaped(path: str) -> str:
    for letter, escape in _ESCAPES.items():
        path = path.replace(escape, letter)
    return path
