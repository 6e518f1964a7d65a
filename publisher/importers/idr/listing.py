"""bulk.yml and the list it names: which container each file of an IDR study goes into."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import ContentError, Problem, Severity
from publisher.importers.foreign_table import ForeignTable
from publisher.yaml_file import YamlFile

MOST_INCLUDES = 20
_TARGET = re.compile(
    r"(?:(?:Project|Screen):[@+-]?(?:name|id):(?P<project>.*?)/)?(?P<kind>Dataset|Screen|Project|Plate):[@+-]?(?:name|id):"
    r"(?P<name>.*)\Z",
    re.DOTALL,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedFile:
    """A line of filePaths.tsv or plates.tsv: the dataset or plate, and where its file or folder lay at IDR."""

    container: str
    is_dataset: bool
    path: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """The files of one screen or experiment, and what could not be followed."""

    files: tuple[ListedFile, ...] = ()
    warnings: tuple[Problem, ...] = ()


def read_listing(bulk: Path, study: Path, shown: str) -> Listing:
    """The list that ``bulk`` (a bulk.yml) names.

    What it includes must lie in the folder of the study or beside it, where IDR keeps what all studies share; the
    list itself in the study.
    """
    said, warnings = _chain(bulk, study, shown)
    name = said.get("path")
    if not isinstance(name, str):
        return Listing(warnings=(*warnings, _warning(shown, "names no list of files under `path`")))
    path = (bulk.parent / name).resolve()
    if not path.is_relative_to(study) or not path.is_file():
        return Listing(warnings=(*warnings, _warning(shown, f"the list of files {name!r} is not in the study")))
    columns = said.get("columns")
    named = [str(each) for each in columns] if isinstance(columns, list) else []
    table = read_file_list(path, f"{Path(shown).parent.as_posix()}/{path.name}", named, str(said.get("target") or ""))
    return Listing(files=table.files, warnings=(*warnings, *table.warnings))


def read_file_list(path: Path, shown: str, columns: Sequence[str] = (), target: str = "") -> Listing:
    """The lines of a list of files; a list without ``columns`` has a container (or its name) and a path.

    ``target`` is the container of a list that names none.
    """
    table = ForeignTable(path, shown)
    names = [each.strip().lower() for each in columns]
    files, warnings = [], []
    lines = [(1, table.header), *((row.line, row.cells) for row in table.rows())]
    for line, cells in lines:
        said = dict(zip(names, cells, strict=False)) if names else {}
        where = said.get("target", cells[0] if not names and len(cells) > 1 else "") or said.get("name", "") or target
        place = said.get("path", "" if names else cells[-1]).strip()
        found = _TARGET.match(where.strip())
        if found and found["kind"] in ("Screen", "Project"):  # the plate is what is named beside it
            found = None
            where = said.get("name", "") or place.rstrip("/").rsplit("/", 1)[-1]
        container = (found["name"] if found else where).strip()
        if not container or not place:
            warnings.append(_warning(shown, "says no container or no path", line))
            continue
        is_dataset = found is not None and found["kind"] == "Dataset"
        files.append(ListedFile(container=container, is_dataset=is_dataset, path=place, line=line))
    return Listing(files=tuple(files), warnings=tuple(warnings))


def _chain(bulk: Path, study: Path, shown: str) -> tuple[dict[str, object], list[Problem]]:
    """What ``bulk`` and the files it includes say; the nearer file wins."""
    said: dict[str, object] = {}
    warnings: list[Problem] = []
    path, seen = bulk, {bulk.resolve()}
    while True:
        here: Mapping[str, object] = YamlFile(path, shown=shown if path == bulk else path.name).data
        said = {**here, **said}
        include = here.get("include")
        if not isinstance(include, str):
            return said, warnings
        following = (path.parent / include).resolve()
        allowed = following.is_relative_to(study) or following.parent == study.parent
        if following in seen or len(seen) > MOST_INCLUDES:
            raise ContentError(Problem(code="idr.include", path=shown, message=f"includes {include!r} over and over"))
        if not allowed or following.suffix not in (".yml", ".yaml") or not following.is_file():
            warnings.append(_warning(shown, f"includes {include!r}, which is not there; what it says is passed over"))
            return said, warnings
        seen.add(following)
        path = following


def _warning(shown: str, message: str, line: int | None = None) -> Problem:
    return Problem(code="idr.listing", path=shown, line=line, message=message, severity=Severity.WARNING)
