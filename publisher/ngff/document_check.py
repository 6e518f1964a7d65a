"""Faults of an image's metadata that no validator sees: against its arrays, and against what viewers need.

The documents have passed their models (`model_check`), so that keys that must be there are.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from math import ceil, isclose, isfinite
from typing import Any

from publisher.formats.ngff import KEPT_LEVELS
from publisher.ngff.fault import Fault, Rule
from publisher.ngff.stored_array import StoredArray

Json = dict[str, Any]

_COLOR = re.compile(r"[0-9A-F]{6}\Z")
_SPEC_COLOR = re.compile(r"[0-9A-Fa-f]{6}\Z")
_KEPT_CODECS = ("", "blosc", "zstd", "gzip")
_UNITS = {"time": {"second"}, "space": {"micrometer"}, "channel": set[str]()}
_LONG_NAMES = ("meter", "second", "angstrom", "inch", "foot", "yard", "mile", "parsec", "minute", "hour", "day")
"""Ends of the units that the specification lists; neuroglancer refuses others, "µm" and "pixel" among them."""
_MOST_ACTIVE = 6
_DEEPEST = 64


def null_place(document: Json) -> str | None:
    """Where a document holds null ("omero.channels.0.color"), the first in its order; None when it holds none."""
    waiting: list[tuple[str, object]] = [("", document)]
    while waiting:
        place, value = waiting.pop()
        if value is None:
            return place
        parts = value.items() if isinstance(value, Mapping) else enumerate(value) if isinstance(value, list) else ()
        waiting += reversed([(f"{place}.{key}".lstrip("."), part) for key, part in parts])
    return None


def is_deep(document: Json) -> bool:
    """Whether a document is nested deeper than any that means something: what follows it would run out of stack."""
    level: list[object] = [document]
    for _ in range(_DEEPEST):
        level = [part for value in level if isinstance(value, (dict, list)) for part in _parts(value)]
        if not level:
            return False
    return True


def _parts(value: Mapping[str, object] | Sequence[object]) -> Iterable[object]:
    return value.values() if isinstance(value, Mapping) else value


def multiscale_faults(file: str, multiscale: Json, arrays: Sequence[StoredArray], *, axes: str) -> Iterator[Fault]:
    """Faults of a multiscale against its ``arrays``, one a level; ``axes`` are those of what we publish."""
    yield from _axes_faults(file, multiscale["axes"], axes)
    names = [axis["name"] for axis in multiscale["axes"]]
    found = [
        fault
        for dataset, array in zip(multiscale["datasets"], arrays, strict=True)
        for fault in _level_faults(file, dataset, array, arrays[0], names)
    ]
    yield from found
    yield from _shape_faults(arrays, names, halved=not has_kept_levels(multiscale))
    if not found and not has_kept_levels(multiscale):
        yield from _scale_faults(file, multiscale["datasets"], names)
    for key in ("name", "type", "metadata"):
        if not multiscale.get(key):
            yield Fault(file, f"multiscales.0.{key} is missing", rule=Rule.HOUSE)


def _axes_faults(file: str, axes: Sequence[Json], expected: str) -> Iterator[Fault]:
    names = "".join(axis["name"] for axis in axes)
    if names != expected:
        yield Fault(file, f"the axes are {names!r:.20}; expected {expected!r}", rule=Rule.HOUSE)
    for axis in axes:
        if axis.get("unit") and axis["unit"] not in _UNITS.get(axis.get("type", ""), ()):
            words = f"axis {axis['name']} has the unit {axis['unit']!r}; expected micrometer or second"
            is_long_name = str(axis["unit"]).endswith(_LONG_NAMES)
            yield Fault(file, words, Rule.HOUSE if is_long_name else Rule.READERS)


def _level_faults(
    file: str, dataset: Json, array: StoredArray, first: StoredArray, names: Sequence[str]
) -> Iterator[Fault]:
    if len(array.shape) != len(names):
        # "The number of dimensions [...] MUST match the length of axes"
        yield Fault(array.file, f"has {len(array.shape)} dimensions; {file} names {len(names)} axes")
        return
    if array.dtype != first.dtype:
        yield Fault(array.file, f"holds {array.dtype}; expected {first.dtype}, the type of {first.key}")
    if array.release != "0.4" and array.document.get("dimension_names") != list(names):
        # "dimension_names [...] MUST match the names in the axes metadata"
        found = array.document.get("dimension_names")
        yield Fault(array.file, f"has the dimension_names {found}; expected {list(names)}, the axes of {file}")
    for transformation in dataset["coordinateTransformations"]:
        key = transformation.get("type", "")
        lengths = transformation.get(key)
        if not isinstance(lengths, list):
            continue
        if len(lengths) != len(names):
            yield Fault(file, f"level {dataset['path']} has a {key} of {len(lengths)} numbers; expected {len(names)}")
        elif not all(isfinite(length) and (length > 0 or key != "scale") for length in lengths):
            words = f"level {dataset['path']} has the {key} {lengths}; expected finite numbers" + " above 0" * (
                key == "scale"
            )
            yield Fault(file, words)


def has_kept_levels(multiscale: Json) -> bool:
    """Whether a multiscale says that its chunks are those of its source: sizes and codecs are not ours then."""
    metadata = multiscale.get("metadata")
    return isinstance(metadata, dict) and metadata.get("levels") == KEPT_LEVELS


def _shape_faults(arrays: Sequence[StoredArray], names: Sequence[str], *, halved: bool) -> Iterator[Fault]:
    for above, below in pairwise(arrays):
        if any(small > large for small, large in zip(below.shape, above.shape, strict=False)):
            yield Fault(below.file, f"has the shape {list(below.shape)}, and the level above {list(above.shape)}")
            return
    for level, array in enumerate(arrays if halved else ()):
        zooms = [2**level if name in "yx" else 1 for name in names]
        expected = [ceil(size / zoom) for size, zoom in zip(arrays[0].shape, zooms, strict=False)]
        if list(array.shape) != expected:
            words = f"has the shape {list(array.shape)}; expected {expected}: {2**level} times smaller than level 0"
            yield Fault(array.file, words, rule=Rule.HOUSE)


def _scale_faults(file: str, datasets: Sequence[Json], names: Sequence[str]) -> Iterator[Fault]:
    """Scales that do not double, and translations that shift: each pixel is centred between those it was made of."""
    first = _lengths(datasets[0], "scale")
    for level, dataset in enumerate(datasets):
        scale, moved = _lengths(dataset, "scale"), _lengths(dataset, "translation") or [0.0] * len(names)
        if not len(scale) == len(first) == len(moved) == len(names):
            continue
        zooms = [2**level if name in "yx" else 1 for name in names]
        doubled = [length * zoom for length, zoom in zip(first, zooms, strict=True)]
        if not _close(scale, doubled):
            yield Fault(file, f"level {dataset['path']} has the scale {scale}; expected {doubled}", rule=Rule.HOUSE)
            continue
        centred = [(length - start) / 2 for length, start in zip(scale, first, strict=True)]
        if not _close(moved, centred):
            words = f"level {dataset['path']} has the translation {moved}; expected {centred}"
            yield Fault(file, words, rule=Rule.HOUSE)


def _lengths(dataset: Json, kind: str) -> list[float]:
    found = (one[kind] for one in dataset["coordinateTransformations"] if isinstance(one.get(kind), list))
    return next(found, [])


def _close(found: Sequence[float], expected: Sequence[float]) -> bool:
    return all(isclose(one, other, rel_tol=1e-9, abs_tol=1e-12) for one, other in zip(found, expected, strict=True))


def omero_faults(file: str, omero: Json, sizes: Mapping[str, int]) -> Iterator[Fault]:
    """Faults of a rendering block against the ``sizes`` of the arrays by axis."""
    channels = omero.get("channels") or []
    if len(channels) != sizes.get("c", 1):
        yield Fault(file, f"omero describes {len(channels)} channels; the arrays have {sizes.get('c', 1)}")
    active = sum(bool(channel.get("active")) for channel in channels)
    if active > _MOST_ACTIVE:
        yield Fault(file, f"omero has {active} active channels; viewers show {_MOST_ACTIVE} at most", rule=Rule.HOUSE)
    for number, channel in enumerate(channels):
        yield from (Fault(file, f"omero.channels.{number} {words}", rule) for words, rule in _channel_faults(channel))
    defaults = omero.get("rdefs") or {}
    for key, axis in ("defaultZ", "z"), ("defaultT", "t"):
        at = defaults.get(key)
        if at is None:
            yield Fault(file, f"omero.rdefs.{key} is missing", rule=Rule.HOUSE)
        elif not 0 <= at < sizes.get(axis, 1):
            yield Fault(file, f"omero.rdefs.{key} is {at}; the arrays have {sizes.get(axis, 1)} along {axis}")


def _channel_faults(channel: Json) -> Iterator[tuple[str, Rule]]:
    color = channel.get("color")
    if not isinstance(color, str) or not _COLOR.match(color):
        # "color [...] a string of 6 hex digits": readers take int(color[:2], 16); the case is a rule of ours.
        is_hex = isinstance(color, str) and _SPEC_COLOR.match(color) is not None
        words = f"has the color {color!r:.40}; expected six upper-case hex digits"
        yield words, Rule.HOUSE if is_hex else Rule.SPECIFICATION
    if not isinstance(channel.get("active"), bool):
        words = f"has active = {channel.get('active')!r:.20}; expected true or false: viewers hide it otherwise"
        yield words, Rule.READERS
    if not channel.get("label"):
        yield "has no label", Rule.HOUSE
    window = channel.get("window") or {}
    numbers = [window.get(key) for key in ("min", "start", "end", "max")]
    if not all(isinstance(number, (int, float)) and isfinite(number) for number in numbers):
        yield f"has the window {window}; expected four finite numbers", Rule.SPECIFICATION
    elif not numbers[0] <= numbers[1] < numbers[2] <= numbers[3]:  # type: ignore[operator]  # all are numbers
        yield f"has the window {window}; expected min <= start < end <= max", Rule.READERS


def coding_faults(array: StoredArray, *, kept: bool) -> Iterator[Fault]:
    """Where an array is not stored as we write: what a reader would take for other pixels, without a word.

    ``kept``: its chunks are those of a source, by any codec that browsers read.
    """
    document = array.document
    if document.get("fill_value") != 0:
        yield Fault(array.file, f"fill_value is {document.get('fill_value')!r:.40}; expected 0", rule=Rule.HOUSE)
    if kept and array.metadata.compressor not in _KEPT_CODECS:
        yield Fault(array.file, f"is coded by {array.metadata.compressor}, which browsers do not read", rule=Rule.HOUSE)
    elif array.checksum is None and not kept:
        yield Fault(array.file, "is not coded as bytes, blosc and (0.5) crc32c", rule=Rule.HOUSE)
    elif array.release == "0.4":
        if document.get("order") != "C" or str(document.get("dtype", ""))[:1] == ">":
            words = f"is stored in order {document.get('order')!r:.5} as {document.get('dtype')!r:.10}"
            yield Fault(array.file, f"{words}; expected 'C', little-endian", rule=Rule.HOUSE)
    else:
        codecs = document["codecs"]
        codecs = codecs[0]["configuration"]["codecs"] if array.metadata.shard else codecs
        endian = codecs[0].get("configuration", {}).get("endian", "little")
        if endian != "little":
            yield Fault(array.file, f"the codec bytes has endian {endian!r:.20}; expected 'little'", rule=Rule.HOUSE)
