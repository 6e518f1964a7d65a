"""Where each image of a plate goes in its fileset: "A/1/0". Pure: reads nothing, writes nothing."""

import re
import unicodedata
from collections.abc import Collection, Sequence
from dataclasses import replace

from publisher.model.plate_layout import PlacedField, PlacedWell, PlateLayout
from publisher.model.screen import Plate, PlateAcquisition, Well

NO_ACQUISITION = "no acquisition"
"""Name of the acquisition that is made for fields in none, where a plate has several."""
_RESERVED = frozenset({"ome"})
"""Names in the root of a fileset that a row cannot have, in lower case."""
_UNSAFE = re.compile(r"[^A-Za-z0-9]+")


def plan_plate(plate: Plate, published: Collection[int]) -> PlateLayout:
    """Where the ``published`` series of ``plate`` go.

    "The path [...] MUST contain the row name, a slash and the column name"; fields are numbered from 0 within their
    well. Series of the plate that are not published leave no gap.
    """
    rows, columns = path_names(plate.rows, "R", _RESERVED), path_names(plate.columns, "C")
    wells = tuple(
        planned
        for well in sorted(plate.wells, key=lambda each: (each.row, each.column))
        if (planned := _well(well, f"{rows[well.row]}/{columns[well.column]}", published))
    )
    acquisitions = plate.acquisitions
    if len(acquisitions) > 1 and any(field.acquisition is None for well in wells for field in well.fields):
        rest = PlateAcquisition(id=max(each.id for each in acquisitions) + 1, name=NO_ACQUISITION)
        acquisitions = (*acquisitions, rest)
        wells = tuple(_assigned(well, rest.id) for well in wells)
    return PlateLayout(plate=plate, rows=rows, columns=columns, wells=wells, acquisitions=acquisitions)


def path_names(names: Sequence[str], letter: str, reserved: Collection[str] = ()) -> tuple[str, ...]:
    """``names`` of rows or columns as they may stand in a path, in the same order.

    "The row name MUST contain only alphanumeric characters, MUST be case-sensitive, and MUST NOT be a duplicate of any
    other name [...]. Care SHOULD be taken to avoid collisions on case-insensitive filesystems." So: accents are
    taken off, then whatever is no ASCII letter or digit; a name of which nothing is left is ``letter`` and its number;
    of names that are then equal, but for case, each later one gets "x2", "x3" ... behind it. Names that are fit as
    they are never change for the sake of others.
    """
    plain = [_plain(name) or f"{letter}{number}" for number, name in enumerate(names, 1)]
    taken = {*reserved}
    found: dict[int, str] = {}
    for at in sorted(range(len(plain)), key=lambda at: (plain[at] != names[at], at)):
        name, again = plain[at], 1
        while name.lower() in taken:
            again += 1
            name = f"{plain[at]}x{again}"
        taken.add(name.lower())
        found[at] = name
    return tuple(found[at] for at in range(len(plain)))


def _plain(name: str) -> str:
    return _UNSAFE.sub("", unicodedata.normalize("NFKD", name))


def _well(well: Well, path: str, published: Collection[int]) -> PlacedWell | None:
    shown = [field for field in well.fields if field.series in published]
    fields = tuple(
        PlacedField(field.series, f"{path}/{number}", field.acquisition) for number, field in enumerate(shown)
    )
    return PlacedWell(row=well.row, column=well.column, path=path, fields=fields) if fields else None


def _assigned(well: PlacedWell, acquisition: int) -> PlacedWell:
    """The well with every field in an acquisition: "If multiple acquisitions were performed in the plate, it MUST
    contain an integer identifying the acquisition"."""
    return replace(
        well,
        fields=tuple(
            replace(field, acquisition=acquisition) if field.acquisition is None else field for field in well.fields
        ),
    )
