"""Plates: wells in rows and columns, and the images taken in them."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

MOST_ROWS = 10_000
"""Rows or columns at most; the largest plates made have 48 x 72 wells, spotted arrays some hundreds a side."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """OME WellSample: one image of a well. ``series`` is its image in the source; ``acquisition`` a `PlateAcquisition`.

    ``position_um`` is the stage position (x, y).
    """

    series: int
    acquisition: int | None = None
    position_um: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Well:
    """One well: ``row`` and ``column`` count from 0. Without ``fields`` it is there, but nothing was taken in it."""

    row: int
    column: int
    fields: tuple[Field, ...] = ()
    ome_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateAcquisition:
    """One run over a plate; ``id`` counts from 1 (vizarr drops 0). Times are ISO 8601."""

    id: int
    name: str = ""
    description: str = ""
    start: str | None = None
    end: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Plate:
    """A plate with the names of all its rows and columns, also of those where no well is.

    ``wells`` are sorted by row, then column; fields by acquisition, then position in the well. ``ome_id`` is the
    ID in the source's own OME-XML, empty when it has none.
    """

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    wells: tuple[Well, ...]
    acquisitions: tuple[PlateAcquisition, ...] = ()
    description: str = ""
    ome_id: str = ""

    def series(self) -> Iterator[int]:
        """The source's series of each of its fields."""
        return (field.series for well in self.wells for field in well.fields)

    def well_name(self, well: Well) -> str:
        """What people call a well: "B3"; with a hyphen where both names are numbers or letters ("2-3")."""
        row, column = self.rows[well.row], self.columns[well.column]
        return f"{row}{'' if row[-1:].isdigit() != column[:1].isdigit() else '-'}{column}"

    def field_names(self) -> Iterator[tuple[int, str]]:
        """Series and name of each field in OMERO's wording: "HT.01 [Well B3, Field 2]"; fields count from 1."""
        prefix = f"{self.name} " if self.name else ""
        for well in self.wells:
            for number, field in enumerate(well.fields, 1):
                yield field.series, f"{prefix}[Well {self.well_name(well)}, Field {number}]"


@dataclass(frozen=True, slots=True)
class WellPlace:
    """Where on a plate, as a table says it: a plate by name or id, a well ("B3", "B03"), the number of a field in the
    well from 1, a run by number from 1 or by name. What is not said is empty."""

    plate: str = ""
    well: str = ""
    field: str = ""
    acquisition: str = ""


def row_name(index: int) -> str:
    """Letters of a row, from 0: A to Z, then AA (OME's naming convention "letter")."""
    name = ""
    while index >= 0:
        index, letter = divmod(index, 26)
        name = chr(ord("A") + letter) + name
        index -= 1
    return name


def column_name(index: int) -> str:
    """Number of a column, from 0: 1, 2, 3 (OME's naming convention "number")."""
    return str(index + 1)


def ome_indices(names: Sequence[str]) -> tuple[int, ...]:
    """Numbers from 0 under which OME counts the rows or columns called ``names``.

    OME has no names, only a convention, so names that follow it say the number: of a part of a plate with the one row
    "O" it is 14, and well O1 stays well O1. Other names are counted.
    """
    for numbers in (tuple(map(_letters_index, names)), tuple(map(_digits_index, names))):
        known = [number for number in numbers if number is not None and number < MOST_ROWS]
        if len(set(known)) == len(names):
            return tuple(known)
    return tuple(range(len(names)))


_WELL = re.compile(r"\s*([A-Za-z]{1,3})[ _-]?0*([1-9][0-9]{0,4})\s*\Z")


def well_position(name: str) -> tuple[int, int] | None:
    """Row and column from 0 of a well called by letters and a number: "B3", "b03", "B-3"; None of other names."""
    found = _WELL.match(name)
    if found is None:
        return None
    row, column = _letters_index(found[1].upper()), _digits_index(found[2])
    return None if row is None or column is None or max(row, column) >= MOST_ROWS else (row, column)


def conventional_indices(rows: Sequence[str], columns: Sequence[str]) -> tuple[tuple[int, ...], tuple[int, ...]] | None:
    """Numbers from 0 of rows called by letters and columns called by numbers; None where any is called otherwise."""
    found = tuple(map(_letters_index, rows)), tuple(map(_digits_index, columns))
    letters, numbers = (tuple(n for n in part if n is not None and n < MOST_ROWS) for part in found)
    whole = len(set(letters)) == len(rows) and len(set(numbers)) == len(columns)
    return (letters, numbers) if whole else None


def _letters_index(name: str) -> int | None:
    """14 of "O", 26 of "AA"; None of what is no row of the convention "letter"."""
    if not 0 < len(name) < 4 or any(not "A" <= letter <= "Z" for letter in name):
        return None
    index = 0
    for letter in name:
        index = 26 * index + ord(letter) - ord("A") + 1
    return index - 1


def _digits_index(name: str) -> int | None:
    """2 of "3" and of "03"; None of what is no column of the convention "number"."""
    return int(name) - 1 if name.isascii() and name.isdecimal() and len(name) < 6 and int(name) else None
