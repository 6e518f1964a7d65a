"""Rows of a spreadsheet as images.csv and containers of study.yaml, joined to the files that they name."""

from collections.abc import Iterator, Sequence
from pathlib import Path

from publisher.catalogue.image_patterns import image_files, is_utf8
from publisher.errors import ContentError, Problem
from publisher.importers.draft import TableDraft, Todo, counted
from publisher.importers.omero.rows import key as free_key
from publisher.importers.readable import may_be_read
from publisher.importers.sheet import SheetRow
from publisher.importers.spreadsheet.words import COLUMNS, file_column, squeezed
from publisher.model.identity import image_id, stem
from publisher.model.identity import slug as slugged

MOST_FILES = 1_000_000
_MOST_NAMED = 5
_ORDER = ("image", "series", "id", "name", "description", "dataset", "plate", "well", "field", "acquisition")

Table = tuple[SheetRow, Sequence[SheetRow]]
"""The header of a table, and its rows."""


class NamedFiles:
    """Image files below some folders, to be found by what people call them in a table."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._paths: dict[str, Path] = {}
        self._by_name: dict[str, list[str]] = {}
        self._by_stem: dict[str, list[str]] = {}
        for folder in folders:
            for number, path in enumerate(image_files(folder)):
                if number > MOST_FILES:
                    message = f"holds more than {MOST_FILES:,} files"
                    raise ContentError(Problem(code="add.too-large", path=str(folder), message=message))
                if is_utf8(path) and may_be_read(path) and self._paths.setdefault(path, folder) is folder:
                    self._by_name.setdefault(path.rsplit("/", 1)[-1].lower(), []).append(path)
                    self._by_stem.setdefault(stem(path).lower(), []).append(path)

    def called(self, words: str) -> list[str]:
        """Files that ``words`` may name: a path, its end, a file's name, or that without its suffix.

        Several where the name alone does not tell; none where there is no such file.
        """
        clean = words.replace("\\", "/").strip("/")
        if clean in self._paths:
            return [clean]
        name = clean.rsplit("/", 1)[-1].lower()
        found = self._by_name.get(name) or self._by_stem.get(name) or self._by_stem.get(stem(name)) or []
        ending = [path for path in found if path.lower().endswith("/" + clean.lower())]
        return ending or found

    def folder_of(self, path: str) -> Path:
        """The folder that a path which `called` gave is relative to."""
        return self._paths[path]


class ImageRows:
    """Rows of all tables, each with the file that it names, if that is there."""

    def __init__(self, tables: Sequence[Table], files: NamedFiles, slug: str) -> None:
        self._files = files
        self._slug = slug
        self._keys: list[str] = []
        self._rows: list[tuple[dict[str, str], dict[str, list[str]]]] = []
        self._missing: list[str] = []
        self._several: list[str] = []
        self._repeated: dict[str, int] = {}
        self._datasets: dict[tuple[str, str], dict[str, None]] = {}
        self._loose: dict[str, None] = {}
        self._times: dict[str, int] = {}
        self._folders = {slugged(name) for header, rows in tables for name in _datasets(header, rows)}
        for header, rows in tables:
            self._add(header, rows)

    def _add(self, header: SheetRow, rows: Sequence[SheetRow]) -> None:
        at_file = file_column(header.cells)
        meanings = _meanings(header.cells, at_file)
        for row in rows:
            cells: dict[str, str] = {}
            pairs: dict[str, list[str]] = {}
            for at, text in enumerate(row.cells):
                heading = header.cells[at] if at < len(header.cells) else ""
                meaning = meanings[at] if at < len(meanings) else ""
                if meaning and text:
                    cells.setdefault(meaning, text)
                elif heading and text:
                    pairs.setdefault(free_key(heading), []).append(text)
                elif text:
                    pairs.setdefault(f"Column {at + 1}", []).append(text)
            self._take(cells, pairs)

    def _take(self, cells: dict[str, str], pairs: dict[str, list[str]]) -> None:
        words = cells.get("image", "")
        found = self._of_dataset(self._files.called(words), cells.get("dataset", "")) if words else []
        project = cells.pop("project", "")
        if len(found) == 1:
            if "plate" in cells and "well" in cells and "dataset" in cells:  # it is in one place: the well
                pairs.setdefault(free_key("Dataset"), []).append(cells.pop("dataset"))
            self._place(found[0], cells, project)
        else:
            if words:
                (self._several if found else self._missing).append(words)
                cells.pop("image")
                cells.setdefault("name", words.replace("\\", "/").rsplit("/", 1)[-1])
            if (dataset := cells.get("dataset", "")) and "plate" not in cells:
                self._datasets.setdefault((project, dataset), {})
        if not cells.get("series", "0").isdecimal():
            pairs.setdefault("Series (pair)", []).append(cells.pop("series"))
        for key, values in pairs.items():
            self._times[key] = max(self._times.get(key, 0), len(values))
        self._rows.append((cells, pairs))

    def _of_dataset(self, paths: list[str], dataset: str) -> list[str]:
        """Those of ``paths`` that lie in no folder called after another dataset of the table.

        Where several are left, those in a folder that is called after this one.
        """
        if not dataset:
            return paths
        own = slugged(dataset)
        named = {path: {slugged(part) for part in path.split("/")[:-1]} & self._folders for path in paths}
        left = [path for path in paths if not named[path] or own in named[path]]
        return [path for path in left if own in named[path]] or left if len(left) > 1 else left

    def _place(self, path: str, cells: dict[str, str], project: str) -> None:
        """The file into its dataset; a second row of it is about another series, or the same once more."""
        cells["image"] = path
        count = self._repeated[path] = self._repeated.get(path, 0) + 1
        series = cells.get("series", "")
        if count == 1 or series:
            cells["id"] = image_id(self._slug, path, int(series) if series.isdecimal() else 0)
        dataset = cells.pop("dataset", "")
        if dataset:
            self._datasets.setdefault((project, dataset), {}).setdefault(path)
        elif all(path not in paths for paths in self._datasets.values()):
            self._loose.setdefault(path)

    # What study.yaml and images.csv get

    def used_folders(self) -> list[Path]:
        """Folders that files were found in."""
        return list(dict.fromkeys(self._files.folder_of(path) for path in self._repeated))

    def containers(self) -> dict[str, object]:
        """Projects and datasets with their files; files of no dataset, and those on plates, beside them."""
        projects: dict[str, list[dict[str, object]]] = {}
        for (project, dataset), paths in self._datasets.items():
            part: dict[str, object] = {"name": dataset} | ({"images": list(paths)} if paths else {})
            projects.setdefault(project, []).append(part)
        loose = projects.pop("", [])
        found: dict[str, object] = {
            "projects": [{"name": name, "datasets": datasets} for name, datasets in projects.items()],
            "datasets": loose,
            "images": list(self._loose),
        }
        found = {key: value for key, value in found.items() if value}
        return found or {"datasets": [{"name": "Images"}]}

    def table(self) -> TableDraft:
        """images.csv: columns with a meaning first, then keys as they came, repeated as often as any row does."""
        used = [name for name in _ORDER if any(cells.get(name) for cells, _ in self._rows)]
        header = (*used, *(key for key, times in self._times.items() for _ in range(times)))
        return TableDraft(header=header, rows=tuple(self._cells(row, used) for row in self._rows))

    def _cells(self, row: tuple[dict[str, str], dict[str, list[str]]], used: Sequence[str]) -> tuple[str, ...]:
        cells, pairs = row
        keys = ((pairs.get(key, []), times) for key, times in self._times.items())
        said = (text for values, times in keys for text in (*values, *[""] * (times - len(values))))
        return (*(cells.get(name, "") for name in used), *said)

    def todo(self) -> Iterator[Todo]:
        """Rows whose files are not there, or could be several."""
        if self._missing:
            message = f"files of {counted(len(self._missing), 'row')} not found, which are listed without pixels: "
            yield Todo(message + _named(self._missing) + "; --images says where they lie", "images.csv")
        if self._several:
            message = f"names of {counted(len(self._several), 'row')} fit several files: {_named(self._several)}"
            yield Todo(message + "; write the path, from the folder of the table", "images.csv")

    def fact(self) -> str:
        """For whoever ran the command."""
        found = len(self._rows) - len(self._missing) - len(self._several)
        return f"{found} of {len(self._rows)} rows name files that were found"


def _datasets(header: SheetRow, rows: Sequence[SheetRow]) -> Iterator[str]:
    """Names of datasets in a table."""
    meanings = _meanings(header.cells, file_column(header.cells))
    if "dataset" in meanings:
        at = meanings.index("dataset")
        yield from dict.fromkeys(row.cells[at] for row in rows if at < len(row.cells) and row.cells[at])


def _meanings(header: tuple[str, ...], at_file: int | None) -> list[str]:
    """For each column what it means; the first of two that mean the same, the other is a key."""
    found: list[str] = []
    for at, heading in enumerate(header):
        meaning = "image" if at == at_file else COLUMNS.get(squeezed(heading), "")
        found.append("" if meaning in found else meaning)
    return found


def _named(names: Sequence[str]) -> str:
    return ", ".join(names[:_MOST_NAMED]) + (" …" if len(names) > _MOST_NAMED else "")
