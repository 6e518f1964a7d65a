"""NGFF multiscales metadata as our model: axes, scale, channels. No pixels, no library."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from publisher.model.image import Channel, Image, Pixels
from publisher.sources.damage import damaged, unsupported
from publisher.sources.zarr_files import check_key
from publisher.sources.zarr_metadata import ArrayMetadata

MAX_MULTISCALES = 64
_LARGEST = 1e300

# Long UDUNITS-2 names of OME-NGFF 0.4 to 0.6, "axes": factor to µm and to seconds.
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


_VERSIONS = ("", "0.1", "0.2", "0.3", "0.4", "0.5", "0.6")
Numbers = tuple[float | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Multiscale:
    """One multiscale image: ``axes`` are our letters (t, c, z, y, x) in the arrays' order.

    ``scales`` and ``translations`` hold a tuple for each of ``paths``, a number per axis, in ``units`` as they stand
    there; None where nothing usable is said. ``version`` is the release it names, empty where it names none.
    """

    name: str
    axes: str
    paths: tuple[str, ...]
    scales: tuple[Numbers, ...]
    translations: tuple[Numbers, ...]
    units: tuple[str, ...]
    version: str = ""

    @property
    def scale(self) -> Numbers:
        """Lengths of a pixel of the largest level."""
        return self.scales[0]


def read_multiscales(
    attributes: Mapping[str, Any], *, name: str, group: str, axes: str | None = None
) -> tuple[Multiscale, ...]:
    """Every multiscale of a group's attributes (already inside "ome" from 0.5 on); none when it holds none.

    ``axes`` are the letters of the axes as they are stored, where a curator knows better than the store.
    """
    found = attributes.get("multiscales")
    if not isinstance(found, list) or len(found) > MAX_MULTISCALES:
        return ()
    version = attributes.get("version", "")
    return tuple(_multiscale(record, version, name, group, axes) for record in found if isinstance(record, dict))


def _multiscale(record: Mapping[str, Any], common: object, name: str, group: str, said: str | None) -> Multiscale:
    where = group or "the image"
    version = str(record.get("version", common))
    if version[:3] not in _VERSIONS:
        raise unsupported(name, f"{where} is OME-Zarr {version[:20]!r}, expected 0.1 to 0.6")
    datasets = record.get("datasets")
    if not isinstance(datasets, list) or not 0 < len(datasets) <= 64:
        raise damaged(name, f"{where} has no list of 1 to 64 datasets")
    paths = tuple(check_key(str(_mapping(dataset).get("path", "")), name) for dataset in datasets)
    letters, units = _override(_axes_list(record), said, name, where) if said else _axes(_axes_list(record), name)
    own = [_transformed(_mapping(dataset).get("coordinateTransformations"), len(letters)) for dataset in datasets]
    # Before 0.6 those of the multiscale hold for all levels; in 0.6 they lead on to other coordinate systems.
    every = record.get("coordinateTransformations") if "coordinateSystems" not in record else None
    factors, shift = _transformed(every, len(letters))
    label = record.get("name")
    return Multiscale(
        name=label if isinstance(label, str) else "",
        axes=letters,
        paths=paths,
        scales=tuple(_product(scale, factors) for scale, _ in own),
        translations=tuple(_moved(moved, factors, shift) for _, moved in own),
        units=units,
        version=version[:3],
    )


def _axes_list(record: Mapping[str, Any]) -> object:
    """The list of axes: of the multiscale, or of the coordinate system that its levels are placed in (0.6)."""
    systems = [_mapping(system) for system in _list(record.get("coordinateSystems"))]
    if not systems:
        return record.get("axes")
    first = _mapping(_list(record.get("datasets"))[0] if _list(record.get("datasets")) else None)
    steps = [_mapping(step) for step in _list(first.get("coordinateTransformations"))]
    output = steps[-1].get("output") if steps else None
    target = _mapping(output).get("name") if isinstance(output, dict) else output
    return next((system for system in systems if system.get("name") == target), systems[0]).get("axes")


def _axes(value: object, name: str) -> tuple[str, tuple[str, ...]]:
    """Letters and units; before 0.3 there is no list of axes and the order is t, c, z, y, x."""
    if value is None:
        return "tczyx", ("",) * 5
    if not isinstance(value, list) or not 2 <= len(value) <= 5:
        raise damaged(name, f"has axes {str(value)[:80]}, expected two to five")
    letters = "".join(_letter(axis) for axis in value)
    if "?" in letters or not _is_order(letters):
        message = f"has axes {str(value)[:120]}, expected y and x, and z, c, t at most once each"
        raise unsupported(name, message, hint="say which they are by the key `axes:` of the image, for example ZCYX")
    return letters, tuple(_unit(axis) for axis in value)


def _override(value: object, said: str, name: str, where: str) -> tuple[str, tuple[str, ...]]:
    """The curator's letters, with the units of the axes they stand on."""
    letters = said.lower()
    count = len(value) if isinstance(value, list) else 5
    told = "".join(_letter(axis) for axis in value) if isinstance(value, list) else "tczyx"
    if not _is_order(letters) or len(letters) != count:
        message = f"axes: {said} names {len(said)} axes, {where} has {count} (stored as {told.upper()})"
        hint = f"name {count} axes of T, C, Z, Y, X in the order they are stored, each once, Y and X among them"
        raise unsupported(name, message, hint=hint)
    return letters, tuple(map(_unit, value)) if isinstance(value, list) else ("",) * 5


def _letter(axis: object) -> str:
    record = {"name": axis} if isinstance(axis, str) else _mapping(axis)
    letter = str(record.get("name", "")).lower()
    return letter if letter in tuple("tczyx") else {"time": "t", "channel": "c"}.get(str(record.get("type")), "?")


def _unit(axis: object) -> str:
    return str(_mapping(axis).get("unit") or "")


def _is_order(letters: str) -> bool:
    return len(set(letters)) == len(letters) and {"y", "x"} <= set(letters) <= set("tczyx")


def _transformed(value: object, count: int) -> tuple[Numbers, Numbers]:
    """Scale and translation of a list of coordinateTransformations, a "sequence" taken apart."""
    steps = [_mapping(step) for step in _list(value)]
    steps += [_mapping(inner) for step in steps for inner in _list(step.get("transformations"))]
    scales = (_numbers(step.get("scale"), count, positive=True) for step in steps)
    moves = (_numbers(step.get("translation"), count) for step in steps)
    nothing = (None,) * count
    return next(filter(None, scales), nothing), next(filter(None, moves), nothing)


def _numbers(value: object, count: int, *, positive: bool = False) -> Numbers | None:
    if not isinstance(value, list) or len(value) != count:
        return None
    return tuple(float(n) if _is_number(n) and (n > 0 or not positive) else None for n in value)


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _LARGEST


def _product(scale: Numbers, factors: Numbers) -> Numbers:
    return tuple((a or 1.0) * (b or 1.0) if a or b else None for a, b in zip(scale, factors, strict=True))


def _moved(moved: Numbers, factors: Numbers, shift: Numbers) -> Numbers:
    pairs = zip(moved, factors, shift, strict=True)
    return tuple(None if a is None and b is None else (a or 0.0) * (f or 1.0) + (b or 0.0) for a, f, b in pairs)


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
        name=str(label) if isinstance(label := record.get("label"), str | int | float) else "",
        color=color if len(color) == 6 and not set(color) - set("0123456789ABCDEF") else None,
        window=(float(start), float(end))
        if numbers and isinstance(start, int | float) and isinstance(end, int | float)
        else None,
    )


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
