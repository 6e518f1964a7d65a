"""Takes a curator's spreadsheet in: one row an image, and what it says of the study in a sheet of keys and values."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from publisher.errors import ContentError, Problem
from publisher.importers.draft import Importer, StudyDraft, Todo
from publisher.importers.excel import SUFFIXES as EXCEL
from publisher.importers.excel import read_workbook
from publisher.importers.pack_files import relative_place
from publisher.importers.sheet import Sheet, SheetRow, read_text_table
from publisher.importers.spreadsheet.rows import ImageRows, NamedFiles
from publisher.importers.spreadsheet.study import StudyWords, is_key_table, is_people_table, key_and_value
from publisher.importers.spreadsheet.words import file_column, is_aside

_TEXT = (".csv", ".tsv")
_FAR_DOWN = 50
"""Rows from the top among which a header is looked for."""


@dataclass(frozen=True, slots=True)
class SpreadsheetImporter:
    """Reads CSV, TSV and Excel; ``places`` are further folders where the files lie that rows name."""

    places: tuple[Path, ...] = ()
    name: str = "spreadsheet"

    def recognises(self, path: Path) -> bool:
        """A file that is named like one."""
        return path.is_file() and path.name.lower().endswith((*_TEXT, *EXCEL))

    def with_pixels(self, places: tuple[Path, ...]) -> Importer:
        """The same, which looks for image files in ``places`` too."""
        return replace(self, places=places)

    def read(self, path: Path, slug: str, study_folder: Path) -> StudyDraft:
        """The study of a spreadsheet; raises ContentError where no sheet says which files its rows are about."""
        sheets, hidden = read_workbook(path) if path.name.lower().endswith(EXCEL) else ((read_text_table(path),), ())
        sorted_out = _sorted_out(sheets, path.name)
        folders = tuple(place for place in (path.parent, *self.places) if place.is_dir())
        rows = ImageRows(sorted_out.tables, NamedFiles(folders), slug)
        description = sorted_out.words.description(str(sorted_out.words.keys.get("title", path.stem)))
        if used := rows.used_folders():
            description["sources"] = [relative_place(place, study_folder) for place in used]
        return StudyDraft(
            description=description | rows.containers(),
            images=rows.table(),
            todo=(*sorted_out.words.todo, *rows.todo()),
            lost=(*sorted_out.lost, *(Todo(f"the hidden sheet {name!r}", path.name) for name in hidden)),
            warnings=tuple(problem for sheet in sheets for problem in sheet.problems),
            facts=(rows.fact(),),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _SortedOut:
    """What sheets hold: tables of images (header and rows), and words about the study."""

    tables: list[tuple[SheetRow, Sequence[SheetRow]]] = field(default_factory=list)
    words: StudyWords = field(default_factory=StudyWords)
    lost: list[Todo] = field(default_factory=list)


def _sorted_out(sheets: Sequence[Sheet], name: str) -> _SortedOut:
    """Which sheet is what; raises ContentError when none is about images."""
    found = _SortedOut()
    for sheet in sheets:
        if is_aside(sheet.name) and len(sheets) > 1:
            found.lost.append(Todo(f"sheet {sheet.name!r}, which seems to say how to fill in the others", name))
        elif header := _header(sheet, found):
            at = sheet.rows.index(header)
            found.words.add_rows(_above(sheet.rows[:at], found, sheet.name), about=name)
            found.tables.append((header, sheet.rows[at + 1 :]))
        elif sheet.rows and is_people_table(sheet.rows[0]):
            found.words.add_people(sheet, sheet.rows[0], sheet.rows[1:])
        elif sheet.rows and is_key_table(sheet):
            found.words.add_rows(sheet.rows, about=name)
        elif sheet.rows:
            found.lost.append(Todo(f"sheet {sheet.name!r}: no column says which file a row is about", name))
    if not any(rows for _, rows in found.tables):
        raise ContentError(_no_table(found, name))
    return found


def _header(sheet: Sheet, found: _SortedOut) -> SheetRow | None:
    """The first row that has the heading of a column of files, and another beside it or rows below."""
    for row in sheet.rows[:_FAR_DOWN]:
        if file_column(row.cells) is not None and not is_key_table(sheet):
            return row
    return None


def _above(rows: Sequence[SheetRow], found: _SortedOut, name: str) -> Iterator[SheetRow]:
    """Rows above a table that are a key and its value; others are remarks."""
    for row in rows:
        said = [cell for cell in row.cells if cell]
        if len(said) == 2:
            yield SheetRow(line=row.line, cells=tuple(said))
        elif len(said) == 1 and (pair := key_and_value(said[0])):
            yield SheetRow(line=row.line, cells=pair)
        elif said and not said[0].endswith(":"):
            found.lost.append(Todo(f"line {row.line} of {name!r}, above the table: {said[0][:80]!r}", name))


def _no_table(found: _SortedOut, name: str) -> Problem:
    message = "no sheet has a column that says which file a row is about, and rows below it"
    if found.tables:
        message = "the table of images has no rows"
    hint = "head that column `File name`; one row an image"
    return Problem(code="add.no-table", path=name, message=message, hint=hint)
