"""What Bio-Formats says of an image, and what we say, in the same words: read from its OME-XML by the standard library.

Rules under which both say the same: lengths are compared in µm, times in s, at six digits (Bio-Formats computes with
numbers of less); dates to the second, without a zone (Bio-Formats leaves both out); significant bits as many as the
type has bits are not said (Bio-Formats fills them in); white for each of several channels is not said (the schema's
default); the samples of a colour picture are one channel there and named by their colour here.
"""

from collections.abc import Iterator
from datetime import datetime
from xml.etree import ElementTree

from publisher.model.image import Image

Said = dict[str, object]
"""What is said of an image, by name of the fact; what is not said is not there."""

_UM = {
    "µm": 1.0,
    "nm": 1e-3,
    "pm": 1e-6,
    "mm": 1e3,
    "cm": 1e4,
    "m": 1e6,
    "fm": 1e-9,
    "dam": 1e7,
    "Å": 1e-4,
    "in": 25400.0,
}
_S = {"s": 1.0, "ms": 1e-3, "µs": 1e-6, "min": 60.0, "h": 3600.0}
_TYPES = {"float": "float32", "double": "float64", "bit": "bool"}
_PLANE = ("ExposureTime", "DeltaT", "PositionX", "PositionY", "PositionZ")


def said_by_bio_formats(image: ElementTree.Element) -> Said:
    """Of one Image element of the oracle."""
    pixels = image.find("{*}Pixels")
    assert pixels is not None
    channels = pixels.findall("{*}Channel")
    samples = [int(channel.get("SamplesPerPixel", "1")) for channel in channels]
    spread = [channel for channel, count in zip(channels, samples, strict=True) for _ in range(count)]
    spread = [] if len(channels) == 1 and samples[0] in (3, 4) else spread  # colours of a picture, named by us
    said: Said = {
        "shape": tuple(int(pixels.get(f"Size{axis}", "0")) for axis in "TCZYX"),
        "type": _TYPES.get(pixels.get("Type", ""), pixels.get("Type")),
        "name": (image.get("Name") or "").strip(),
        "description": (image.findtext("{*}Description") or "").strip(),
        "acquired": _second(image.findtext("{*}AcquisitionDate")),
        "pixel size": tuple(_length(pixels, f"PhysicalSize{axis}") for axis in "ZYX"),
        "time increment": _scaled(pixels, "TimeIncrement", _S, "s"),
        "significant bits": _bits(pixels.get("Type", ""), int(pixels.get("SignificantBits", "0"))),
        "channel names": tuple((channel.get("Name") or "").strip() for channel in spread),
        "emission": tuple(_length(channel, "EmissionWavelength", 1e3) for channel in spread),
        "excitation": tuple(_length(channel, "ExcitationWavelength", 1e3) for channel in spread),
        "fluorophores": tuple(channel.get("Fluor", "") for channel in spread),
        "colours": _told([_rgb(channel.get("Color")) for channel in spread]),
        "regions": len(image.findall("{*}ROIRef")),
        "planes": planes(image),
    }
    return {name: value for name, value in said.items() if _says(value)}


def said_by_us(image: Image, own: ElementTree.Element | None) -> Said:
    """Of one image of a reader; ``own`` is its element in the source's document, brought to 2016-06."""
    channels = () if image.rgb else image.channels
    said: Said = {
        "shape": image.pixels.shape,
        "type": image.pixels.dtype,
        "name": image.name,
        "description": image.description,
        "acquired": _second(image.acquired),
        "pixel size": tuple(_rounded(size) for size in image.pixels.pixel_size_um),
        "time increment": _rounded(image.pixels.time_increment_s),
        "significant bits": _bits(image.pixels.dtype, image.pixels.significant_bits or 0),
        "channel names": tuple(channel.name for channel in channels),
        "emission": tuple(_rounded(channel.emission_nm) for channel in channels),
        "excitation": tuple(_rounded(channel.excitation_nm) for channel in channels),
        "fluorophores": tuple(channel.fluor for channel in channels),
        "colours": _told([channel.color for channel in channels]),
        "regions": image.roi_count,
        "planes": {} if own is None else planes(own),
    }
    return {name: value for name, value in said.items() if _says(value)}


def planes(image: ElementTree.Element) -> dict[tuple[int, int, int], tuple[object, ...]]:
    """Exposure and time in s, position in µm (or in the reference frame) by (Z, C, T), of planes that say any of it."""
    found = {}
    for plane in image.iterfind("{*}Pixels/{*}Plane"):
        values = tuple(_plane_value(plane, key) for key in _PLANE)
        if any(value is not None for value in values):
            found[tuple(int(plane.get(f"The{axis}", "0")) for axis in "ZCT")] = values
    return found  # type: ignore[return-value]  # three axes, three numbers


def _plane_value(plane: ElementTree.Element, key: str) -> object:
    if not key.startswith("Position"):
        return _scaled(plane, key, _S, "s")
    if plane.get(key + "Unit", "reference frame") == "reference frame":
        return _rounded(_number(plane.get(key)))
    return _length(plane, key)


def _length(element: ElementTree.Element, key: str, target: float = 1.0) -> float | None:
    return _scaled(element, key, {unit: factor * target for unit, factor in _UM.items()}, "nm" if target > 1 else "µm")


def _scaled(element: ElementTree.Element, key: str, units: dict[str, float], default: str) -> float | None:
    number = _number(element.get(key))
    return None if number is None else _rounded(number * units[element.get(key + "Unit", default)])


def _number(text: str | None) -> float | None:
    return None if text is None else float(text)


def _rounded(value: float | None) -> float | None:
    return None if value is None else float(f"{value:.6g}")


def _second(text: str | None) -> str | None:
    return text and datetime.fromisoformat(text).replace(tzinfo=None, microsecond=0).isoformat()


def _bits(kind: str, count: int) -> int:
    """0 where they are those of the type: uint16 has 16."""
    name = _TYPES.get(kind, kind)
    return 0 if name.endswith(str(count)) else count


def _told(colours: list[str | None]) -> tuple[str | None, ...]:
    return () if len(colours) > 1 and set(colours) == {"FFFFFF"} else tuple(colours)


def _rgb(text: str | None) -> str | None:
    return None if text is None else f"{int(text) >> 8 & 0xFFFFFF:06X}"


def _says(value: object) -> bool:
    return any(map(_says, value)) if isinstance(value, tuple) else value not in (None, "", 0, {})


def differences(theirs: Said, ours: Said) -> Iterator[tuple[str, object, object]]:
    """Facts that both tell differently, or Bio-Formats alone: name, its value, ours."""
    for name, value in theirs.items():
        if ours.get(name) != value:
            yield name, value, ours.get(name)
