"""NGFF plates as our model: rows, columns, wells, and which group each field of a well is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from publisher.errors import Problem, SourceError
from publisher.model.screen import Field, Plate, PlateAcquisition, Well
from publisher.sources.damage import damaged, warning
from publisher.sources.zarr_files import ZarrFiles, check_key, join
from publisher.sources.zarr_images import ome_attributes

MAX_WELLS = 10_000
MAX_FIELDS = 10_000
MAX_TOLD = 10
"""Wells that are left out and told of one by one; of more only their number."""


@dataclass(frozen=True, slots=True)
class FieldGroup:
    """A field of a well: the group of its image, and the number of its acquisition (from 1), if it tells."""

    group: str
    acquisition: int | None


@dataclass(frozen=True, slots=True)
class _WellGroup:
    row: int
    column: int
    fields: tuple[FieldGroup, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateGroups:
    """A plate as its metadata tells; `with_series` makes it a `Plate` when the images are known."""

    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    acquisitions: tuple[PlateAcquisition, ...]
    wells: tuple[_WellGroup, ...]

    def groups(self) -> list[str]:
        """Groups of all fields, well after well."""
        return list(dict.fromkeys(field.group for well in self.wells for field in well.fields))

    def with_series(self, series: Mapping[str, int]) -> Plate:
        """The plate with the images that could be read, by group; one that is listed twice is where it was first."""
        places: set[str] = set()
        wells = (
            Well(
                row=well.row,
                column=well.column,
                fields=tuple(
                    Field(series=series[field.group], acquisition=field.acquisition)
                    for field in sorted(_once(well.fields, places), key=lambda field: field.acquisition or 0)
                    if field.group in series
                ),
            )
            for well in self.wells
        )
        return Plate(
            name=self.name,
            rows=self.rows,
            columns=self.columns,
            wells=tuple(sorted(wells, key=lambda well: (well.row, well.column))),
            acquisitions=self.acquisitions,
        )


def _once(fields: Sequence[FieldGroup], seen: set[str]) -> list[FieldGroup]:
    """``fields`` without those whose image is in ``seen``, which they join."""
    found = []
    for field in fields:
        if field.group not in seen:
            seen.add(field.group)
            found.append(field)
    return found


def read_plate(files: ZarrFiles, group: str, plate: object, warnings: list[Problem]) -> PlateGroups:
    """The plate that the attributes of ``group`` describe. A well whose group is missing is a warning."""
    if not isinstance(plate, dict):
        raise damaged(files.name, f"has a plate that is {str(plate)[:40]!r}, expected an object")
    rows, columns = _names(files, plate, "rows"), _names(files, plate, "columns")
    wells = plate.get("wells")
    if not isinstance(wells, list) or len(wells) > MAX_WELLS:
        raise damaged(files.name, f"has a plate without a list of at most {MAX_WELLS} wells")
    acquisitions, numbers = _acquisitions(plate.get("acquisitions"))
    found = []
    left_out = 0
    for well in wells:
        record = _mapping(well)
        path = check_key(str(record.get("path", "")), files.name)
        row, column = _place(files, record, path, rows, columns)
        try:
            fields = read_well(files, join(group, path), numbers)
        except SourceError as error:
            left_out += 1
            if left_out <= MAX_TOLD:
                message = f"well {path} is left out: {'; '.join(problem.message for problem in error.problems)}"
                warnings.append(warning(files.name, "source.well-left-out", message))
            continue
        found.append(_WellGroup(row, column, fields))
    if left_out > MAX_TOLD:
        message = f"{left_out - MAX_TOLD} more wells are left out"
        warnings.append(warning(files.name, "source.well-left-out", message))
    places = [(well.row, well.column) for well in found]
    if len(set(places)) != len(places):
        raise damaged(files.name, "has a plate with two wells in one place")
    name = plate.get("name")
    return PlateGroups(
        name=name if isinstance(name, str) else "",
        rows=rows,
        columns=columns,
        acquisitions=acquisitions,
        wells=tuple(found),
    )


def read_well(files: ZarrFiles, group: str, numbers: Mapping[int, int]) -> tuple[FieldGroup, ...]:
    """Fields of the well at ``group``, in its order; ``numbers``: acquisitions from 1 by the id they have there."""
    attributes = ome_attributes(files, group)
    if attributes is None:
        raise damaged(files.name, f"has no group {group!r}")
    images = _mapping(attributes.get("well")).get("images")
    if not isinstance(images, list) or len(images) > MAX_FIELDS:
        raise damaged(files.name, f"has a well {group!r} without a list of at most {MAX_FIELDS} images")
    fields = []
    for image in images:
        record = _mapping(image)
        acquisition = record.get("acquisition")
        path = join(group, check_key(str(record.get("path", "")), files.name))
        fields.append(FieldGroup(path, numbers.get(acquisition) if type(acquisition) is int else None))
    return tuple(fields)


def _names(files: ZarrFiles, plate: Mapping[str, Any], what: str) -> tuple[str, ...]:
    """Names of rows or columns; their order is their number."""
    found = plate.get(what)
    if not isinstance(found, list) or not 0 < len(found) <= MAX_WELLS:
        raise damaged(files.name, f"has a plate without a list of {what}")
    names = tuple(str(_mapping(each).get("name", "")) for each in found)
    if "" in names or len(set(names)) != len(names):
        raise damaged(files.name, f"has a plate whose {what} have no names of their own: {', '.join(names)[:120]}")
    return names


def _place(
    files: ZarrFiles, well: Mapping[str, Any], path: str, rows: Sequence[str], columns: Sequence[str]
) -> tuple[int, int]:
    """Row and column of a well: by its path, which names them; else by its indices."""
    row, _, column = path.partition("/")
    if row in rows and column in columns:
        return rows.index(row), columns.index(column)
    down, across = well.get("rowIndex"), well.get("columnIndex")
    if isinstance(down, int) and isinstance(across, int) and 0 <= down < len(rows) and 0 <= across < len(columns):
        return int(down), int(across)
    raise damaged(files.name, f"has a well {path!r} that is in no row and column of its plate")


def _acquisitions(value: object) -> tuple[tuple[PlateAcquisition, ...], dict[int, int]]:
    """Acquisitions numbered from 1 in the order of their ids, and those numbers by id."""
    records = [_mapping(each) for each in value] if isinstance(value, list) else []
    by_id = {record["id"]: record for record in records if type(record.get("id")) is int}
    numbers = {identifier: number for number, identifier in enumerate(sorted(by_id), start=1)}
    found = (_acquisition(number, by_id[identifier]) for identifier, number in numbers.items())
    return tuple(found), numbers


def _acquisition(number: int, record: Mapping[str, Any]) -> PlateAcquisition:
    name, description = record.get("name"), record.get("description")
    return PlateAcquisition(
        id=number,
        name=name if isinstance(name, str) else "",
        description=description if isinstance(description, str) else "",
        start=_time(record.get("starttime")),
        end=_time(record.get("endtime")),
    )


def _time(value: object) -> str | None:
    """Seconds since the epoch, or milliseconds if the number is that large, as ISO 8601 in UTC."""
    if type(value) is not int or not 0 < value < 10**14:
        return None
    seconds = value / 1000 if value > 10**11 else value
    return datetime.fromtimestamp(seconds, UTC).isoformat(timespec="seconds").removesuffix("+00:00") + "Z"


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
