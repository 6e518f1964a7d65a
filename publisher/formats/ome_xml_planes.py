"""Planes of an image: when, where and how long each was exposed; in brief, and all of them as CSV."""

import csv
import io
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

from publisher.formats.ome_units import micrometers, seconds
from publisher.formats.ome_xml_engine import NS, Element
from publisher.model.acquisition import Section

_METRIC = "µm"
_FRAMES = ("reference frame", "pixel")
"""Units of the schema that are no length, the first being its default."""
_ADDRESS = 3
"""TheZ, TheT and TheC: a plane without further attributes says nothing."""


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
                _time(values, "ExposureTime"),
                _time(values, "DeltaT"),
                (_position(values, "PositionX"), _position(values, "PositionY"), _position(values, "PositionZ")),
            )
            if row.exposure_s is not None or row.delta_t_s is not None or any(row.positions):
                yield row


@dataclass(slots=True)
class Span:
    """Least and greatest of the values that it was shown."""

    low: float = math.inf
    high: float = -math.inf

    def add(self, value: float) -> None:
        """Grow around ``value``."""
        self.low, self.high = min(self.low, value), max(self.high, value)

    def told(self, unit: str) -> str:
        """As "0.05 s" or "0.05 to 0.1 s"; empty without values."""
        if self.low > self.high:
            return ""
        low, high = f"{self.low:.6g}", f"{self.high:.6g}"
        return f"{low} {unit}" if low == high else f"{low} to {high} {unit}"


@dataclass(slots=True)
class PlaneValues:
    """What the planes of one image span: exposures in s by TheC, time in s, positions by name and unit."""

    count: int = 0
    exposures: dict[str, Span] = field(default_factory=dict)
    delta_t: Span = field(default_factory=Span)
    positions: dict[tuple[str, str], Span] = field(default_factory=dict)

    @classmethod
    def of(cls, pixels: Element) -> "PlaneValues":
        """Those of a Pixels element."""
        found = cls()
        for row in plane_rows(pixels):
            found._add(row)
        return found

    def _add(self, row: PlaneRow) -> None:
        self.count += 1
        if row.exposure_s is not None:
            self.exposures.setdefault(row.place[1], Span()).add(row.exposure_s)
        if row.delta_t_s is not None:
            self.delta_t.add(row.delta_t_s)
        for axis, position in zip("XYZ", row.positions, strict=True):
            if position is not None:
                self.positions.setdefault((f"Position{axis}", position[1]), Span()).add(position[0])

    def exposure(self, channel: int) -> str:
        """Exposure of the channel at ``channel``, from 0; empty where its planes say none."""
        span = self.exposures.get(str(channel))
        return span.told("s") if span else ""

    def section(self) -> Section:
        """All planes in brief; a section that says nothing when they do not."""
        if not self.count:
            return Section(kind="Plane")
        exposure = Span()
        for span in self.exposures.values():
            exposure.add(span.low)
            exposure.add(span.high)
        values = [("Count", f"{self.count:,}"), ("ExposureTime", exposure.told("s"))]
        values.append(("DeltaT", self.delta_t.told("s")))
        values += [(name, span.told(unit)) for (name, unit), span in sorted(self.positions.items())]
        return Section(kind="Plane", values=tuple((name, told) for name, told in values if told))


def planes_csv(image: Element) -> bytes:
    """A row for each Plane of an Image that says more than its place; nothing when none does.

    Columns: t, c, z (from 0), exposure_s, delta_t_s and position_x_um, position_y_um, position_z_um, those alone that
    any plane has. A position whose unit is no length (OME: "reference frame") stands in position_x, with its unit in
    position_x_unit.
    """
    pixels = image.find(NS + "Pixels")
    rows = [] if pixels is None else list(plane_rows(pixels))
    if not rows:
        return b""
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


def _time(values: Mapping[str, str], key: str) -> float | None:
    value = _finite(values.get(key))
    return None if value is None else seconds(value, values.get(key + "Unit", "s"))


def _position(values: Mapping[str, str], key: str) -> Position | None:
    value = _finite(values.get(key))
    if value is None:
        return None
    unit = values.get(key + "Unit", _FRAMES[0])
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
