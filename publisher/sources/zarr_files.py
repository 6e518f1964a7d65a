"""The files of a Zarr hierarchy, in a folder or a zip, none of them outside the study."""

import json
import os
import threading
import zipfile
from pathlib import Path
from typing import Any, Protocol, Self

from publisher.sources.damage import damage_boundary, damaged
from publisher.sources.protocol import Roots, SourceFile

MAX_JSON_BYTES = 16 << 20
MAX_XML_BYTES = 512 << 20
MAX_FILES = 20_000_000
MAX_KEY = 1024
"""Characters of a path below the root: more than any writer's, fewer than any system's limit."""


def check_key(key: str, name: str) -> str:
    """``key`` when it names something below the root; Zarr paths have no empty, ``.`` or ``..`` segments."""
    parts = key.split("/")
    if len(key) > MAX_KEY:
        raise damaged(name, f"names the path {key[:60]!r}..., of {len(key)} characters")
    if any(part in ("", ".", "..") for part in parts) or "\\" in key or "\0" in key:
        raise damaged(name, f"names the path {key[:120]!r}, which leaves the hierarchy", code="source.outside-roots")
    return key


class ZarrFiles(Protocol):
    """Read-only files by key ("0/0/.zarray"). Reading is safe from several threads.

    ``listed``: whether `sizes_below` and `folders` know what is there; over HTTP nobody does.
    """

    name: str
    listed: bool

    def size(self, key: str) -> int | None:
        """Bytes of the file at ``key``; None when there is none."""

    def read(self, key: str, start: int, count: int) -> bytes:
        """``count`` bytes from ``start``, fewer at the end of the file."""

    def sizes_below(self, prefix: str) -> dict[str, int]:
        """Size of every file below ``prefix``, by key."""

    def folders(self, prefix: str) -> list[str]:
        """Names of the folders directly below ``prefix``, sorted; none where nobody can list them."""

    def identity(self) -> tuple[SourceFile, ...]:
        """Every file, sorted by path."""

    def close(self) -> None:
        """Release what is open."""


class FolderFiles:
    """A hierarchy in a folder; symlinks are followed only inside the roots."""

    listed = True

    def __init__(self, folder: Path, roots: Roots, name: str) -> None:
        self._folder, self._roots, self.name = folder, roots, name

    def size(self, key: str) -> int | None:
        """Bytes of the file at ``key``."""
        path = self._folder / check_key(key, self.name)
        return self._roots.resolve(path).stat().st_size if path.is_file() else None

    def read(self, key: str, start: int, count: int) -> bytes:
        """Bytes of a file that `size` has found."""
        with (self._folder / check_key(key, self.name)).open("rb") as file:
            return os.pread(file.fileno(), count, start)

    def sizes_below(self, prefix: str) -> dict[str, int]:
        """Size of every file below ``prefix``."""
        found: dict[str, int] = {}
        for path, status in self._walk(self._folder / check_key(prefix, self.name)):
            found[str(path.relative_to(self._folder))] = status.st_size
        return found

    def folders(self, prefix: str) -> list[str]:
        """Names of the folders directly below ``prefix``; hidden ones are passed over."""
        folder = self._folder / check_key(prefix, self.name) if prefix else self._folder
        with os.scandir(folder) as entries:
            names = [entry.name for entry in entries if entry.is_dir(follow_symlinks=False)]
        return sorted(name for name in names if not name.startswith("."))

    def path(self, key: str) -> Path:
        """The real file at ``key``, which `size` has found."""
        return self._roots.resolve(self._folder / check_key(key, self.name))

    def identity(self) -> tuple[SourceFile, ...]:
        """Every file, sorted by path."""
        files = (
            SourceFile(str(path), status.st_size, str(status.st_mtime_ns)) for path, status in self._walk(self._folder)
        )
        return tuple(sorted(files, key=lambda file: file.path))

    def _walk(self, folder: Path) -> list[tuple[Path, os.stat_result]]:
        found: list[tuple[Path, os.stat_result]] = []
        waiting = [folder] if folder.is_dir() else []
        while waiting:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_symlink():
                        real = self._roots.resolve(Path(entry.path))
                        if real.is_dir():
                            raise damaged(self.name, f"holds a link to a folder: {entry.name!r}")
                    if entry.is_dir():
                        waiting.append(Path(entry.path))
                    elif entry.is_file():
                        found.append((Path(entry.path), entry.stat()))
            if len(found) > MAX_FILES:
                raise damaged(self.name, f"holds more than {MAX_FILES} files", code="source.too-large")
        return found

    def close(self) -> None:
        """Nothing is kept open."""


class ZipFiles:
    """A hierarchy in a zip file, at its root or below one folder (``name.zarr/``)."""

    listed = True

    def __init__(self, path: Path, name: str) -> None:
        self._path, self.name = path, name
        self._lock = threading.Lock()
        with damage_boundary(name, "opening the zip"):
            self._zip = zipfile.ZipFile(path)
            self._entries = {entry.filename: entry for entry in self._zip.infolist() if not entry.is_dir()}
        self._top = self._find_top()

    def _find_top(self) -> str:
        tops = {key.split("/", 1)[0] for key in self._entries if "/" in key and not key.startswith("__MACOSX/")}
        if {"zarr.json", ".zgroup", ".zattrs"} & self._entries.keys() or len(tops) != 1:
            return ""
        return tops.pop() + "/"

    def size(self, key: str) -> int | None:
        """Bytes of the entry at ``key`` as it unpacks."""
        entry = self._entries.get(self._top + check_key(key, self.name))
        return entry.file_size if entry else None

    def read(self, key: str, start: int, count: int) -> bytes:
        """Bytes of an entry; unpacking stops at ``start + count``."""
        entry = self._entries[self._top + check_key(key, self.name)]
        with self._lock, damage_boundary(self.name, f"unpacking {key}"), self._zip.open(entry) as file:
            file.seek(start)
            return file.read(count)

    def sizes_below(self, prefix: str) -> dict[str, int]:
        """Packed size of every entry below ``prefix``."""
        start = self._top + check_key(prefix, self.name) + "/"
        cut = len(self._top)
        return {key[cut:]: entry.compress_size for key, entry in self._entries.items() if key.startswith(start)}

    def folders(self, prefix: str) -> list[str]:
        """Names of the folders directly below ``prefix``."""
        start = self._top + (check_key(prefix, self.name) + "/" if prefix else "")
        below = (key[len(start) :].split("/") for key in self._entries if key.startswith(start))
        return sorted({parts[0] for parts in below if len(parts) > 1 and not parts[0].startswith(".")})

    def identity(self) -> tuple[SourceFile, ...]:
        """The zip file."""
        status = self._path.stat()
        return (SourceFile(str(self._path), status.st_size, str(status.st_mtime_ns)),)

    def close(self) -> None:
        """Close the zip file."""
        self._zip.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_json(files: ZarrFiles, key: str) -> dict[str, Any] | None:
    """The JSON object at ``key``; None when there is no such file."""
    size = files.size(key)
    if size is None:
        return None
    if size > MAX_JSON_BYTES:
        raise damaged(files.name, f"{key} has {size} bytes, at most {MAX_JSON_BYTES} are read", code="source.too-large")
    try:
        value = json.loads(files.read(key, 0, size))
    except (ValueError, RecursionError) as error:
        raise damaged(files.name, f"{key} is not JSON: {error}") from error
    if not isinstance(value, dict):
        raise damaged(files.name, f"{key} holds a {type(value).__name__}, expected an object")
    return value


def join(*parts: str) -> str:
    """Key from parts, of which the first may be empty (the root)."""
    return "/".join(part for part in parts if part)
