"""Sheets of a spreadsheet as text, whether it is CSV, TSV or Excel."""

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher.errors import ContentError, Problem, Severity, refusal
from publisher.formats.ome_xml.text import writable

MOST_BYTES = 500_000_000
MOST_CELLS = 50_000_000
MOST_CHARACTERS = 1_000_000
"""Of one cell."""
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))


@dataclass(frozen=True, slots=True, kw_only=True)
class SheetRow:
    """One row that says something: its ``line`` in the sheet, from 1, and its ``cells`` without white space around."""

    line: int
    cells: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A sheet: its ``name`` (that of the file for CSV) and its rows without those that are empty.

    ``problems`` (warnings) are cells that were not read as they are shown.
    """

    name: str
    rows: tuple[SheetRow, ...]
    problems: tuple[Problem, ...] = ()


def rows_of(lines: Iterable[tuple[int, Sequence[str]]]) -> tuple[SheetRow, ...]:
    """Rows of a sheet with their numbers; cells are cleaned of what no document can hold, empty ends cut."""
    found = []
    for line, row in lines:
        clean = [writable(cell).strip() for cell in row]
        while clean and not clean[-1]:
            clean.pop()
        if clean:
            found.append(SheetRow(line=line, cells=tuple(clean)))
    return tuple(found)


def read_text_table(path: Path) -> Sheet:
    """A CSV or TSV file: commas, semicolons or tabs; UTF-8, UTF-16 with its mark, or Windows-1252 with a warning.

    Raises ContentError when it cannot be read.
    """
    text, problems = _text(path)
    csv.field_size_limit(MOST_CHARACTERS)
    lines: list[tuple[int, Sequence[str]]] = []
    cells, line = 0, 1
    try:
        reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(path, text))
        for row in reader:
            lines.append((line, row))
            line = reader.line_num + 1
            cells += len(row)
            if cells > MOST_CELLS:
                raise _refused(path, f"holds more than {MOST_CELLS:,} cells")
    except csv.Error as error:
        raise _refused(path, f"cannot be read as a table: {error}") from error
    return Sheet(name=path.stem, rows=rows_of(lines), problems=problems)


def _text(path: Path) -> tuple[str, tuple[Problem, ...]]:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_BYTES + 1)
    except OSError as error:
        raise ContentError(refusal(error, path.name)) from error
    if len(data) > MOST_BYTES:
        raise _refused(path, f"is larger than {MOST_BYTES:,} bytes")
    encoding = next((name for mark, name in _MARKS if data.startswith(mark)), "utf-8")
    try:
        return data.decode(encoding), ()
    except UnicodeDecodeError:
        text = data.decode("cp1252", "replace")
    message = "is not UTF-8: read as Windows-1252; check letters with accents and signs such as µ"
    warning = Problem(
        code="table.not-utf-8",
        path=path.name,
        message=message,
        hint='save it as "CSV UTF-8"',
        severity=Severity.WARNING,
    )
    return text, (warning,)


def _delimiter(path: Path, text: str) -> str:
    """The separator that the first lines have most of."""
    head = text[:10_000]
    if path.suffix.lower() == ".tsv" or "\t" in head:
        return "\t"
    return ";" if head.count(";") > head.count(",") else ","


def _refused(path: Path, message: str) -> ContentError:
    return ContentError(Problem(code="add.bad-table", path=path.name, message=message))
