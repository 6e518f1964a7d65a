"""The one door to openpyxl: Excel workbooks (.xlsx, .xlsm) as sheets of text. Nothing in them is computed or run."""

import warnings
import zipfile
from collections.abc import Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.errors import ContentError, Problem, Severity
from publisher.importers.cell_text import cell_text
from publisher.importers.sheet import MOST_CELLS, Sheet, rows_of

if TYPE_CHECKING:  # openpyxl is an extra
    from openpyxl.workbook.workbook import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

SUFFIXES = (".xlsx", ".xlsm")
MOST_BYTES = 1 << 30
"""Of a workbook when it is unpacked."""
_HEAD = 4096
_ERRORS = ("#N/A", "#REF!", "#VALUE!", "#DIV/0!", "#NAME?", "#NULL!", "#NUM!")


def read_workbook(path: Path) -> tuple[tuple[Sheet, ...], tuple[str, ...]]:
    """Visible sheets in their order, and the names of hidden ones, which are left out.

    A merged cell says the same everywhere it reaches. Raises ContentError for what cannot be read, or where openpyxl
    is not installed.
    """
    if find_spec("openpyxl") is None:
        message = "is an Excel workbook, and openpyxl, which reads it, is not installed"
        hint = "pip install 'ome-publisher[excel]', or save the sheet as CSV UTF-8"
        raise ContentError(Problem(code="add.missing-excel", path=path.name, message=message, hint=hint))
    _refuse_harm(path)
    shown, written = _loaded(path, values=True), _loaded(path, values=False)
    visible = [sheet for sheet in shown.worksheets if sheet.sheet_state == "visible"]
    hidden = tuple(sheet.title for sheet in shown.worksheets if sheet.sheet_state != "visible")
    return tuple(_sheet(sheet, written[sheet.title], path) for sheet in visible), hidden


def _loaded(path: Path, *, values: bool) -> "Workbook":
    """The workbook with what formulas gave when it was saved, or with the formulas."""
    from openpyxl import load_workbook  # late: an extra
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of validation rules and styles that it does not know
            return load_workbook(path, data_only=values, keep_links=False)
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, TypeError, SyntaxError, OSError) as error:
        raise _refused(path, f"cannot be read as an Excel workbook: {error}") from error


def _refuse_harm(path: Path) -> None:
    """Refuse what unpacks without end, and XML with a DOCTYPE, which no workbook has."""
    try:
        with zipfile.ZipFile(path) as archive:
            size = 0
            for info in archive.infolist():
                size += info.file_size
                if size > MOST_BYTES:
                    raise _refused(path, f"holds more than {MOST_BYTES:,} bytes")
                if info.filename.lower().endswith((".xml", ".rels")):
                    with archive.open(info) as member:
                        if b"<!DOCTYPE" in member.read(_HEAD):
                            raise _refused(path, f"{info.filename} has a DOCTYPE, which no workbook has")
    except (zipfile.BadZipFile, OSError, NotImplementedError, RuntimeError) as error:
        hint = "files of Excel before 2007 (.xls) must be saved as .xlsx; a password must be taken off"
        raise _refused(path, f"is no Excel workbook: {error}", hint) from error


def _sheet(shown: "Worksheet", written: "Worksheet", path: Path) -> Sheet:
    rows, columns = shown.max_row or 0, shown.max_column or 0
    if rows * columns > MOST_CELLS:
        raise _refused(path, f"sheet {shown.title!r} has more than {MOST_CELLS:,} cells")
    cells = [
        [cell_text(cell.value, str(cell.number_format or "")) for cell in row] for row in shown.iter_rows(max_row=rows)
    ]
    problems = tuple(_faults(cells, shown, written, path))
    for area in shown.merged_cells.ranges:
        text = cells[area.min_row - 1][area.min_col - 1]
        for row in range(area.min_row - 1, min(area.max_row, len(cells))):
            for column in range(area.min_col - 1, min(area.max_col, len(cells[row]))):
                cells[row][column] = text
    return Sheet(name=shown.title, rows=rows_of(enumerate(cells, 1)), problems=problems)


def _faults(cells: list[list[str]], shown: "Worksheet", written: "Worksheet", path: Path) -> Iterator[Problem]:
    """Formulas whose value nobody computed, and errors that cells show; errors are taken out of ``cells``."""
    empty, wrong = [], []
    for at_row, row in enumerate(written.iter_rows(max_row=shown.max_row, max_col=shown.max_column)):
        for at_column, cell in enumerate(row):
            text = cells[at_row][at_column]
            if cell.data_type == "f" and not text:
                empty.append(cell.coordinate)
            if text in _ERRORS:
                wrong.append(cell.coordinate)
                cells[at_row][at_column] = ""
    named = f"{path.name}, sheet {shown.title}"
    if empty:
        message = f"{len(empty)} formulas have no value, first {empty[0]}: the cells are read as empty"
        yield _warning(named, message, "open the workbook in Excel or LibreOffice and save it again")
    if wrong:
        message = f"{len(wrong)} cells show an error such as #N/A, first {wrong[0]}: they are read as empty"
        yield _warning(named, message, "mend the formulas, or clear the cells")


def _warning(path: str, message: str, hint: str) -> Problem:
    return Problem(code="table.cells", path=path, message=message, hint=hint, severity=Severity.WARNING)


def _refused(path: Path, message: str, hint: str = "save it again, or as CSV UTF-8") -> ContentError:
    return ContentError(Problem(code="add.bad-table", path=path.name, message=message, hint=hint))
