"""OME-NGFF metadata: from our vocabulary to what the groups of a fileset say of themselves.

One function per document. A document is the content of a group's "ome" attribute and the same for every
release of the specification; `ngff_version.group_files` knows in which files and with which versions it
stands. No null is ever written: neuroglancer refuses it.
"""

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Protocol

from publisher.model.axes import Axis
from publisher.model.labels import LabelValue
from publisher.model.rendering import ChannelRendering, RenderingSettings

Json = dict[str, object]

METHOD = "publisher"
"""What multiscales name as the program that halved them."""
KEPT_LEVELS = "source"
"""What "metadata" says under "levels" where they are those of the source, and not ours."""


class LevelGeometry(Protocol):
    """Where one level's array is and how its pixels lie in space: lengths per axis, in the axes' units."""

    @property
    def path(self) -> str:
        """Path below the image's group."""

    @property
    def scale(self) -> Sequence[float]:
        """Length of a pixel."""

    @property
    def translation(self) -> Sequence[float]:
        """Centre of the first pixel."""


def root_document(plate: Mapping[str, object] | None = None) -> Json:
    """Root of a fileset: "The top-level group MUST have the attribute bioformats2raw.layout [...] 3".

    ``plate`` is the content of that key where the fileset is one.
    """
    layout: Json = {"bioformats2raw.layout": 3}
    return {**layout, "plate": plate} if plate else layout


def series_document(paths: Sequence[str]) -> Json:
    """The group OME: ``series`` "MUST be a list of string objects, each of which is a path to an image group"."""
    return {"series": list(paths)}


def image_document(
    name: str,
    axes: Sequence[Axis],
    levels: Sequence[LevelGeometry],
    rendering: RenderingSettings,
    name_of_writer: str,
    *,
    kept: bool = False,
) -> Json:
    """An image: multiscales and the rendering block. ``kept``: its levels are those of its source."""
    scales = multiscale(name, axes, levels, name_of_writer, kept=kept)
    return {"multiscales": [scales], "omero": omero(name, rendering)}


def labels_document(names: Sequence[str]) -> Json:
    """The group labels of an image: ``labels`` lists "the paths to the labels images"."""
    return {"labels": list(names)}


def label_image_document(
    name: str, axes: Sequence[Axis], levels: Sequence[LevelGeometry], values: Sequence[LabelValue], name_of_writer: str
) -> Json:
    """A label image: multiscales, and what is known of its values. "omero" is for images alone.

    Colours stand for all ``values`` or, where one has none, for no value; beside colours, properties name the same
    values (ome-zarr-models refuses others).
    """
    said: Json = {"source": {"image": "../../"}}
    if values and all(value.rgba for value in values):
        said["colors"] = [{"label-value": one.value, "rgba": list(one.rgba or ())} for one in values]
    if any(one.properties for one in values):
        described = [one for one in values if one.properties or "colors" in said]
        said["properties"] = [{"label-value": one.value, **_properties(one)} for one in described]
    scales = multiscale(name, axes, levels, name_of_writer, smaller=PICKED)
    return {"multiscales": [scales], "image-label": said}


def _properties(value: LabelValue) -> Json:
    """Properties by name; "label-value" is taken, and JSON has no NaN and no infinity."""
    return {
        name: each
        for name, each in value.properties
        if name != "label-value" and not (isinstance(each, float) and not isfinite(each))
    }


MEAN = ("mean", "Rounded mean of 2 × 2 pixels of the level above; an odd last row or column is repeated.")
PICKED = (
    "nearest",
    "One of 2 × 2 pixels of the level above, upper left and lower right in turn; an odd edge is repeated.",
)
"""Kinds of smaller levels: "type", and how they are made."""


def multiscale(
    name: str,
    axes: Sequence[Axis],
    levels: Sequence[LevelGeometry],
    writer: str,
    *,
    kept: bool = False,
    smaller: tuple[str, str] = MEAN,
) -> Json:
    """One multiscale; "name", "type" and "metadata" say how the smaller levels were made, as far as we know."""
    places = ["tczyx".index(axis.name) for axis in axes]
    document: Json = {
        "name": name,
        "axes": [_axis(axis) for axis in axes],
        "datasets": [_dataset(level, places) for level in levels],
    }
    if kept:
        said: Json = {"description": "Levels as the source stores them.", "method": writer, "levels": KEPT_LEVELS}
        return {**document, "type": "unknown", "metadata": said}
    return {**document, "type": smaller[0], "metadata": {"description": smaller[1], "method": writer}}


def _axis(axis: Axis) -> Json:
    document: Json = {"name": axis.name, "type": axis.type}
    return {**document, "unit": axis.unit} if axis.unit else document


def _dataset(level: LevelGeometry, places: Sequence[int]) -> Json:
    """ "They MUST contain exactly one scale transformation [...] MAY contain exactly one translation", after it."""
    transformations: list[Json] = [{"type": "scale", "scale": [level.scale[place] for place in places]}]
    if any(level.translation):
        shift = [level.translation[place] for place in places]
        transformations.append({"type": "translation", "translation": shift})
    return {"path": level.path, "coordinateTransformations": transformations}


def omero(name: str, rendering: RenderingSettings) -> Json:
    """Rendering settings, one entry per channel."""
    return {
        "name": name,
        "channels": [_channel(channel) for channel in rendering.channels],
        "rdefs": {"defaultT": rendering.default_t, "defaultZ": rendering.default_z, "model": rendering.model},
    }


def _channel(channel: ChannelRendering) -> Json:
    return {
        "label": channel.label,
        "color": channel.color,
        "active": channel.active,
        "coefficient": 1,
        "family": "linear",
        "inverted": False,
        "window": {
            "min": _number(channel.minimum),
            "max": _number(channel.maximum),
            "start": _number(channel.start),
            "end": _number(channel.end),
        },
    }


def _number(value: float) -> float | int:
    return int(value) if value == int(value) else value
