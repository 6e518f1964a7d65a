"""Plates: wells in rows and columns, and the images taken in them."""

from dataclasses import dataclass


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
