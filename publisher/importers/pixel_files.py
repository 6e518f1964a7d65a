"""Where the pixels lie that a table of others names: by their names in folders, or by a table that says it."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from publisher.catalogue.image_patterns import image_files, is_utf8, looks_like_image
from publisher.errors import ContentError, Problem
from publisher.importers.foreign_table import ForeignTable
from publisher.model.identity import slug, stem

MOST = 1_000_000
_SERIES = re.compile(r"(?P<file>.+\S)\s*\[(?P<series>\d{1,6})\]\Z", re.DOTALL)


@dataclass(frozen=True, slots=True)
class PixelFile:
    """A file below one of the folders: ``path`` is relative to it, with ``/``."""

    root: Path
    path: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """What a table says of one file: the image of a dataset that it is, or its place on a plate. The rest is empty."""

    file: PixelFile
    line: int
    dataset: str = ""
    image: str = ""
    plate: str = ""
    well: str = ""
    field: str = ""
    channel: str = ""
    series: str = ""


class PixelFiles:
    """Files below some folders, to be asked for by name."""

    def __init__(self, roots: Iterable[Path]) -> None:
        self.roots = tuple(dict.fromkeys(root.resolve() for root in roots))
        self._by_name: dict[str, list[PixelFile]] = {}
        self._by_stem: dict[str, list[PixelFile]] = {}
        seen: set[str] = set()
        for root in self.roots:
            for path in self._listed(root):
                if path in seen:
                    continue  # study.yaml names it by this path, and finds the first
                seen.add(path)
                file = PixelFile(root, path)
                name = path.rsplit("/", 1)[-1]
                self._by_name.setdefault(name, []).append(file)
                if looks_like_image(name):
                    self._by_stem.setdefault(stem(name), []).append(file)

    def _listed(self, root: Path) -> Iterator[str]:
        for number, path in enumerate(image_files(root)):
            if number > MOST:
                message = f"holds more than {MOST:,} files"
                raise ContentError(Problem(code="add.images-too-many", path=str(root), message=message))
            if is_utf8(path):
                yield path

    def images(self) -> Iterator[PixelFile]:
        """Files that look like images."""
        return (file for files in self._by_stem.values() for file in files)

    def called(self, name: str) -> list[PixelFile]:
        """Files of this name; where there is none, image files of this name but for the suffix."""
        file_name = name.rsplit("/", 1)[-1]
        return self._by_name.get(file_name) or self._by_stem.get(stem(file_name)) or []


def file_and_series(image: str) -> tuple[str, str]:
    """The file that IDR's name of an image stands for, and the series in it: "FK-09.czi [3]" is 3 of "FK-09.czi"."""
    found = _SERIES.match(image)
    return (found["file"], found["series"]) if found else (image, "")


def likeness(file: PixelFile, dataset: str, listed: Iterable[str]) -> int:
    """How much the place of ``file`` speaks for a dataset: folders it shares with what is ``listed`` for it, from the
    end, and one where a folder is called as the dataset is."""
    folders = [slug(part) for part in file.path.split("/")[:-1]]
    shared = 0
    for path in listed:
        parts = [slug(part) for part in path.rstrip("/").split("/")]
        for tail in (parts, parts[:-1]):
            same = 0
            while same < min(len(tail), len(folders)) and tail[-1 - same] == folders[-1 - same]:
                same += 1
            shared = max(shared, same)
    return shared + (slug(dataset) in folders)


_COLUMNS: Mapping[str, str] = {
    "path": "path",
    "file": "path",
    "image": "path",
    "image file": "path",
    "target": "dataset",
    "dataset": "dataset",
    "dataset name": "dataset",
    "image name": "image",
    "plate": "plate",
    "plate name": "plate",
    "well": "well",
    "field": "field",
    "channel": "channel",
    "series": "series",
}


def read_places(path: Path, roots: Iterable[Path]) -> list[Placed]:
    """A table of files: ``path`` and dataset (or target) with image name, or plate, well and field.

    Paths are relative to the table, and must lie below it or below one of ``roots``. Raises ContentError with every
    line that names no file there.
    """
    table = ForeignTable(path, path.name)
    meanings = [_COLUMNS.get(name.lower().replace("_", " "), "") for name in table.header]
    if "path" not in meanings:
        message = "has no column `path`"
        raise ContentError(Problem(code="add.images-table", path=path.name, line=1, message=message))
    folders = tuple(dict.fromkeys(root.resolve() for root in (path.parent, *roots)))
    found: list[Placed] = []
    problems = []
    lines: dict[tuple[PixelFile, str], int] = {}
    for row in table.rows():
        said = {meaning: cell.strip() for meaning, cell in zip(meanings, row.cells, strict=True) if meaning}
        file = _below(path.parent / said.pop("path"), folders)
        if file is None:
            problems.append(
                Problem(
                    code="add.images-table",
                    path=path.name,
                    line=row.line,
                    message=f"the file is not below {' or '.join(str(root) for root in folders)}",
                    hint="name the folder it lies in with --images too",
                )
            )
            continue
        dataset = re.sub(r"^.*Dataset:[@+-]?(name|id):", "", said.pop("dataset", ""), flags=re.DOTALL)
        first = lines.setdefault((file, said.get("series", "")), row.line)
        if first != row.line:
            message = f"{file.path!r} stands on line {first} too: a file is one image"
            problems.append(Problem(code="add.images-table", path=path.name, line=row.line, message=message))
            continue
        found.append(Placed(file=file, line=row.line, dataset=dataset, **said))
    if problems:
        raise ContentError(*problems)
    return found


def _below(path: Path, roots: Iterable[Path]) -> PixelFile | None:
    """The file at ``path``, where it lies in one of the folders."""
    real = path.resolve()
    for root in roots:
        if real.is_relative_to(root) and real.exists():
            return PixelFile(root, real.relative_to(root).as_posix())
    return None
