"""The files of a pack, whether it is a folder or an archive: names, sizes, and where the study gets them from."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from publisher.catalogue.image_patterns import is_utf8
from publisher.errors import ContentError, Problem, refusal
from publisher.importers.archive import Archive, PackedFiles

MOST_FILES = 1_000_000
MOST_UP = 4
"""Folders up from the study that a relative path may go: what lies further apart does not move together."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PackFiles:
    """A pack at ``place``; ``sizes`` are its files in bytes, by their path below ``base``, which ends in "/" or is "".

    ``links`` are files that were passed over: links that lead out of the pack, names that are no text.
    """

    place: Path
    base: str
    sizes: Mapping[str, int]
    links: tuple[str, ...] = ()

    @property
    def is_folder(self) -> bool:
        """Whether its files can stay where they are."""
        return self.place.is_dir()

    def read(self, path: str, most: int) -> bytes:
        """Bytes of one file; raises ContentError when it has more than ``most``, or cannot be read."""
        if not self.is_folder:
            with Archive.opened(self.place) as archive:
                return archive.read(self.base + path, most)
        try:
            with (self.place / self.base / path).open("rb") as file:
                data = file.read(most + 1)
        except OSError as error:
            raise ContentError(refusal(error, path)) from error
        if len(data) > most:
            message = f"has more than {most:,} bytes"
            raise ContentError(Problem(code="add.too-large", path=path, message=message))
        return data

    def linked(self, wanted: Mapping[str, str]) -> dict[str, Path]:
        """Files of a folder that are copied: where they are, by path in the study. ``wanted``: that path, and ours."""
        if not self.is_folder:
            return {}
        return {path: (self.place / self.base / own).resolve() for path, own in wanted.items()}

    def packed(self, wanted: Mapping[str, str]) -> PackedFiles | None:
        """The same of an archive, from which they are taken; None for a folder, or where nothing is wanted."""
        if self.is_folder or not wanted:
            return None
        return PackedFiles(archive=self.place, members={path: self.base + own for path, own in wanted.items()})


@contextmanager
def _opened(path: Path) -> Iterator[tuple[Mapping[str, int], tuple[str, ...]]]:
    if path.is_dir():
        yield _folder(path)
    else:
        with Archive.opened(path) as archive:
            yield archive.members, ()


def pack_files(path: Path, document: str) -> PackFiles | None:
    """The pack at ``path``, a folder, an archive or the file ``document`` itself; None where no such document is.

    The document that lies least deep is the one; the pack is what lies beside it. Raises ContentError for an archive
    that cannot be read or is not to be trusted.
    """
    if path.is_file() and path.name == document:
        path = path.parent
    with _opened(path) as (sizes, links):
        found = [name for name in sizes if name.rsplit("/", 1)[-1] == document]
        if not found:
            return None
        base = min(found, key=lambda name: (name.count("/"), name))[: -len(document)]
        own = {name.removeprefix(base): size for name, size in sizes.items() if name.startswith(base)}
    return PackFiles(place=path, base=base, sizes=own, links=links)


def _folder(path: Path) -> tuple[dict[str, int], tuple[str, ...]]:
    """Files below a folder with their sizes, sorted; links that lead out of it apart."""
    sizes: dict[str, int] = {}
    links: list[str] = []
    root = path.resolve()
    for file in sorted(path.rglob("*")):
        name = file.relative_to(path).as_posix()
        if any(part.startswith(".") for part in name.split("/")):
            continue
        if not is_utf8(name) or not file.resolve().is_relative_to(root):
            links.append(name.encode("utf-8", "backslashreplace").decode())
        elif file.is_file():
            sizes[name] = file.stat().st_size
        if len(sizes) > MOST_FILES:
            message = f"holds more than {MOST_FILES:,} files"
            raise ContentError(Problem(code="add.too-large", path=str(path), message=message))
    return sizes, tuple(links)


def relative_place(folder: Path, study_folder: Path) -> str:
    """A folder as study.yaml names it: relative where both lie in one tree, so that the site can move."""
    relative = os.path.relpath(folder.resolve(), study_folder.resolve())
    return str(folder.resolve()) if relative.count("..") > MOST_UP else Path(relative).as_posix()
