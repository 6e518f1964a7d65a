"""What a curator says of the values of a label image: colours, and properties from a table."""

import csv
from collections.abc import Iterator, Mapping
from io import StringIO
from pathlib import Path

from publisher.errors import ContentError, Problem
from publisher.model.labels import LabelValue, Property
from publisher.yaml_file import read_text

MOST_VALUES = 10_000
"""Rows of a table that are published with the labels; larger ones are results tables."""


def read_label_values(colors: Mapping[int, str], table: Path | None, shown: str) -> tuple[LabelValue, ...]:
    """Every value something is said of, sorted; raises ContentError with every fault of the table.

    ``shown`` is the table's path in messages.
    """
    said: dict[int, tuple[tuple[str, Property], ...]] = {}
    if table is not None:
        problems: list[Problem] = []
        try:
            for line, value, properties in _rows(read_text(table, shown), shown, problems):
                if value in said:
                    problems.append(_fault(shown, line, f"the value {value} has a row already"))
                said[value] = properties
        except csv.Error as error:
            problems.append(_fault(shown, 1, f"is not a table: {error}"))
        if len(said) > MOST_VALUES:
            message = f"has {len(said):,} rows; at most {MOST_VALUES:,} can stand beside labels"
            problems.append(_fault(shown, 1, message))
        if problems:
            raise ContentError(*problems)
    return tuple(
        LabelValue(value=value, rgba=_rgba(colors.get(value)), properties=said.get(value, ()))
        for value in sorted({*colors, *said})
    )


def _rows(
    text: str, shown: str, problems: list[Problem]
) -> Iterator[tuple[int, int, tuple[tuple[str, Property], ...]]]:
    """Line, value and properties of each row that holds anything."""
    lines = csv.reader(StringIO(text), strict=True)
    header = [name.strip() for name in next(lines, [])]
    repeated = sorted({name for name in header if header.count(name) > 1})
    if len(header) < 2 or not all(header) or repeated:
        detail = f"; {', '.join(repeated)} stands twice" if repeated else ""
        message = f"needs a header of at least two columns, the value first, each with a name of its own{detail}"
        problems.append(_fault(shown, 1, message))
        return
    for cells in lines:
        if not any(cells):
            continue
        number = cells[0].strip()
        if len(cells) != len(header) or not number.removeprefix("-").isdecimal() or len(number) > 11:
            problems.append(_fault(shown, lines.line_num, f"expected a whole number and {len(header) - 1} more cells"))
            continue
        pairs = zip(header[1:], cells[1:], strict=True)
        yield lines.line_num, int(number), tuple((name, _property(cell)) for name, cell in pairs if cell.strip())


def _property(cell: str) -> Property:
    """A number where the cell is one as people write numbers, else its text."""
    text = cell.strip()
    try:
        number = float(text)
    except ValueError:
        return text
    if number - number != 0 or "_" in text or (text.lstrip("+-")[:1] == "0" and text.lstrip("+-")[1:2].isdigit()):
        return text  # infinities, NaN and codes such as 007 are words
    return int(text) if text.lstrip("+-").isdecimal() else number


def _rgba(color: str | None) -> tuple[int, int, int, int] | None:
    if color is None:
        return None
    red, green, blue = bytes.fromhex(color.lstrip("#"))
    return red, green, blue, 255


def _fault(shown: str, line: int, message: str) -> Problem:
    hint = "the first column holds the values of the labels, every other column is a property"
    return Problem(code="labels.bad-table", path=shown, line=line, message=message, hint=hint)
