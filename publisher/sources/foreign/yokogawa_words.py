"""The XML files of a Yokogawa plate (CV7000, CV8000, CQ1): the plate, the list of pictures, channels and dates."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from publisher.formats.ome_xml.acquired import Acquisition, Objective
from publisher.formats.ome_xml.engine import Element, parse_xml
from publisher.model.image import Channel
from publisher.sources.damage import damaged
from publisher.sources.foreign.values import date_time, positive

NAMESPACE = "http://www.yokogawa.co.jp/BTS/BTSSchema/1.0"
_B = "{" + NAMESPACE + "}"
_MOST_BYTES = 512 << 20
_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})")
_BAND = re.compile(r"BP(\d{3,4})/\d+")
_MOST_ROWS = 1024


@dataclass(frozen=True, slots=True)
class Record:
    """One picture: where it belongs, all counted from 1, and the file that holds it."""

    row: int
    column: int
    field: int
    t: int
    z: int
    channel: tuple[int, int, int]
    """Time line, action, channel: pictures of one place differ in these only."""
    position_um: tuple[float | None, float | None]
    height_um: float | None
    acquired: str | None
    file: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PlateWords:
    """What stands in the plate's own file."""

    name: str
    rows: int
    columns: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DetailWords:
    """What stands in the files about the measurement; empty where they are not there."""

    start: str | None = None
    end: str | None = None
    pixel_um: dict[int, float] = field(default_factory=dict)
    bits: dict[int, int] = field(default_factory=dict)
    channels: dict[int, Channel] = field(default_factory=dict)
    exposures_s: dict[int, float] = field(default_factory=dict)
    objective: Objective | None = None
    system: str = ""

    def acquisition(self, channels: list[int]) -> Acquisition:
        """How the images of these channels were taken."""
        exposures = tuple(self.exposures_s.get(number) for number in channels)
        return Acquisition(microscope=self.system, objective=self.objective, exposures_s=exposures)


def read_root(path: Path, name: str) -> Element:
    """The root of one of the XML files."""
    if not path.is_file():
        raise damaged(name, f"needs the file {path.name!r:.100}, which is not there", code="source.missing-file")
    if path.stat().st_size > _MOST_BYTES:
        raise damaged(path, f"is larger than {_MOST_BYTES} bytes of XML", code="source.too-large")
    return parse_xml(path.read_bytes(), name=str(path))


def read_plate(root: Element, name: str) -> PlateWords:
    """The plate of a .wpi file."""
    rows, columns = _whole(root, "Rows"), _whole(root, "Columns")
    if root.tag != _B + "WellPlate" or not (0 < rows <= _MOST_ROWS and 0 < columns <= _MOST_ROWS):
        raise damaged(name, f"describes a plate of {rows} rows and {columns} columns")
    return PlateWords(name=_get(root, "Name"), rows=rows, columns=columns)


def read_records(root: Element, name: str) -> Iterator[Record]:
    """Every picture that MeasurementData.mlf lists; records of errors are none."""
    for element in root.iter(_B + "MeasurementRecord"):
        if _get(element, "Type") != "IMG":
            continue
        keys = ("Row", "Column", "FieldIndex", "TimePoint", "ZIndex", "TimelineIndex", "ActionIndex", "Ch")
        row, column, number, t, z, line, action, channel = (_whole(element, key) for key in keys)
        if min(row, column, number, t, z) < 1:
            raise damaged(name, f"lists a picture without a place: {element.text!r:.100}")
        yield Record(
            row=row,
            column=column,
            field=number,
            t=t,
            z=z,
            channel=(line, action, channel),
            position_um=(_number(element, "X"), _number(element, "Y")),
            height_um=_number(element, "Z"),
            acquired=date_time(_get(element, "Time")),
            file=(element.text or "").strip(),
        )


def read_details(detail: Element | None, setting: Element | None) -> DetailWords:
    """MeasurementDetail.mrf and the .mes file that it names."""
    told = [] if detail is None else detail.findall(_B + "MeasurementChannel")
    set_up = [] if setting is None else setting.findall(f"{_B}ChannelList/{_B}Channel")
    lights = {} if setting is None else _lights(setting)
    sizes = {_whole(each, "Ch"): positive(_get(each, "HorizontalPixelDimension")) for each in told}
    exposures = {_whole(each, "Ch"): positive(_get(each, "ExposureTime")) for each in set_up}
    first = set_up[0] if set_up else None
    return DetailWords(
        start=None if detail is None else date_time(_get(detail, "BeginTime")),
        end=None if detail is None else date_time(_get(detail, "EndTime")),
        system="" if detail is None else _get(detail, "TargetSystem"),
        pixel_um={number: size for number, size in sizes.items() if size},
        bits={_whole(each, "Ch"): bits for each in told if 0 < (bits := _whole(each, "InputBitDepth")) <= 16},
        channels={_whole(each, "Ch"): _channel(each, lights) for each in set_up},
        exposures_s={number: each / 1000 for number, each in exposures.items() if each},
        objective=None
        if first is None
        else Objective(model=_get(first, "Objective"), magnification=positive(_get(first, "Magnification"))),
    )


def _lights(setting: Element) -> dict[str, float | None]:
    found = setting.iter(_B + "LightSource")
    return {_get(each, "Name"): positive(_get(each, "WaveLength")) for each in found}


def _channel(element: Element, lights: dict[str, float | None]) -> Channel:
    color, band = _COLOR.fullmatch(_get(element, "Color")), _BAND.search(_get(element, "Acquisition"))
    light = (element.findtext(_B + "LightSourceName") or "").strip()
    return Channel(
        name=_get(element, "Fluorophore") or _get(element, "Acquisition") or _get(element, "Target"),
        color=color[1].upper() if color else None,
        excitation_nm=lights.get(light),
        emission_nm=positive(band[1]) if band else None,
        fluor=_get(element, "Fluorophore"),
    )


def _get(element: Element, key: str) -> str:
    return str(element.get(_B + key) or "").strip()


def _whole(element: Element, key: str) -> int:
    text = _get(element, key)
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 8 else 0


def _number(element: Element, key: str) -> float | None:
    try:
        return float(_get(element, key))
    except ValueError:
        return None


def setting_name(detail: Element) -> str:
    """The .mes file that MeasurementDetail.mrf names."""
    return _get(detail, "MeasurementSettingFileName")
