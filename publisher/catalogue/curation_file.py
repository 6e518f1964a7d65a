"""Reads images.csv or images.tsv: text to rows, with every fault of the file at once."""

import csv
from collections.abc import Iterable
from pathlib import Path

from publisher.catalogue.curation import SEPARATOR, Curation
from publisher.errors import ContentError, Problem, refusal

FILE_NAMES = ("images.csv", "images.tsv")
MAX_BYTES = 500_000_000
MAX_FIELD = 1_000_000
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
                SEPARATOR.join([*(cell.replace(SEPARATOR, " ") for cell in kept), *[""] * (len(header) - len(kept))])
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
