"""Tables of others: comma or tab between cells, gzip or not, read row by row and never as a whole."""

import csv
import gzip
import io
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Protocol

from publisher.errors import ContentError, Problem, refusal

MAX_BYTES = 2_000_000_000
"""Of a table when it is unpacked."""
MAX_FIELD = 1_000_000
MAX_COLUMNS = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class TableRow:
    """One row: its ``line`` in the file, from 1, and as many ``cells`` as the header has."""

    line: int
    cells: tuple[str, ...]


class Table(Protocol):
    """A header, and rows of as many cells, that can be read as often as one likes; ``shown`` names it in messages."""

    @property
    def header(self) -> tuple[str, ...]:
        """Names of its columns."""

    @property
    def shown(self) -> str:
        """Its name in messages."""

    def rows(self) -> Iterator[TableRow]:
        """Its rows."""


class ForeignTable:
    """A table whose first line that says anything is its header; may be read as often as one likes.

    Raises ContentError when it cannot be opened, is no text, or a cell, a row or the whole is beyond all measure.
    """

    def __init__(self, path: Path, shown: str) -> None:
        self.path, self.shown = path, shown
        self.header: tuple[str, ...] = ()
        with self._opened() as lines:
            for row in self._parsed(lines):
                self.header = _without_empty_end(tuple(cell.strip() for cell in row.cells))
                break

    def rows(self) -> Iterator[TableRow]:
        """Rows that say something, below the header; cells beyond the header's are dropped where they are empty."""
        width = len(self.header)
        with self._opened() as lines:
            parsed = self._parsed(lines)
            next(parsed, None)
            for row in parsed:
                cells = row.cells if len(row.cells) <= width else _without_empty_end(row.cells)
                if len(cells) > width:
                    message = f"has {len(cells)} cells, the header has {width}"
                    raise ContentError(self._fault("table.ragged-row", message, row.line))
                yield TableRow(line=row.line, cells=cells + ("",) * (width - len(cells)))

    @contextmanager
    def _opened(self) -> Iterator[IO[str]]:
        try:
            with self.path.open("rb") as file:
                is_packed = file.read(2) == b"\x1f\x8b"
                file.seek(0)
                binary = gzip.GzipFile(fileobj=file) if is_packed else file
                with io.TextIOWrapper(binary, encoding="utf-8-sig", newline="") as text:
                    yield text
        except UnicodeDecodeError as error:
            raise ContentError(self._fault("table.not-utf-8", "is not UTF-8 text")) from error
        except (EOFError, gzip.BadGzipFile) as error:
            raise ContentError(self._fault("table.damaged", f"cannot be unpacked: {error}")) from error
        except csv.Error as error:
            raise ContentError(self._fault("table.damaged", f"cannot be read as a table: {error}")) from error
        except OSError as error:
            raise ContentError(refusal(error, self.shown)) from error

    def _parsed(self, lines: IO[str]) -> Iterator[TableRow]:
        csv.field_size_limit(MAX_FIELD)
        first = lines.readline(MAX_FIELD)
        lines.seek(0)
        reader = csv.reader(self._bounded(lines), delimiter="\t" if "\t" in first else _delimiter(first))
        line = 1
        for cells in reader:
            if len(cells) > MAX_COLUMNS and len(_without_empty_end(tuple(cells))) > MAX_COLUMNS:
                raise ContentError(self._fault("table.too-large", f"has more than {MAX_COLUMNS:,} columns", line))
            if any(cell.strip() for cell in cells):
                yield TableRow(line=line, cells=tuple(cells))
            line = reader.line_num + 1

    def _bounded(self, lines: IO[str]) -> Iterator[str]:
        """Lines of the file; one that never ends, and a file that unpacks without end, are refused."""
        size = 0
        while text := lines.readline(MAX_FIELD * 10):
            size += len(text)
            if size > MAX_BYTES:
                raise ContentError(self._fault("table.too-large", f"holds more than {MAX_BYTES:,} characters"))
            yield text

    def _fault(self, code: str, message: str, line: int | None = None) -> Problem:
        hint = "save it as a CSV file in UTF-8; quote cells that hold the separator"
        return Problem(code=code, path=self.shown, line=line, message=message, hint=hint)


def _delimiter(first: str) -> str:
    return ";" if first.count(";") > first.count(",") else ","


def _without_empty_end(cells: tuple[str, ...]) -> tuple[str, ...]:
    end = len(cells)
    while end and not cells[end - 1].strip():
        end -= 1
    return cells[:end]
