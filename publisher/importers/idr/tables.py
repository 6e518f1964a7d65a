"""The tables of a screen or experiment as rows of images.csv: who each row is about, and what it says."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from publisher.errors import Problem, Severity
from publisher.importers.foreign_table import Table, TableRow
from publisher.importers.idr.recipe import Recipe, ShownColumn, shown_columns, unmatched
from publisher.importers.idr.study_text import is_hint, plain_key

_SUBJECTS = {
    "dataset": ("datasetname", "dataset"),
    "image": ("imagename", "imagefile", "image"),
    "plate": ("plate", "platename"),
    "well": ("well",),
}
"""Columns that say who a row is about, by their keys as `plain_key` writes them."""


@dataclass(frozen=True, slots=True)
class Subject:
    """Who a row is about: an image of a dataset, or a well of a plate."""

    container: str
    name: str


@dataclass(slots=True, kw_only=True)
class AnnotationTable:
    """A table whose rows are about images or wells, with the columns that are shown.

    ``subjects`` is who each row is about, None of a row that does not say; ``is_of_wells`` what they are.
    """

    table: Table
    columns: list[ShownColumn]
    subjects: list[Subject | None]
    is_of_wells: bool
    warnings: list[Problem] = field(default_factory=list)

    def rows(self) -> Iterator[tuple[Subject | None, tuple[str, ...]]]:
        """Who each row is about, and its cells under `columns`."""
        for subject, row in zip(self.subjects, _meant(self.table), strict=True):
            yield subject, self._cells(row)

    def _cells(self, row: TableRow) -> tuple[str, ...]:
        found: list[str] = []
        for shown in self.columns:
            cell = row.cells[shown.at].strip()
            if not cell:
                found.append("")
            elif shown.column.split:
                values = shown.column.values(cell)
                found.append(values[shown.nth] if shown.nth < len(values) else "")
            else:
                found.append(shown.column.values(cell)[0])
        return tuple(found)


def annotation_tables(tables: Iterable[Table], recipe: Recipe) -> list[AnnotationTable]:
    """Those of ``tables`` that say who their rows are about; the others are left out."""
    return [found for table in tables if (found := _annotation_table(table, recipe)) is not None]


def _annotation_table(table: Table, recipe: Recipe) -> AnnotationTable | None:
    keys = [plain_key(name) for name in table.header]
    at = {
        meaning: next((keys.index(name) for name in names if name in keys), None)
        for meaning, names in _SUBJECTS.items()
    }
    is_of_wells = at["plate"] is not None and at["well"] is not None
    container, name = (at["plate"], at["well"]) if is_of_wells else (at["dataset"], at["image"])
    if name is None:
        return None
    split = _split_columns(table, recipe)
    subjects: list[Subject | None] = []
    widest: dict[int, int] = {}
    for row in _meant(table):
        said = Subject(row.cells[container].strip() if container is not None else "", row.cells[name].strip())
        subjects.append(said if said.name and (said.container or container is None) else None)
        for column, mark in split:
            widest[column] = max(widest.get(column, 1), row.cells[column].count(mark) + 1)
    about = {container, name}
    header = ["" if number in about else text for number, text in enumerate(table.header)]
    found = AnnotationTable(
        table=table, columns=shown_columns(header, recipe, widest), subjects=subjects, is_of_wells=is_of_wells
    )
    if missing := unmatched(table.header, recipe):
        message = f"has no column {', '.join(map(repr, missing[:5]))}, which bulkmap-config.yml shows"
        found.warnings.append(_warning("idr.recipe-column", table.shown, 1, message))
    if lost := [number for number, subject in enumerate(subjects) if subject is None]:
        message = f"rows that do not say what they are about: {len(lost):,}; they are listed as they are"
        found.warnings.append(_warning("idr.row-about-nothing", table.shown, None, message))
    return found


def _split_columns(table: Table, recipe: Recipe) -> list[tuple[int, str]]:
    marks = {plain_key(column.header): column.split for column in recipe.columns if column.split}
    return [(at, marks[plain_key(name)]) for at, name in enumerate(table.header) if plain_key(name) in marks]


def _meant(table: Table) -> Iterator[TableRow]:
    """Rows that are no hints of the template."""
    return (row for row in table.rows() if not all(is_hint(cell) or not cell.strip() for cell in row.cells[:2]))


def _warning(code: str, shown: str, line: int | None, message: str) -> Problem:
    return Problem(code=code, path=shown, line=line, message=message, severity=Severity.WARNING)


class MergedHeader:
    """Columns of several tables as those of one: a column that two tables have, in the same order, is one."""

    def __init__(self) -> None:
        self._columns: list[list[str]] = []

    def add(self, header: Sequence[str]) -> list[int]:
        """Take the columns of a table; where each of them will be, once all are taken, `places` says."""
        at, taken = 0, []
        for name in header:
            known = next((n for n in range(at, len(self._columns)) if self._columns[n][0] == name), None)
            if known is None:
                self._columns.insert(at, [name])
                known = at
            taken.append(id(self._columns[known]))
            at = known + 1
        return taken

    @property
    def header(self) -> tuple[str, ...]:
        """All columns in their order."""
        return tuple(column[0] for column in self._columns)

    def places(self, taken: Sequence[int]) -> list[int]:
        """Numbers of the columns that `add` gave."""
        numbers = {id(column): number for number, column in enumerate(self._columns)}
        return [numbers[each] for each in taken]
