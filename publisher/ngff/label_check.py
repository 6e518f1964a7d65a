"""Faults of label images that no validator sees: against their image, against their values, against what viewers need.

The documents have passed their models (`model_check`), so that keys that must be there are.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from posixpath import normpath
from typing import Any

from publisher.ngff.fault import Fault, Rule
from publisher.ngff.stored_array import StoredArray
from publisher.sources.zarr_files import join

Json = dict[str, Any]

_READ = ("uint8", "int8", "uint16", "int16", "uint32", "int32")
"""Types of labels that viewers read."""


def list_faults(file: str, listed: Sequence[str], there: Sequence[str]) -> Iterator[Fault]:
    """Where the list of labels (in ``file``) is not that of the groups beside it, ``there``."""
    for name, count in sorted(Counter(listed).items()):
        if count > 1:
            yield Fault(file, f"lists the labels {name} {count} times")
    for name in there:
        if name not in listed:
            yield Fault(file, f"does not list the labels {name}, which lie beside it", Rule.HOUSE)


def copy_faults(file: str, attributes: Json, listed: Sequence[str]) -> Iterator[Fault]:
    """Where the list does not stand a second time beside "ome", as in releases before: vizarr looks there alone."""
    if attributes.get("labels") != list(listed):
        yield Fault(
            file, f"attributes.labels is {attributes.get('labels')!r:.60}; expected {list(listed)}", Rule.READERS
        )


def label_faults(
    file: str, path: str, content: Json, arrays: Sequence[StoredArray], image: tuple[str, Sequence[StoredArray]]
) -> Iterator[Fault]:
    """Faults of the label image at ``path`` (described by ``file``) with its ``arrays``, one a level.

    ``image`` is the path and the arrays of the image that it belongs to, no arrays where they are faulty themselves.
    """
    yield from _type_faults(arrays[0])
    if image[1]:
        yield from _size_faults(file, arrays, image[1])
    if "omero" in content:
        yield Fault(file, "has an omero block; viewers show labels as an image then", Rule.READERS)
    said = content["image-label"]
    source = said.get("source", {}).get("image")
    if source is None:
        yield Fault(file, "image-label names no source image; expected '../../'", Rule.HOUSE)
    elif normpath(join(path, source)).removeprefix(".") != image[0]:
        yield Fault(file, f"image-label.source.image is {source!r:.60}; expected '../../'", Rule.HOUSE)
    yield from _value_faults(file, said)


def _type_faults(array: StoredArray) -> Iterator[Fault]:
    if array.dtype.lstrip("u")[:3] != "int":
        # "The label image [...] MUST be [of] integer[s]"
        yield Fault(array.file, f"holds {array.dtype}; labels are integers")
    elif array.dtype not in _READ:
        yield Fault(array.file, f"holds {array.dtype}; viewers read labels of at most 32 bits", Rule.READERS)


def _size_faults(file: str, arrays: Sequence[StoredArray], image: Sequence[StoredArray]) -> Iterator[Fault]:
    """Against the image's levels; how each level follows from the one above is checked as of every image."""
    if len(arrays) != len(image):
        # "must have the same number of entries (scale levels) as the original unlabeled image"
        yield Fault(file, f"has {len(arrays)} levels; its image has {len(image)}")
        return
    own, of = arrays[0], image[0]
    if len(own.shape) != 4 or len(of.shape) != 5:
        return  # axes that are not ours have been told of
    expected = (of.shape[0], *of.shape[2:])
    if own.shape != expected:
        yield Fault(own.file, f"has the shape {list(own.shape)}; expected {list(expected)}, as {of.key} has")


def _value_faults(file: str, said: Json) -> Iterator[Fault]:
    for key in ("colors", "properties"):
        values = [one["label-value"] for one in said.get(key) or ()]
        repeated = sorted(value for value, count in Counter(values).items() if count > 1)
        if repeated:
            yield Fault(file, f"image-label.{key} names the label {repeated[0]:g} twice; expected each once")
    colored, described = ({one["label-value"] for one in said.get(key) or ()} for key in ("colors", "properties"))
    if colored and described and colored != described:
        label = min(colored ^ described)
        words = f"image-label names the label {label:g} in only one of colors and properties; expected the same in both"
        yield Fault(file, words, Rule.READERS)
    bare = [one["label-value"] for one in said.get("colors") or () if not one.get("rgba")]
    if bare:
        words = f"image-label.colors has no rgba for the label {bare[0]:g}; expected colours for all labels or for none"
        yield Fault(file, words, Rule.HOUSE)
