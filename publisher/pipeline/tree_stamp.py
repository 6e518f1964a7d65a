"""Cheap evidence that a folder has not changed: names, sizes and times of all it holds."""

import os
from collections.abc import Iterable, Iterator
from pathlib import Path

Stamp = tuple[str, int, int]
"""Path relative to the folder, size, mtime in ns."""


def tree_stamp(folders: Iterable[Path]) -> list[Stamp]:
    """Stamps of every file below ``folders``, hidden ones left out, in order."""
    return [stamp for folder in folders for stamp in sorted(_walk(folder, ""))]


def _walk(folder: Path, prefix: str) -> Iterator[Stamp]:
    try:
        entries = os.scandir(folder)
    except OSError:
        return
    with entries:
        for entry in entries:
            if entry.name.startswith(".") or entry.name == "__pycache__":
                continue
            if entry.is_dir(follow_symlinks=False):
                yield from _walk(folder / entry.name, f"{prefix}{entry.name}/")
                continue
            try:
                status = entry.stat()
            except OSError:  # a dangling link: its name is all there is to know
                yield prefix + entry.name, -1, 0
            else:
                yield prefix + entry.name, status.st_size, status.st_mtime_ns
