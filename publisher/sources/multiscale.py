"""NGFF multiscales metadata as our model: axes, scale, channels. No pixels, no library."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damaged, unsupported
from publisher.sources.zarr_files import check_key
from publisher.sources.zarr_metadata import ArrayMetadata

# Long UDUNITS-2 names of OME-NGFF 0.4 and 0.5, "axes": factor to µm and to seconds.
_MICROMETERS = {
    "angstrom": 1e-4, "attometer": 1e-12, "centimeter": 1e4, "decimeter": 1e5, "exameter": 1e24, "femtometer": 1e-9,
    "foot": 304800.0, "gigameter": 1e15, "hectometer": 1e8, "inch": 25400.0, "kilometer": 1e9, "megameter": 1e12,
    "meter": 1e6, "micrometer": 1.0, "mile": 1.609344e9, "millimeter": 1e3, "nanometer": 1e-3, "parsec": 3.0856776e22,
    "petameter": 1e21, "picometer": 1e-6, "terameter": 1e18, "yard": 914400.0, "yoctometer": 1e-18, "yottameter": 1e30,
    "zeptometer": 1e-15, "zettameter": 1e27,
}  # fmt: skip
_SECONDS = {
    "attosecond": 1e-18, "centisecond": 1e-2, "day": 86400.0, "decisecond": 0.1, "exasecond": 1e18,
    "femtosecond": 1e-15, "gigasecond": 1e9, "hectosecond": 100.0, "hour": 3600.0, "kilosecond": 1e3,
    "megasecond": 1e6, "microsecond": 1e-6, "millisecond": 1e-3, "minute": 60.0, "nanosecond": 1e-9,
    "petasecond": 1e15, "picosecond": 1e-12, "second": 1.0, "terasecond": 1e12, "yoctosecond": 1e-24,
    "yottasecond": 1e24, "zeptosecond": 1e-21, "zettasecond": 1e21,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiscale:
    """One multiscale image: ``axes`` are our letters (t, c, z, y, x) in the arrays' order."""

    name: str
    axes: str
    paths: tuple[str, ...]
    scale: tuple[float | None, ...]
    units: tuple[str, ...]


def read_multiscale(attributes: Mapping[str, Any], *, name: str, group: str) -> Multiscale | None:
    """The first multiscale of a group's attributes (already inside "ome" for 0.5); None when it holds none."""
    found = attributes.get("multiscales")
    if not isinstance(found, list) or not found or not isinstance(found[0], dict):
        return None
    multiscale: Mapping[str, Any] = found[0]
    version = str(multiscale.get("version", attributes.get("version", "")))
    if "coordinateSystems" in multiscale or version[:3] not in ("", "0.1", "0.2", "0.3", "0.4", "0.5"):
        raise unsupported(name, f"{group or 'the image'} is OME-Zarr {version[:20]!r}, expected 0.4 or 0.5")
    datasets = multiscale.get("datasets")
    if not isinstance(datasets, list) or not 0 < len(datasets) <= 64:
        raise damaged(name, f"{group or 'the image'} has no list of 1 to 64 datasets")
    paths = tuple(check_key(str(_mapping(dataset).get("path", "")), name) for dataset in datasets)
    axes, units = _axes(multiscale.get("axes"), name)
    first = _scale(_mapping(datasets[0]).get("coordinateTransformations"), len(axes))
    common = _scale(multiscale.get("coordinateTransformations"), len(axes))
    scale = tuple((a if a else 1.0) * (b if b else 1.0) if a or b else None for a, b in zip(first, common, strict=True))
    label = multiscale.get("name")
    return Multiscale(name=label if isinstance(label, str) else "", axes=axes, paths=paths, scale=scale, units=units)


def _axes(value: object, name: str) -> tuple[str, tuple[str, ...]]:
    """Letters and units; before 0.3 there is no list of axes and the order is t, c, z, y, x."""
    if value is None:
        return "tczyx", ("",) * 5
    if not isinstance(value, list) or not 2 <= len(value) <= 5:
        raise damaged(name, f"has axes {str(value)[:80]}, expected two to five")
    letters, units = "", []
    for axis in value:
        record = {"name": axis} if isinstance(axis, str) else _mapping(axis)
        letter = str(record.get("name", "")).lower()
        if letter not in tuple("tczyx"):
            letter = {"time": "t", "channel": "c"}.get(str(record.get("type")), "?")
        letters += letter
        units.append(str(record.get("unit") or ""))
    if "?" in letters or len(set(letters)) != len(letters) or not {"y", "x"} <= set(letters):
        raise unsupported(name, f"has axes {str(value)[:120]}, expected y and x, and z, c, t at most once each")
    return letters, tuple(units)


def _scale(value: object, count: int) -> tuple[float | None, ...]:
    """The "scale" of a list of coordinateTransformations; None for numbers that cannot be one."""
    for transformation in value if isinstance(value, list) else ():
        numbers = _mapping(transformation).get("scale")
        if isinstance(numbers, list) and len(numbers) == count:
            return tuple(
                float(n) if isinstance(n, int | float) and math.isfinite(n) and n > 0 else None for n in numbers
            )
    return (None,) * count


def image_of(
    multiscale: Multiscale, array: ArrayMetadata, omero: Mapping[str, Any], *, series: int, name: str
) -> Image:
    """The image as its attributes describe it; ``omero`` is the rendering block, which may be empty."""
    sizes = dict(zip(multiscale.axes, array.shape, strict=True))
    size_c = sizes.get("c", 1)
    pixels = Pixels(
        size_t=sizes.get("t", 1),
        size_c=size_c,
        size_z=sizes.get("z", 1),
        size_y=sizes["y"],
        size_x=sizes["x"],
        dtype=array.dtype,
        pixel_size_um=(_size(multiscale, "z"), _size(multiscale, "y"), _size(multiscale, "x")),
        time_increment_s=_length(multiscale, "t", _SECONDS),
    )
    label = omero.get("name")
    title = label if isinstance(label, str) and label else multiscale.name or name
    return Image(series=series, name=title, pixels=pixels, channels=_channels(omero.get("channels"), size_c))


def _size(multiscale: Multiscale, axis: str) -> float | None:
    return _length(multiscale, axis, _MICROMETERS)


def _length(multiscale: Multiscale, axis: str, factors: Mapping[str, float]) -> float | None:
    """Scale of one axis in our unit; None when the axis, its scale or a known unit is missing."""
    position = multiscale.axes.find(axis)
    if position < 0:
        return None
    scale, factor = multiscale.scale[position], factors.get(multiscale.units[position])
    return scale * factor if scale is not None and factor is not None else None


def _channels(value: object, count: int) -> tuple[Channel, ...]:
    records: Sequence[object] = value if isinstance(value, list) else ()
    return tuple(_channel(_mapping(records[index] if index < len(records) else None)) for index in range(count))


def _channel(record: Mapping[str, Any]) -> Channel:
    color = str(record.get("color") or "").lstrip("#").upper()
    window = _mapping(record.get("window"))
    start, end = window.get("start"), window.get("end")
    numbers = isinstance(start, int | float) and isinstance(end, int | float) and start < end
    return Channel(
        name=str(record.get("label") or ""),
        color=color if len(color) == 6 and not set(color) - set("0123456789ABCDEF") else None,
        window=(float(start), float(end))
        if numbers and isinstance(start, int | float) and isinstance(end, int | float)
        else None,
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
