"""An IDR study folder: which file is what. Names alone tell, as IDR's conventions give them."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from publisher.catalogue.image_patterns import is_utf8
from publisher.errors import ContentError, Problem

MOST_FILES = 20_000
_STUDY = re.compile(r".*[-_]?study[\w-]*\.txt\Z", re.IGNORECASE)
_PART = re.compile(r"(screen|experiment)\w*\Z", re.IGNORECASE)
_KINDS = {
    "annotations": re.compile(r".*annotation.*\.(csv|tsv|txt)(\.gz)?\Z", re.IGNORECASE),
    "recipes": re.compile(r".*bulkmap-config\.ya?ml\Z", re.IGNORECASE),
    "bulks": re.compile(r"(.*[-_])?bulk[\w-]*\.ya?ml\Z", re.IGNORECASE),
    "lists": re.compile(r".*(filePaths|plates)[\w-]*\.tsv(\.gz)?\Z", re.IGNORECASE),
    "renderings": re.compile(r".*renderdef.*\.ya?ml\Z", re.IGNORECASE),
    "samples": re.compile(r".*[-_](library|assays?)\.(txt|csv|tsv)(\.gz)?\Z", re.IGNORECASE),
}
"""Kinds of files by their names; the first that fits counts."""
_PROGRAMS = (".py", ".sh", ".omero", ".yml", ".yaml", ".md", ".ipynb", ".cfg", ".json", ".toml", ".gitignore")


@dataclass(slots=True, kw_only=True)
class PartFolder:
    """The folder of a screen or experiment, with its files by kind, each sorted by name.

    ``others`` are tables and texts that have no kind of their own: processed data, features.
    """

    name: str
    path: Path
    annotations: list[Path] = field(default_factory=list)
    recipes: list[Path] = field(default_factory=list)
    bulks: list[Path] = field(default_factory=list)
    lists: list[Path] = field(default_factory=list)
    renderings: list[Path] = field(default_factory=list)
    samples: list[Path] = field(default_factory=list)
    others: list[Path] = field(default_factory=list)

    @property
    def is_screen(self) -> bool:
        """Whether it is a screen."""
        return self.name.lower().startswith("screen")


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFiles:
    """An IDR study folder: its study.txt (templates come with two) and its parts by name."""

    path: Path
    texts: tuple[Path, ...]
    parts: tuple[PartFolder, ...]


def is_study_folder(path: Path) -> bool:
    """Whether ``path`` is a folder that holds a study.txt of IDR's kind; looks at names and first bytes."""
    try:
        return path.is_dir() and any(_begins_as_study(text) for text in _texts(path))
    except OSError:  # what may not be looked into is no study
        return False


def study_files(path: Path) -> StudyFiles:
    """The files of a study folder; raises ContentError when something in it leads out of it."""
    folders = [folder for folder in sorted(path.iterdir()) if folder.is_dir() and _PART.match(folder.name)]
    parts = tuple(_part(folder, path) for folder in folders)
    return StudyFiles(path=path, texts=tuple(_texts(path)), parts=parts)


def _texts(path: Path) -> list[Path]:
    """The study.txt of a folder; a link to somewhere else is none."""
    real = path.resolve()
    found = (text for text in path.iterdir() if _STUDY.match(text.name) and text.is_file())
    return sorted(text for text in found if text.resolve().is_relative_to(real))


def _begins_as_study(path: Path) -> bool:
    with path.open("rb") as file:
        start = file.read(20_000)
    return b"Study Title" in start or b"Comment[IDR Study Accession]" in start


def _part(folder: Path, study: Path) -> PartFolder:
    part = PartFolder(name=folder.name, path=folder)
    for number, path in enumerate(_walk(folder)):
        if number > MOST_FILES:
            message = f"holds more than {MOST_FILES:,} files, which no folder of tables does"
            raise ContentError(Problem(code="idr.too-large", path=folder.name, message=message))
        if not path.resolve().is_relative_to(study.resolve()):
            message = "is a link to a place outside the study"
            raise ContentError(Problem(code="content.outside", path=str(path.relative_to(study)), message=message))
        kind = next((kind for kind, pattern in _KINDS.items() if pattern.match(path.name)), None)
        if kind is None and path.suffix in (".yml", ".yaml") and "render" in path.parent.name.lower():
            kind = "renderings"
        if kind is not None:
            getattr(part, kind).append(path)
        elif path.suffix.lower() in (".txt", ".csv", ".tsv", ".gz") or path.suffix.lower() not in _PROGRAMS:
            part.others.append(path)
    return part


def _walk(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.iterdir()):
        if path.name.startswith(".") or not is_utf8(path.name):
            continue
        if path.is_dir() and not path.is_symlink():
            if not path.name.lower().endswith(".zarr"):
                yield from _walk(path)
        elif path.is_file():
            yield path
