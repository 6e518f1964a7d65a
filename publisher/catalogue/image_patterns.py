"""Which files a pattern of study.yaml finds."""

import os
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from publisher.model.identity import IMAGE_SUFFIXES

MAX_FILES = 1_000_000


def image_files(folder: Path) -> Iterator[str]:
    """Every file, and every Zarr folder as one, below ``folder``: relative, with ``/``, sorted.

    Hidden files are passed over; folders are not entered through symlinks.
    """
    yield from _walk(folder, "")


def _walk(folder: Path, prefix: str) -> Iterator[str]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        name = entry.name
        if name.startswith("."):
            continue
        if entry.is_dir(follow_symlinks=False) and not name.lower().endswith(".zarr"):
            yield from _walk(folder / name, f"{prefix}{name}/")
        else:
            yield prefix + name


def is_pattern(text: str) -> bool:
    """Whether ``text`` holds a wildcard."""
    return any(mark in text for mark in "*?[")


def looks_like_image(path: str) -> bool:
    """Whether the suffix is one that images carry."""
    return path.lower().endswith(IMAGE_SUFFIXES)


def matches(pattern: str, path: str) -> bool:
    """Whether ``path`` fits ``pattern``: ``*`` and ``?`` stay within a folder, ``**/`` crosses folders."""
    return _compiled(pattern).fullmatch(path) is not None


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> re.Pattern[str]:
    parts = re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]/]+\])", pattern)
    translated = {"**/": "(?:[^/]+/)*", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    text = ""
    for part in parts:
        if part in translated:
            text += translated[part]
        elif part.startswith("[") and part.endswith("]") and len(part) > 2:
            inner = part[1:-1].replace("\\", "\\\\").replace("^", "\\^")
            text += "[" + ("^" + inner[1:] if inner.startswith("!") else inner) + "]"
        else:
            text += re.escape(part)
    return re.compile(text)
