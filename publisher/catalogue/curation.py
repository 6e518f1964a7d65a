"""images.csv: what a curator says of each image, as ordered key-value pairs.

Columns named below have a meaning; every other column is a key, in the order of the file, and a header
that stands twice is a key that repeats. A header may end in a namespace in brackets: columns that follow
each other in one namespace are one annotation. Rows are kept as compact text, so that a table of 50,000
rows costs little memory.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from publisher.errors import Problem
from publisher.model.annotation import Pair
from publisher.model.identity import SAFE_ID, stem
from publisher.model.screen import WellPlace

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
    "plate": "plate",
    "plate name": "plate",
    "well": "well",
    "field": "field",
    "acquisition": "acquisition",
}
"""Column headers with a meaning, in lower case; IDR's annotation.csv spelling is understood."""

PLACE = frozenset({"plate", "well", "field", "acquisition"})
"""Meanings that say where on a plate; of an image that is on no plate such a cell is a pair like any other."""

_NAMESPACED = re.compile(
    r"(?P<key>.*\S)\s*\[(?P<namespace>(?:https?://)?[\w-]+(?:\.[\w-]+)+/[^\s\[\]]*)\]\Z", re.DOTALL
)
"""A header with a namespace: what is in the brackets begins as an address does. "Comment [w/o drug]" has none."""

SEPARATOR = "\x1f"
"""Between the cells of a row in memory."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row; ``series`` counts from 0, None for all; ``pairs`` leaves empty cells out.

    ``place`` says where on a plate; ``unplaced_pairs`` are the pairs with those of that place among them, for a row
    about something on no plate.
    """

    line: int
    image: str
    series: int | None
    id: str
    name: str
    description: str
    dataset: str
    pairs: tuple[Pair, ...]
    place: WellPlace | None = None
    unplaced_pairs: tuple[Pair, ...] = ()


def key_and_namespace(header: str) -> tuple[str, str]:
    """The key that a column stands for, and its namespace, which is empty where the header gives none."""
    found = _NAMESPACED.match(header)
    return (found[1], found[2]) if found else (header, "")


class Curation:
    """The rows of one study's images.csv, by number and by image."""

    def __init__(self, header: list[str], rows: list[str], lines: list[int], file_name: str = "images.csv") -> None:
        self.file_name = file_name
        self._header = header
        self._rows = rows
        self._lines = lines
        self._meaning = [MEANINGS.get(name.strip().lower(), "") for name in header]
        self._keys = [
            (at, *key_and_namespace(key))
            for at, (key, meaning) in enumerate(zip(header, self._meaning, strict=True))
            if key and (not meaning or meaning in PLACE)
        ]
        self._is_placed = any(meaning in PLACE for meaning in self._meaning)
        self._columns: dict[str, list[int]] = {}
        for at, meaning in enumerate(self._meaning):
            if meaning:
                self._columns.setdefault(meaning, []).append(at)
        self._by_image: dict[str, list[int]] | None = None

    def __len__(self) -> int:
        return len(self._rows)

    def row(self, number: int) -> Row:
        """Row ``number``, from 0."""
        cells = self._rows[number].split(SEPARATOR)
        series = self._first(cells, "series")
        said = [(at, Pair(key, cells[at], namespace)) for at, key, namespace in self._keys if cells[at]]
        pairs = tuple([pair for at, pair in said if self._meaning[at] not in PLACE])
        return Row(
            line=self._lines[number],
            image=self._first(cells, "image"),
            series=int(series) if series else None,
            id=self._first(cells, "id"),
            name=self._first(cells, "name"),
            description=self._first(cells, "description"),
            dataset=self._first(cells, "dataset"),
            pairs=pairs,
            place=self._place(cells),
            unplaced_pairs=tuple([pair for _, pair in said]) if self._is_placed else pairs,
        )

    def _place(self, cells: list[str]) -> WellPlace | None:
        if not self._is_placed:
            return None
        place = WellPlace(*(self._first(cells, meaning) for meaning in ("plate", "well", "field", "acquisition")))
        return place if place.plate or place.well else None

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
        return self._first(self._rows[number].split(SEPARATOR), meaning)

    def line(self, number: int) -> int:
        """Line of the file on which row ``number`` begins, from 1."""
        return self._lines[number]

    def cleaned(
        self, leaves_out: Callable[[str], bool], may_change: Callable[[str], bool], clean: Callable[[str, str], str]
    ) -> "Curation":
        """The same rows without columns of the keys that it ``leaves_out``, their other cells as ``clean`` says.

        ``clean`` gets a cell and the meaning of its column; it is asked for rows that ``may_change``, which is given
        all cells as one text. Ids and numbers of series are none of its business.
        """
        gone = {at for at, key in self.columns if leaves_out(key)}
        header = ["" if at in gone else name for at, name in enumerate(self._header)]

        def cleaned_row(row: str) -> str:
            if not may_change(row):
                return row
            cells = zip(row.split(SEPARATOR), self._meaning, strict=True)
            return SEPARATOR.join(
                cell if meaning in ("id", "series") else clean(cell, meaning) for cell, meaning in cells
            )

        return Curation(header, list(map(cleaned_row, self._rows)), self._lines, self.file_name)

    def cells(self, number: int) -> list[str]:
        """All cells of row ``number``, as many as the header has."""
        return self._rows[number].split(SEPARATOR)

    @property
    def columns(self) -> list[tuple[int, str]]:
        """Number, from 0, and key of every column that has a header, those with a meaning too."""
        return [(at, key_and_namespace(header)[0]) for at, header in enumerate(self._header) if header]

    @property
    def keys(self) -> list[str]:
        """Headers of the columns that are key-value pairs, in order."""
        return [self._header[at] for at, _, _ in self._keys]

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

    def of_plates(self) -> dict[str, list[int]]:
        """Numbers of the rows that name a plate, by that name; rows without one, but with a well, under ""."""
        found: dict[str, list[int]] = {}
        for number in range(len(self._rows)) if self._is_placed else ():
            plate, well = self.value(number, "plate"), self.value(number, "well")
            if plate or well:
                found.setdefault(plate, []).append(number)
        return found

    def _index(self) -> dict[str, list[int]]:
        index: dict[str, list[int]] = {}
        if "image" in self._meaning:
            column = self._meaning.index("image")
            for number, text in enumerate(self._rows):
                index.setdefault(text.split(SEPARATOR)[column].strip(), []).append(number)
        return index

    def faults(self, shown: str) -> Iterator[Problem]:
        """Cells that cannot be used: ids, series, and fields of wells."""
        places = {"plate", "well"} <= set(self._meaning)
        checked = [meaning in ("id", "series") or (meaning == "field" and places) for meaning in self._meaning]
        if not any(checked):
            return
        seen: dict[str, int] = {}
        for line, text in zip(self._lines, self._rows, strict=True):
            for meaning, cell in zip(self._meaning, text.split(SEPARATOR), strict=True):
                value = cell.strip()
                if meaning == "series" and value and not _is_number(value, least=0):
                    yield Problem(
                        code="images.bad-series",
                        path=shown,
                        line=line,
                        message=f"series must be a number from 0, found {value!r}",
                    )
                if meaning == "field" and places and value and not _is_number(value, least=1):
                    yield Problem(
                        code="images.bad-field",
                        path=shown,
                        line=line,
                        message=f"field must be a number in its well from 1, found {value!r}",
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


def _is_number(value: str, *, least: int) -> bool:
    return value.isascii() and value.isdigit() and len(value) < 7 and int(value) >= least
