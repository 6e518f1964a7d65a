"""What the XML of a Leica file says of one image."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from publisher.formats.ome_xml.acquired import Acquisition, Objective
from publisher.formats.ome_xml.engine import Element
from publisher.model.image import Channel
from publisher.sources.foreign.values import positive

_LUTS = {
    "red": "FF0000", "green": "00FF00", "blue": "0000FF", "cyan": "00FFFF", "magenta": "FF00FF", "yellow": "FFFF00",
    "gray": "FFFFFF", "grey": "FFFFFF",
}  # fmt: skip
_IMMERSIONS = {"OIL": "Oil", "WATER": "Water", "DRY": "Air", "AIR": "Air", "GLYC": "Glycerol", "GLYCEROL": "Glycerol"}
X, Y, Z, T, MOSAIC = 1, 2, 3, 4, 10
AXIS_NAMES = {
    4: "time", 5: "emission wavelength", 6: "rotation", 7: "XT slice", 8: "T slice", 9: "excitation wavelength",
    11: "loop",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Dimension:
    """One axis: Leica's number of it, how many, bytes from one to the next, extent in metres or seconds."""

    number: int
    count: int
    step: int
    origin: float
    length: float
    unit: str

    @property
    def increment(self) -> float | None:
        """From one to the next: Leica's length reaches from the first to the last."""
        return positive(abs(self.length) / (self.count - 1)) if self.count > 1 else None

    @property
    def pixel_um(self) -> float | None:
        """Increment of an axis in metres, as µm."""
        return self.increment * 1e6 if self.increment and self.unit == "m" else None


@dataclass(frozen=True, slots=True)
class StoredChannel:
    """One channel: bytes to its first sample, numpy type, bits in use, colour tag (1 red, 2 green, 3 blue)."""

    place: int
    stored: str
    bits: int
    tag: int
    lut: str


def image_elements(root: Element) -> Iterator[tuple[str, Element]]:
    """(path of names below the project, element) of every image, in the file's order."""
    stack: list[tuple[str, Element]] = [("", child) for child in reversed(root.findall("Element"))]
    top = True
    while stack:
        path, element = stack.pop()
        name = (element.get("Name") or "").strip()
        here = "" if top else f"{path}/{name}" if path else name
        top = False
        if element.find("Data/Image") is not None:
            yield here or name, element
        stack += [(here, child) for child in reversed(element.findall("Children/Element"))]


def dimensions(element: Element) -> tuple[Dimension, ...]:
    """Axes of an image, the fastest first; raises ValueError or KeyError for what is no number or not there."""
    found = [
        Dimension(
            int(each.attrib["DimID"]),
            int(each.attrib["NumberOfElements"]),
            int(each.attrib["BytesInc"]),
            float(each.get("Origin") or 0),
            float(each.get("Length") or 0),
            each.get("Unit", ""),
        )
        for each in element.findall("Data/Image/ImageDescription/Dimensions/DimensionDescription")
    ]
    return tuple(sorted(found, key=lambda each: each.step))


def channels(element: Element) -> tuple[StoredChannel, ...]:
    """Channels of an image in the file's order; raises ValueError or KeyError as `dimensions` does."""
    found = []
    for each in element.findall("Data/Image/ImageDescription/Channels/ChannelDescription"):
        bits = int(each.attrib["Resolution"])
        size = next((size for size in (1, 2, 4, 8) if 0 < bits <= size * 8), 0)
        kind = {"0": "u", "1": "f"}.get(each.get("DataType", "0"), "")
        if not kind or not size or (kind == "f" and size < 4):
            raise ValueError(f"samples of {bits} bits and type {each.get('DataType')}")
        stored = StoredChannel(
            int(each.attrib["BytesInc"]),
            f"<{kind}{size}",
            bits,
            int(each.get("ChannelTag") or 0),
            each.get("LUTName", ""),
        )
        found.append(stored)
    return tuple(found)


def described_channels(element: Element, stored: tuple[StoredChannel, ...]) -> tuple[Channel, ...]:
    """Names and colours: the dye of the detector that was on, and the look-up table."""
    names = _dyes(element)
    told = names if len(names) == len(stored) else [""] * len(stored)
    return tuple(
        Channel(name=name, color=_LUTS.get(each.lut.strip().lower()), fluor=name.rpartition("/")[2])
        for name, each in zip(told, stored, strict=True)
    )


def _dyes(element: Element) -> list[str]:
    confocal = _hardware(element)
    if confocal is None:
        return []
    bands = {band.get("Channel"): (band.get("DyeName") or "").strip() for band in confocal.iter("MultiBand")}
    active = [each for each in confocal.findall(".//DetectorList/Detector") if each.get("IsActive") == "1"]
    return [bands.get(each.get("Channel"), "") for each in active]


def _hardware(element: Element) -> Element | None:
    for attachment in element.findall("Data/Image/Attachment"):
        if attachment.get("Name") == "HardwareSetting":
            for kind in ("ATLConfocalSettingDefinition", "ATLCameraSettingDefinition"):
                found = attachment.find(kind)
                if found is not None:
                    return found
    return None


def acquired_at(element: Element) -> str | None:
    """Time of the first frame, ISO 8601 UTC: Leica counts 100 ns from 1601 on."""
    stamps = element.find("Data/Image/TimeStampList")
    if stamps is None:
        return None
    first = stamps.find("TimeStamp")
    try:
        if first is not None:
            count = (int(first.attrib["HighInteger"]) << 32) + int(first.attrib["LowInteger"])
        else:
            count = int((stamps.text or "")[:40].split()[0], 16)
        found = datetime(1601, 1, 1, tzinfo=UTC) + timedelta(microseconds=count // 10)
    except (ValueError, KeyError, IndexError, OverflowError):
        return None
    return found.strftime("%Y-%m-%dT%H:%M:%S") if found.year > 1990 else None


def acquisition(element: Element, extra: tuple[Dimension, ...]) -> Acquisition:
    """Microscope and objective; what runs along T besides time; pinhole, zoom and the like in Leica's words."""
    words = [
        (f"{AXIS_NAMES[axis.number]} along T", _extent(axis))
        for axis in extra
        if axis.number in AXIS_NAMES and axis.number != T
    ]
    hardware = _hardware(element)
    if hardware is None:
        return Acquisition(original=tuple(words))
    kept = ("PinholeAiry", "Pinhole", "Zoom", "ScanSpeed", "ScanMode", "FrameAverage", "LineAverage")
    words += [(key, hardware.get(key, "")) for key in kept]
    immersion = hardware.get("Immersion", "").strip()
    return Acquisition(
        microscope=hardware.get("MicroscopeModel", "").strip(),
        objective=Objective(
            model=" ".join(hardware.get("ObjectiveName", "").split()),
            magnification=positive(hardware.get("Magnification")),
            na=positive(hardware.get("NumericalAperture")),
            immersion=_IMMERSIONS.get(immersion.upper(), immersion),
            refractive_index=positive(hardware.get("RefractionIndex")),
        ),
        original=tuple(words),
    )


def _extent(axis: Dimension) -> str:
    if axis.unit == "m":
        return f"{axis.origin * 1e9:.6g} to {(axis.origin + axis.length) * 1e9:.6g} nm in {axis.count} steps"
    return f"{axis.origin:.6g} to {axis.origin + axis.length:.6g} {axis.unit} in {axis.count} steps".replace("  ", " ")
