"""Small things the standard library lacks for files and folders."""

import os
from pathlib import Path


def remove_tree(path: Path) -> None:
    """Delete a file or a folder with all it holds, no symlink is followed; nothing there is fine."""
    if path.is_dir() and not path.is_symlink():
        with os.scandir(path) as entries:
            for entry in entries:
                remove_tree(Path(entry.path))
        path.rmdir()
    else:
        path.unlink(missing_ok=True)


def sync(path: Path) -> None:
    """Flush a file, or the names in a folder, to disk: what was renamed or written there survives a power cut."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
