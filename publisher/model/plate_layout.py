"""How a plate's images lie in their fileset: rows, columns, wells and fields as they are published."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from publisher.model.screen import Plate, PlateAcquisition


@dataclass(frozen=True, slots=True)
class PlacedField:
    """One field: the image's series in the source, its path in the fileset ("A/1/0"), its acquisition's id."""

    series: int
    path: str
    acquisition: int | None = None

    @property
    def name(self) -> str:
        """Its folder in the well: the last part of its path."""
        return self.path.rpartition("/")[2]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlacedWell:
    """One well with at least one field; ``path`` is "A/1", ``row`` and ``column`` count from 0."""

    row: int
    column: int
    path: str
    fields: tuple[PlacedField, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateLayout:
    """The layout of one plate's fileset. ``plate`` is as the source describes it, with the wells that are empty.

    ``rows`` and ``columns`` are names that may stand in a path; ``wells`` are sorted by row, then column.
    ``acquisitions`` are the plate's, and one more where some field of several acquisitions is in none.
    """

    plate: Plate
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    wells: tuple[PlacedWell, ...]
    acquisitions: tuple[PlateAcquisition, ...] = ()

    def fields(self) -> Iterator[PlacedField]:
        """Every field, in the order of the fileset's ``series``: by row, column, place in the well."""
        for well in self.wells:
            yield from well.fields

    @property
    def field_count(self) -> int:
        """Fields of the well that has most."""
        return max((len(well.fields) for well in self.wells), default=0)

    def most_fields(self, acquisition: int) -> int:
        """Fields of an acquisition in the well that has most of it."""
        return max((sum(field.acquisition == acquisition for field in well.fields) for well in self.wells), default=0)

    def only(self, series: Collection[int]) -> "PlateLayout":
        """The layout with these images alone: paths stay, wells that are left without a field go."""
        wells = (
            replace(well, fields=tuple(field for field in well.fields if field.series in series)) for well in self.wells
        )
        return replace(self, wells=tuple(well for well in wells if well.fields))
