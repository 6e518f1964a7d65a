"""One plate while it is put together: images and rows find their wells one by one."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from publisher.catalogue.tree import ContainerSaid, PlateFiles, ScreenFiles
from publisher.model.container import Entry
from publisher.model.plate_contents import PlateContents, WellContents, WellField
from publisher.model.screen import (
    Plate,
    PlateAcquisition,
    WellPlace,
    column_name,
    conventional_indices,
    row_name,
    well_position,
)

Position = tuple[int, int]
"""Row and column, from 0."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourcePlate:
    """A plate that the file ``path`` describes; ``id`` is its fileset's, ``name`` the file's where it has none."""

    id: str
    name: str
    path: str
    plate: Plate


@dataclass(slots=True)
class _Well:
    fields: list[WellField] = field(default_factory=list)
    about: list[int] = field(default_factory=list)
    records: list[int] = field(default_factory=list)
    taken: bool = False
    ome_name: str = ""


class PlateDraft:
    """A plate that study.yaml (``files``), a source or images.csv speaks of; ``screen`` is the one it stands in."""

    def __init__(
        self,
        name: str,
        identifier: str,
        *,
        screen: ScreenFiles | None = None,
        files: PlateFiles | None = None,
        source: SourcePlate | None = None,
    ) -> None:
        self.name, self.id, self.screen, self.files = name, identifier, screen, files
        self.source: SourcePlate | None = None
        self.unplaced: list[Entry] = []
        self.about: list[int] = []
        self.records: list[int] = []
        self._wells: dict[Position, _Well] = {}
        self._runs: dict[str, PlateAcquisition] = {}
        self._rows: dict[int, str] = {}
        self._columns: dict[int, str] = {}
        self._by_convention = True
        self._named: dict[str, Position] = {}
        self._fields: dict[int, tuple[Position, int, int | None]] = {}
        if source:
            self.describe(source)

    @property
    def said(self) -> ContainerSaid:
        """What the curator says of it in study.yaml."""
        return self.files.images.said if self.files else ContainerSaid()

    def describe(self, source: SourcePlate) -> None:
        """Take rows, columns, wells and fields from the plate of a source."""
        self.source, plate = source, source.plate
        indices = conventional_indices(plate.rows, plate.columns)
        self._by_convention = indices is not None
        rows, columns = indices or (range(len(plate.rows)), range(len(plate.columns)))
        self._rows = dict(zip(rows, plate.rows, strict=True))
        self._columns = dict(zip(columns, plate.columns, strict=True))
        for well in plate.wells:
            at = (rows[well.row], columns[well.column])
            name = plate.well_name(well)
            self._named[name.casefold()] = at
            self._wells[at] = _Well(taken=bool(well.fields), ome_name=name)
            for number, taken in enumerate(well.fields, 1):
                self._fields[taken.series] = (at, number, taken.acquisition)
        self._runs = {str(run.id): run for run in plate.acquisitions}

    def of_series(self, series: int) -> tuple[Position, int] | None:
        """Well and number of the field whose image is ``series`` of the source."""
        found = self._fields.get(series)
        return found and found[:2]

    def position(self, well: str) -> Position | None:
        """Where the well of this name is; None of a name that no well of the plate can have."""
        found = self._named.get(well.strip().casefold())
        return found or (well_position(well) if self._by_convention else None)

    def put_field(self, entry: Entry, series: int) -> None:
        """Place an image where the source says it was taken."""
        at, number, run = self._fields[series]
        self._well(at).fields.append(WellField(entry=entry, number=number, acquisition=run))

    def put(self, entry: Entry, at: Position, place: WellPlace) -> None:
        """Place an image where a row says it was taken; without a number it is the next of its run."""
        well, run = self._well(at), self._run(place.acquisition)
        number = int(place.field) if place.field else 1 + sum(other.acquisition == run for other in well.fields)
        well.fields.append(WellField(entry=entry, number=number, acquisition=run))

    def speak(self, row: int, at: Position, *, of_image: bool) -> None:
        """Take up row ``row`` of images.csv about a well, or about an image in it that is not here."""
        well = self._well(at)
        (well.records if of_image else well.about).append(row)

    def _well(self, at: Position) -> _Well:
        return self._wells.setdefault(at, _Well())

    def _run(self, said: str) -> int | None:
        if not said:
            return None
        if said not in self._runs:
            taken = {run.id for run in self._runs.values()}
            number = int(said) if said.isascii() and said.isdigit() and int(said[:9]) > 0 else 0
            free = next(n for n in range(1, len(taken) + 2) if n not in taken)
            self._runs[said] = PlateAcquisition(id=number or free, name="" if number else said)
        return self._runs[said].id

    def contents(self) -> PlateContents:
        """The plate as it is published."""
        part = self.files.part if self.files else None
        declared = (part.rows or 0, part.columns or 0) if part else (0, 0)
        positions = [*self._wells]
        counts = [
            max(least, 1 + max([*named, *(at[axis] for at in positions)], default=-1))
            for axis, (least, named) in enumerate(zip(declared, (self._rows, self._columns), strict=True))
        ]
        rows = tuple(self._rows.get(index, row_name(index)) for index in range(counts[0]))
        columns = tuple(self._columns.get(index, column_name(index)) for index in range(counts[1]))
        return PlateContents(
            id=self.id,
            name=self.name,
            description=(part.description if part else "") or (self.source.plate.description if self.source else ""),
            rows=rows,
            columns=columns,
            wells=tuple(self._contents(at, rows, columns) for at in sorted(self._wells)),
            acquisitions=tuple(sorted(self._runs.values(), key=lambda run: run.id)),
            is_full=all(declared),
            unplaced=tuple(self.unplaced),
            about=tuple(self.about),
            records=tuple(self.records),
        )

    def _contents(self, at: Position, rows: Sequence[str], columns: Sequence[str]) -> WellContents:
        well = self._wells[at]
        plain = f"{row_name(at[0])}{column_name(at[1])}"
        return WellContents(
            row=at[0],
            column=at[1],
            name=well.ome_name or f"{rows[at[0]]}{columns[at[1]]}",
            address=plain if self._by_convention else f"r{at[0] + 1}c{at[1] + 1}",
            fields=tuple(sorted(well.fields, key=lambda each: (each.acquisition or 0, each.number))),
            about=tuple(well.about),
            records=tuple(well.records),
            taken=well.taken,
        )
