"""Plates of an OME-XML tree as values of the model."""

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count

from publisher.errors import Problem
from publisher.formats.ome_units import micrometers
from publisher.formats.ome_xml.clean import warning
from publisher.formats.ome_xml.engine import NS, Element
from publisher.formats.ome_xml.guard import refused
from publisher.formats.ome_xml.read import text_of
from publisher.formats.ome_xml.tree import OmeTree
from publisher.model.image import Image
from publisher.model.screen import MOST_ROWS, Field, Plate, PlateAcquisition, Well, column_name, row_name

_MOST_NAMES = 500_000
"""Rows and columns of all plates of a document: 6,000 plates of 1,536 wells."""

Place = tuple[int, int]
"""Row and column of a well, from 0."""


def read_plates(tree: OmeTree, images: Sequence[Image]) -> tuple[tuple[Plate, ...], tuple[Problem, ...]]:
    """Every Plate of ``tree``, and a warning for each kind of fault: none is worth losing an image for.

    ``images`` are the source's, by which ImageRefs are resolved (`Image.ome_id`). An image is a field of one well
    only: "WellSampleImageRefIDKey" of the schema; the first well that claims it has it. Raises DamagedSourceError for
    more rows and columns than anybody has.
    """
    series: dict[str, int] = {}
    for image in images:
        if image.ome_id:
            series.setdefault(image.ome_id, image.series)
    work = _Reader(series, tree.name)
    plates = tuple(work.plate(element) for element in tree.root.iterfind(NS + "Plate"))
    return plates, tuple(
        warning(tree.name, message + (f" ({times} times)" if times > 1 else ""), code="ome-xml.plate")
        for message, times in work.faults.items()
    )


class _Reader:
    """Reads plate after plate; remembers which images have a well."""

    def __init__(self, series: dict[str, int], name: str) -> None:
        self._series, self._name = series, name
        self._spare = _MOST_NAMES
        self._taken: set[int] = set()
        self.faults: Counter[str] = Counter()

    def plate(self, element: Element) -> Plate:
        """One Plate."""
        acquisitions = tuple(_acquisitions(element))
        acquisition_of = _members(element)
        samples, ids = self._wells(element)
        rows, columns = self._extent(element, samples)
        return Plate(
            name=element.get("Name", "").strip(),
            description=text_of(element, "Description"),
            rows=_names(rows, element.get("RowNamingConvention") or "letter"),
            columns=_names(columns, element.get("ColumnNamingConvention") or "number"),
            acquisitions=acquisitions,
            wells=tuple(
                Well(
                    row=place[0],
                    column=place[1],
                    fields=tuple(self._fields(samples[place], acquisition_of)),
                    ome_id=ids[place],
                )
                for place in sorted(samples)
            ),
            ome_id=element.get("ID", ""),
        )

    def _wells(self, plate: Element) -> tuple[dict[Place, list[Element]], dict[Place, str]]:
        """WellSamples by the place of their well, and the ID of the first Well there; twins are one well."""
        samples: dict[Place, list[Element]] = {}
        ids: dict[Place, str] = {}
        for well in plate.iterfind(NS + "Well"):
            row, column = _number(well.get("Row")), _number(well.get("Column"))
            if row is None or column is None or max(row, column) >= MOST_ROWS:
                self.faults["a well has no usable Row and Column: its images are published without it"] += 1
                continue
            if (row, column) in samples:
                self.faults["a well is described twice: read as one"] += 1
            samples.setdefault((row, column), []).extend(well.iterfind(NS + "WellSample"))
            ids.setdefault((row, column), well.get("ID", ""))
        return samples, ids

    def _extent(self, plate: Element, wells: dict[Place, list[Element]]) -> Place:
        """Rows and columns: as the plate says, or as many as its wells need."""
        found = []
        for axis, key in enumerate(("Rows", "Columns")):
            needed = max((place[axis] + 1 for place in wells), default=1)
            told = _number(plate.get(key)) or 0
            if told > MOST_ROWS:
                self.faults[f"a plate of {told} {key}: read as one of {needed}"] += 1
                told = 0
            elif 0 < told < needed:
                self.faults[f"a plate says {key} {told}, its wells need {needed}"] += 1
            found.append(max(told, needed))
        self._spare -= sum(found)
        if self._spare < 0:
            message = f"plates of more than {_MOST_NAMES:,} rows and columns in all"
            raise refused(self._name, message, code="ome-xml.too-large")
        return found[0], found[1]

    def _fields(self, samples: Sequence[Element], acquisition_of: dict[str, int]) -> Iterator[Field]:
        """Fields with an image, by acquisition (samples in none last), then Index, then place in the document."""
        found = []
        for position, sample in enumerate(samples):
            series = self._image(sample)
            if series is not None:
                acquisition, index = acquisition_of.get(sample.get("ID", "")), _number(sample.get("Index"))
                order = (acquisition is None, acquisition or 0, index is None, index or 0, position)
                found.append((order, Field(series=series, acquisition=acquisition, position_um=_position(sample))))
        yield from (field for _, field in sorted(found, key=lambda each: each[0]))

    def _image(self, sample: Element) -> int | None:
        """Series of a sample's image; None where there is none that is not in another well."""
        reference = sample.find(NS + "ImageRef")
        if reference is None:
            return None
        series = self._series.get(reference.get("ID", ""))
        if series is None:
            self.faults["a well refers to an image that is not there"] += 1
        elif series in self._taken:
            self.faults["an image is in two wells: it is shown in the first"] += 1
        else:
            self._taken.add(series)
            return series
        return None


def _acquisitions(plate: Element) -> Iterator[PlateAcquisition]:
    """PlateAcquisitions in their order, numbered from 1."""
    for number, element in zip(count(1), plate.iterfind(NS + "PlateAcquisition"), strict=False):
        yield PlateAcquisition(
            id=number,
            name=element.get("Name", "").strip(),
            description=text_of(element, "Description"),
            start=element.get("StartTime") or None,
            end=element.get("EndTime") or None,
        )


def _members(plate: Element) -> dict[str, int]:
    """For the ID of each WellSample its acquisition; the first that refers to it."""
    found: dict[str, int] = {}
    for number, element in zip(count(1), plate.iterfind(NS + "PlateAcquisition"), strict=False):
        for reference in element.iterfind(NS + "WellSampleRef"):
            found.setdefault(reference.get("ID", ""), number)
    return found


def _names(size: int, convention: str) -> tuple[str, ...]:
    name = row_name if convention == "letter" else column_name
    return tuple(map(name, range(size)))


def _number(text: str | None) -> int | None:
    """``text`` as a whole number from 0; None when it is not one."""
    text = (text or "").strip().removeprefix("+")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else None


def _position(sample: Element) -> tuple[float | None, float | None]:
    """Stage position (x, y) in µm; the schema's default unit is "reference frame", which is no length."""
    x, y = (_length(sample.get(f"Position{axis}"), sample.get(f"Position{axis}Unit", "")) for axis in "XY")
    return x, y


def _length(text: str | None, unit: str) -> float | None:
    try:
        value = float(text or "")
    except ValueError:
        return None
    return micrometers(value, unit) if abs(value) < 1e300 else None  # no infinity, no NaN
