"""Where the descriptions of one set of chunks by several releases differ: readers would see different images."""

from collections.abc import Iterator, Mapping
from typing import Any

from publisher.ngff.fault import Fault
from publisher.ngff.release_files import ATTRIBUTES
from publisher.ngff.stored_array import StoredArray
from publisher.sources.zarr_files import join

Json = dict[str, Any]


def group_disagreement(old: Mapping[str, Json], new: Mapping[str, Json]) -> Iterator[Fault]:
    """Groups whose documents in 0.4 and 0.5 say different things, versions aside; both by path."""
    for path in sorted({*old, *new}):
        if path not in old or path not in new:
            lacking, having = ("0.4", "0.5") if path not in old else ("0.5", "0.4")
            words = f"is not described in {lacking}, while it is in {having}"
            yield Fault(join(path, ATTRIBUTES[lacking]), words)
            continue
        one, other = _without_versions(old[path]), _without_versions(new[path])
        differing = sorted(key for key in {*one, *other} if one.get(key) != other.get(key))
        if differing:
            words = f"differs from {ATTRIBUTES['0.5']} beside it in {', '.join(differing)}; expected the same"
            yield Fault(join(path, ATTRIBUTES["0.4"]), words)


def array_disagreement(old: Mapping[str, StoredArray], new: Mapping[str, StoredArray]) -> Iterator[Fault]:
    """Arrays whose documents in 0.4 and 0.5 make different pixels of the same chunks; both by key."""
    for key in sorted(old.keys() & new.keys()):
        one, other = _gist(old[key]), _gist(new[key])
        for what, value in one.items():
            if value != other[what]:
                words = f"has {what} {value}; {new[key].file.rpartition('/')[2]} beside it {other[what]}"
                yield Fault(old[key].file, words)


def _gist(array: StoredArray) -> Json:
    place = (0,) * len(array.shape)
    return {
        "shape": list(array.shape),
        "type": array.dtype,
        "chunks": list(array.metadata.chunk),
        "compressor": array.metadata.compressor,
        "fill_value": array.document.get("fill_value"),
        "its first chunk at": array.key_of(place),
    }


def _without_versions(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _without_versions(part) for key, part in value.items() if key != "version"}
    return [_without_versions(part) for part in value] if isinstance(value, list) else value
