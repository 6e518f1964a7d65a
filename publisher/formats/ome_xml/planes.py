"""Planes of an image: when, where and how long each was exposed; in brief, and all of them as CSV."""

import csv
import io
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

from publisher.formats.ome_units import micrometers, seconds
from publisher.formats.ome_xml.engine import NS, Element
from publisher.model.acquisition import Section

_METRIC = "µm"
_FRAMES = ("reference frame", "pixel")
"""Units of the schema that are no length, the first being its default."""
_ADDRESS = 3
"""TheZ, TheT and TheC: a plane without further attributes says nothing."""


_MOST_CHANNELS = 10_000

Position = tuple[float, str]
"""Value and unit."""


class PlaneRow(NamedTuple):
    """What one Plane says: its ``place`` (TheT, TheC, TheZ), exposure and time since the start, position of the stage.

    ``positions`` along x, y and z are (value, unit), the unit being µm for every length; None is what it does not say.
    """

    place: tuple[str, str, str]
    exposure_s: float | None
    delta_t_s: float | None
    positions: tuple[Position | None, Position | None, Position | None]


def plane_rows(pixels: Element) -> Iterator[PlaneRow]:
    """Planes of a Pixels element that say more than their place; a value that is no number says nothing."""
    for plane in pixels.iterchildren(NS + "Plane"):
        values = plane.attrib
        if len(values) > _ADDRESS:
            row = PlaneRow(
                (_index(values, "TheT"), _index(values, "TheC"), _index(values, "TheZ")),
                _time(values.get("ExposureTime"), values.get("ExposureTimeUnit")),
                _time(values.get("DeltaT"), values.get("DeltaTUnit")),
                (
                    _position(values.get("PositionX"), values.get("PositionXUnit")),
                    _position(values.get("PositionY"), values.get("PositionYUnit")),
                    _position(values.get("PositionZ"), values.get("PositionZUnit")),
                ),
            )
            if row.exposure_s is not None or row.delta_t_s is not None or any(row.positions):
                yield row


@dataclass(slots=True)
class Span:
    """Least and greatest of the values that it was shown."""

    low: float = math.inf
    high: float = -math.inf

    @classmethod
    def of(cls, values: Iterable[float | None]) -> "Span":
        """That of ``values`` that are any."""
        found = cls()
        for value in values:
            if value is not None:
                found.add(value)
        return found

    def add(self, value: float) -> None:
        """Grow around ``value``."""
        self.low, self.high = min(self.low, value), max(self.high, value)

    def told(self, unit: str) -> str:
        """As "0.05 s" or "0.05 to 0.1 s"; empty without values."""
        if self.low > self.high:
            return ""
        low, high = f"{self.low:.6g}", f"{self.high:.6g}"
        return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class PlaneTable:
    """The planes of one image: ``csv`` has a row for each that says more than its place, ``section`` all in brief.

    ``exposures`` are those of each channel in words ("0.05 to 0.1 s"), empty where its planes say none.
    Columns of the CSV: t, c, z (from 0), exposure_s, delta_t_s and position_x_um, position_y_um, position_z_um, those
    alone that any plane has. A position whose unit is no length (OME: "reference frame") stands in position_x, with
    its unit in position_x_unit.
    """

    csv: bytes
    section: Section
    exposures: tuple[str, ...]


def plane_table(image: Element) -> PlaneTable | None:
    """The planes of an Image; None where none says more than its place."""
    pixels = image.find(NS + "Pixels")
    rows = [] if pixels is None else list(plane_rows(pixels))
    if pixels is None or not rows:
        return None
    annotated = sum(1 for _ in pixels.iterfind(f"{NS}Plane/{NS}AnnotationRef/.."))
    return PlaneTable(csv=_csv(rows), section=_section(rows, annotated), exposures=_exposures(rows))


def _section(rows: Sequence[PlaneRow], annotated: int) -> Section:
    values = [
        ("Count", f"{len(rows):,}"),
        ("ExposureTime", Span.of(row.exposure_s for row in rows).told("s")),
        ("DeltaT", Span.of(row.delta_t_s for row in rows).told("s")),
    ]
    for number, axis in enumerate("XYZ"):
        positions = [position for row in rows if (position := row.positions[number])]
        for unit in sorted({unit for _, unit in positions}):
            span = Span.of(value for value, own in positions if own == unit)
            values.append((f"Position{axis}", span.told(unit)))
    values.append(("Annotated", f"{annotated:,}, by the OME-XML" if annotated else ""))
    return Section(kind="Plane", values=tuple((name, told) for name, told in values if told))


def _exposures(rows: Iterable[PlaneRow]) -> tuple[str, ...]:
    spans: dict[int, Span] = {}
    for row in rows:
        if row.exposure_s is not None and row.place[1]:
            spans.setdefault(int(row.place[1]), Span()).add(row.exposure_s)
    last = min(max(spans, default=-1), _MOST_CHANNELS)
    return tuple(spans[channel].told("s") if channel in spans else "" for channel in range(last + 1))


def _csv(rows: Sequence[PlaneRow]) -> bytes:
    columns = list(_columns(rows))
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["t", "c", "z", *(name for name, _ in columns)])
    writer.writerows([*row.place, *(told(row) for _, told in columns)] for row in rows)
    return out.getvalue().encode()


def _columns(rows: Sequence[PlaneRow]) -> Iterator[tuple[str, Callable[[PlaneRow], str]]]:
    """Columns that any row has something in, each with what a row says there."""
    if any(row.exposure_s is not None for row in rows):
        yield "exposure_s", lambda row: _number(row.exposure_s)
    if any(row.delta_t_s is not None for row in rows):
        yield "delta_t_s", lambda row: _number(row.delta_t_s)
    for number, axis in enumerate("xyz"):
        units = {position[1] for row in rows if (position := row.positions[number])}
        if _METRIC in units:
            yield f"position_{axis}_um", partial(_length, number)
        if units - {_METRIC}:
            yield f"position_{axis}", partial(_reading, number)
            yield f"position_{axis}_unit", partial(_unit, number)


def _length(number: int, row: PlaneRow) -> str:
    position = row.positions[number]
    return _number(position[0]) if position and position[1] == _METRIC else ""


def _reading(number: int, row: PlaneRow) -> str:
    position = row.positions[number]
    return _number(position[0]) if position and position[1] != _METRIC else ""


def _unit(number: int, row: PlaneRow) -> str:
    position = row.positions[number]
    return position[1] if position and position[1] != _METRIC else ""


def _index(values: Mapping[str, str], key: str) -> str:
    text = values.get(key, "")
    return text if text.isascii() and text.isdecimal() and len(text) < 12 else ""


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return str(int(value)) if value == int(value) and abs(value) < 2**53 else repr(value)


def _time(text: str | None, unit: str | None) -> float | None:
    """In s; the schema's default unit is s."""
    value = _finite(text)
    return None if value is None else seconds(value, unit or "s")


def _position(text: str | None, unit: str | None) -> Position | None:
    """In µm, or in a unit that is no length."""
    value = _finite(text)
    if value is None:
        return None
    unit = unit or _FRAMES[0]
    length = micrometers(value, unit)
    if length is not None:
        return length, _METRIC
    return (value, unit) if unit in _FRAMES else None


def _finite(text: str | None) -> float | None:
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
