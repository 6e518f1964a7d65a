"""images.csv: what a curator says of each image, as ordered key-value pairs.

Columns named below have a meaning; every other column is a key, in the order of the file, and a header
that stands twice is a key that repeats. Rows are kept as compact text, so that a table of 50,000 rows
costs little memory.
"""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import ContentError, Problem, refusal
from publisher.model.annotation import Pair
from publisher.model.identity import SAFE_ID, stem

MEANINGS = {
    "image": "image",
    "image file": "image",
    "image name": "image",
    "file": "image",
    "series": "series",
    "id": "id",
    "name": "name",
    "title": "name",
    "description": "description",
    "dataset": "dataset",
    "dataset name": "dataset",
}
"""Column headers with a meaning, in lower case; IDR's annotation.csv spelling is understood."""

FILE_NAMES = ("images.csv", "images.tsv")
MAX_BYTES = 500_000_000
MAX_FIELD = 1_000_000
_SEPARATOR = "\x1f"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; ``series`` counts from 0, None for all; ``pairs`` leaves empty cells out."""

    line: int
    image: str
    series: int | None
    id: str
    name: str
    description: str
    dataset: str
    pairs: tuple[Pair, ...]


class Curation:
    """The rows of one study's images.csv, by number and by image."""

    def __init__(self, header: list[str], rows: list[str], lines: list[int], file_name: str = FILE_NAMES[0]) -> None:
        self.file_name = file_name
        self._header = header
        self._rows = rows
        self._lines = lines
        self._meaning = [MEANINGS.get(name.strip().lower(), "") for name in header]
        self._keys = [
            (at, key)
            for at, (key, meaning) in enumerate(zip(header, self._meaning, strict=True))
            if key and not meaning
        ]
        self._columns: dict[str, list[int]] = {}
        for at, meaning in enumerate(self._meaning):
            if meaning:
                self._columns.setdefault(meaning, []).append(at)
        self._by_image: dict[str, list[int]] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, number: int) -> Row:
        """Row ``number``, from 0."""
        cells = self._rows[number].split(_SEPARATOR)
        series = self._first(cells, "series")
        return Row(
            line=self._lines[number],
            image=self._first(cells, "image"),
            series=int(series) if series else None,
            id=self._first(cells, "id"),
            name=self._first(cells, "name"),
            description=self._first(cells, "description"),
            dataset=self._first(cells, "dataset"),
            pairs=tuple([Pair(key, cells[at]) for at, key in self._keys if cells[at]]),
        )

    def _first(self, cells: list[str], meaning: str) -> str:
        """The first cell of a meaning that says something."""
        for at in self._columns.get(meaning, ()):
            if text := cells[at].strip():
                return text
        return ""

    def value(self, number: int, meaning: str) -> str:
        """One cell of row ``number`` by its meaning; quicker than the whole row."""
        if meaning not in self._columns:
            return ""
        return self._first(self._rows[number].split(_SEPARATOR), meaning)

    def line(self, number: int) -> int:
        """Line of the file on which row ``number`` begins, from 1."""
        return self._lines[number]

    def cells(self, number: int) -> list[str]:
        """All cells of row ``number``, as many as the header has."""
        return self._rows[number].split(_SEPARATOR)

    @property
    def columns(self) -> list[tuple[int, str]]:
        """Number, from 0, and header of every column that has one, those with a meaning too."""
        return [(at, key) for at, key in enumerate(self._header) if key]

    @property
    def keys(self) -> list[str]:
        """Headers of the columns that are key-value pairs, in order."""
        return [key for _, key in self._keys]

    @property
    def names_images(self) -> bool:
        """Whether a column says which image a row is about."""
        return "image" in self._columns

    def of_image(self, path: str, series: int, name: str = "") -> list[int]:
        """Numbers of the rows about one image, by its path, file name or name; exact paths first."""
        if self._by_image is None:
            self._by_image = self._index()
        file_name = path.rsplit("/", 1)[-1]
        for key in dict.fromkeys((path, file_name, stem(path), name)):
            found = [n for n in self._by_image.get(key, ()) if key and self.row(n).series in (None, series)]
            if found:
                return found
        return []

    def _index(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        if "image" in self._meaning:
            column = self._meaning.index("image")
            for number, text in enumerate(self._rows):
                index.setdefault(text.split(_SEPARATOR)[column].strip(), []).append(number)
        return index

    def faults(self, shown: str) -> Iterator[Problem]:
        """Cells that cannot be used: ids and series."""
        checked = [meaning in ("id", "series") for meaning in self._meaning]
        if not any(checked):
            return
        seen: dict[str, int] = {}
        for line, text in zip(self._lines, self._rows, strict=True):
            for meaning, cell in zip(self._meaning, text.split(_SEPARATOR), strict=True):
                value = cell.strip()
                if meaning == "series" and value and not (value.isascii() and value.isdigit() and len(value) < 7):
                    yield Problem(
                        code="images.bad-series",
                        path=shown,
                        line=line,
                        message=f"series must be a number from 0, found {value!r}",
                    )
                if meaning == "id" and value and not SAFE_ID.match(value):
                    yield Problem(
                        code="images.bad-id",
                        path=shown,
                        line=line,
                        message=f"id {value!r} may hold letters, digits, dot, hyphen and underscore",
                    )
                if meaning == "id" and value and seen.setdefault(value.lower(), line) != line:
                    yield Problem(
                        code="images.repeated-id",
                        path=shown,
                        line=line,
                        message=f"id {value!r} stands on line {seen[value.lower()]} too",
                    )


NO_CURATION = Curation([], [], [])


def read_curation(folder: Path, shown: str) -> Curation:
    """The images.csv or images.tsv of a study folder; empty when there is none.

    Raises ContentError with every fault: not UTF-8, ragged rows, unusable ids.
    """
    path = next((folder / name for name in FILE_NAMES if (folder / name).is_file()), None)
    if path is None:
        return NO_CURATION
    shown = f"{shown}/{path.name}"
    try:
        if path.stat().st_size > MAX_BYTES:
            message = f"is larger than {MAX_BYTES:,} bytes"
            raise ContentError(Problem(code="images.too-large", path=shown, message=message, hint="split the study"))
        # Line by line: in memory the text as a whole is four times as large.
        with path.open(encoding="utf-8-sig", newline="") as lines:
            delimiter = _delimiter(path, lines.readline(MAX_FIELD))
            lines.seek(0)
            curation, problems = _parse(lines, delimiter, shown, path.name)
    except UnicodeDecodeError as error:
        raise _not_utf_8(path, shown) from error
    except OSError as error:
        raise ContentError(refusal(error, shown)) from error
    problems += curation.faults(shown) if not problems else ()
    if problems:
        raise ContentError(*problems)
    return curation


def _delimiter(path: Path, header: str) -> str:
    """Tab, semicolon (which spreadsheets write where the comma is the decimal sign) or comma."""
    if path.suffix == ".tsv" or "\t" in header:
        return "\t"
    return ";" if header.count(";") > header.count(",") else ","


def _not_utf_8(path: Path, shown: str) -> ContentError:
    line = 1
    with path.open("rb") as lines:
        for line, text in enumerate(lines, 1):  # noqa: B007  # the number is what is looked for
            try:
                text.decode("utf-8-sig")
            except UnicodeDecodeError:
                break
    hint = 'save it as "CSV UTF-8"'
    return ContentError(Problem(code="images.not-utf-8", path=shown, line=line, message="is not UTF-8 text", hint=hint))


def _parse(lines: Iterable[str], delimiter: str, shown: str, name: str) -> tuple[Curation, list[Problem]]:
    csv.field_size_limit(MAX_FIELD)
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    problems: list[Problem] = []
    rows: list[str] = []
    numbers: list[int] = []
    header: list[str] = []
    start = 1
    try:
        for cells in reader:
            line, start = start, reader.line_num + 1
            if not any(cells):
                continue
            if not header:
                header = _trimmed([cell.strip() for cell in cells])
                continue
            kept = _trimmed(cells) if len(cells) > len(header) else cells
            if len(kept) > len(header):
                message = f"has {len(kept)} cells, the header has {len(header)}"
                problems.append(
                    Problem(
                        code="images.ragged-row",
                        path=shown,
                        line=line,
                        message=message,
                        hint="quote cells that hold the separator",
                    )
                )
                continue
            rows.append(
                _SEPARATOR.join([*(cell.replace(_SEPARATOR, " ") for cell in kept), *[""] * (len(header) - len(kept))])
            )
            numbers.append(line)
    except csv.Error as error:
        problems.append(
            Problem(code="images.syntax", path=shown, line=reader.line_num, message=f"is not valid CSV: {error}")
        )
    return Curation(header, rows, numbers, name), problems


def _trimmed(cells: list[str]) -> list[str]:
    """Without empty cells at the end: curated tables carry hundreds of trailing separators."""
    while cells and not cells[-1].strip():
        cells = cells[:-1]
    return cells
