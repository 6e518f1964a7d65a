"""A plate as it is published: which image is in which well, and which rows of images.csv speak of it."""

from collections.abc import Iterator
from dataclasses import dataclass

from publisher.model.container import Entry
from publisher.model.screen import PlateAcquisition


@dataclass(frozen=True, slots=True, kw_only=True)
class WellField:
    """One image of a well: ``number`` counts from 1, ``acquisition`` is the id of its run."""

    entry: Entry
    number: int
    acquisition: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WellContents:
    """One well that the plate is known to have; ``row`` and ``column`` count from 0.

    ``name`` is what people call it ("B3"), ``address`` the same as it may stand in an address. ``fields`` are its
    images, by run, then number. ``about`` are numbers of rows that speak of the well, ``records`` of rows that speak
    of images in it whose pixels are not here. ``taken``: the source has images of it, published or not.
    """

    row: int
    column: int
    name: str
    address: str
    fields: tuple[WellField, ...] = ()
    about: tuple[int, ...] = ()
    records: tuple[int, ...] = ()
    taken: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateContents:
    """A plate with the names of all its rows and columns; ``wells`` by row, then column.

    ``is_full``: every place is a well, also those that ``wells`` does not list, which are empty. ``unplaced`` are
    images of the plate whose well is not known. ``about`` are numbers of rows that speak of the plate, ``records`` of
    rows that speak of a well it does not have.
    """

    id: str
    name: str
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    wells: tuple[WellContents, ...]
    acquisitions: tuple[PlateAcquisition, ...] = ()
    description: str = ""
    is_full: bool = False
    unplaced: tuple[Entry, ...] = ()
    about: tuple[int, ...] = ()
    records: tuple[int, ...] = ()

    def entries(self) -> Iterator[Entry]:
        """Every image of the plate: by well, run and number, then those in no well."""
        for well in self.wells:
            for field in well.fields:
                yield field.entry
        yield from self.unplaced
