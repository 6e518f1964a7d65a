"""What the XML of a CZI file says of its images, in the words of the model."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from publisher.formats.ome_xml.acquired import Acquisition, Objective
from publisher.formats.ome_xml.engine import Element, parse_xml
from publisher.model.image import Channel
from publisher.sources.foreign.values import date_time, positive

_COLOR = re.compile(r"#(?:[0-9A-Fa-f]{2})?([0-9A-Fa-f]{6})")
_IMAGE = "Metadata/Information/Image"
_NANOSECONDS = 1e-9


@dataclass(frozen=True, slots=True, kw_only=True)
class CziWords:
    """Texts and numbers for all images of a file; ``pixel_size_um`` is (z, y, x)."""

    name: str = ""
    description: str = ""
    acquired: str | None = None
    pixel_size_um: tuple[float | None, float | None, float | None] = (None, None, None)
    increment_s: float | None = None
    bits: int | None = None
    channels: tuple[Channel, ...] = ()
    scenes: dict[int, str] = field(default_factory=dict)
    acquisition: Acquisition = field(default_factory=Acquisition)


def read_words(data: bytes, *, name: str) -> CziWords:
    """What ``data`` says; raises DamagedSourceError when it is no XML."""
    root = parse_xml(data, name=name)
    described = root.findall(f"{_IMAGE}/Dimensions/Channels/Channel")
    return CziWords(
        name=_text(root, "Metadata/Information/Document/Name"),
        description=_text(root, "Metadata/Information/Document/Description"),
        acquired=date_time(_text(root, f"{_IMAGE}/AcquisitionDateAndTime")),
        pixel_size_um=(_distance(root, "Z"), _distance(root, "Y"), _distance(root, "X")),
        increment_s=positive(_text(root, f"{_IMAGE}/Dimensions/T/Positions/Interval/Increment")),
        bits=_bits(_text(root, f"{_IMAGE}/ComponentBitCount")),
        channels=_channels(root, described),
        scenes=_scenes(root),
        acquisition=_acquisition(root, described),
    )


def _text(parent: Element, path: str) -> str:
    return str(parent.findtext(path) or "").strip()


def _distance(root: Element, axis: str) -> float | None:
    for item in root.findall("Metadata/Scaling/Items/Distance"):
        if item.get("Id") == axis:
            metres = positive(_text(item, "Value"))
            return metres * 1e6 if metres else None
    return None


def _bits(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 and 0 < int(text) <= 64 else None


def _channels(root: Element, described: list[Element]) -> tuple[Channel, ...]:
    shown = root.findall("Metadata/DisplaySetting/Channels/Channel")
    by_id = {channel.get("Id"): channel for channel in shown if channel.get("Id")}
    found = []
    for number, channel in enumerate(described or shown):
        display = by_id.get(channel.get("Id"), shown[number] if number < len(shown) else channel)
        found.append(
            Channel(
                name=(channel.get("Name") or display.get("Name") or "").strip(),
                color=_color(_text(display, "Color")) or _color(_text(channel, "Color")),
                emission_nm=positive(_text(channel, "EmissionWavelength")),
                excitation_nm=positive(_text(channel, "ExcitationWavelength")),
                fluor=_text(channel, "Fluor") or _text(display, "DyeName"),
            )
        )
    return tuple(found)


def _color(text: str) -> str | None:
    match = _COLOR.fullmatch(text)
    return match[1].upper() if match else None


def _scenes(root: Element) -> dict[int, str]:
    scenes = root.findall(f"{_IMAGE}/Dimensions/S/Scenes/Scene")
    numbers = ((scene.get("Index", ""), scene) for scene in scenes)
    return {
        int(number): str(scene.get("Name") or "").strip()
        for number, scene in numbers
        if number.isascii() and number.isdecimal() and len(number) < 10
    }


def _acquisition(root: Element, described: list[Element]) -> Acquisition:
    objectives = root.findall("Metadata/Information/Instrument/Objectives/Objective")
    reference = root.find(f"{_IMAGE}/ObjectiveSettings/ObjectiveRef")
    wanted = reference.get("Id") if reference is not None else None
    chosen = next((each for each in objectives if each.get("Id") == wanted), objectives[0] if objectives else None)
    microscopes = root.findall("Metadata/Information/Instrument/Microscopes/Microscope")
    microscope = (_text(microscopes[0], "System") or microscopes[0].get("Name", "")) if microscopes else ""
    application = root.find("Metadata/Information/Application")
    words = [f"{_text(application, 'Name')} {_text(application, 'Version')}"] if application is not None else []
    words = [word.strip() for word in words if word.strip()]
    exposures = tuple(positive(_text(channel, "ExposureTime")) for channel in described)
    modes = (
        (f"Channel {number + 1} {key}", _text(channel, key))
        for number, channel in enumerate(described)
        for key in ("AcquisitionMode", "IlluminationType", "ContrastMethod", "PinholeSizeAiry")
    )
    return Acquisition(
        microscope=microscope.strip(),
        objective=None if chosen is None else _objective(root, chosen),
        exposures_s=tuple(each * _NANOSECONDS if each else None for each in exposures),
        original=(*(("Application", word) for word in words), *modes),
    )


def _objective(root: Element, chosen: Element) -> Objective:
    return Objective(
        model=_text(chosen, "Manufacturer/Model") or str(chosen.get("Name") or "").strip(),
        manufacturer=_text(chosen, "Manufacturer/Manufacturer"),
        magnification=positive(_text(chosen, "NominalMagnification")),
        na=positive(_text(chosen, "LensNA")),
        immersion=_text(chosen, "Immersion"),
        medium=_text(root, f"{_IMAGE}/ObjectiveSettings/Medium"),
        refractive_index=positive(_text(root, f"{_IMAGE}/ObjectiveSettings/RefractiveIndex")),
    )
