"""NGFF labels as our model: which image they are of, and what is known of each value."""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from publisher.errors import Problem, SourceError
from publisher.model.identity import SAFE_ID, slug
from publisher.model.labels import LabelImage, LabelValue, Property, Rgba
from publisher.sources.damage import warning
from publisher.sources.zarr_files import ZarrFiles, check_key, join
from publisher.sources.zarr_images import GroupReader, StoredImage, ome_attributes

MAX_LABEL_IMAGES = 1000
MAX_VALUES = 1_000_000


@dataclass(frozen=True, slots=True)
class StoredLabels:
    """A label image, and the arrays that hold it."""

    label: LabelImage
    stored: StoredImage


class LabelReader:
    """Reads the labels of images; what cannot be used is left out with a warning."""

    def __init__(self, files: ZarrFiles, groups: GroupReader) -> None:
        self._files, self._groups = files, groups
        self.warnings: list[Problem] = []

    def read(self, of: StoredImage, first: int) -> list[StoredLabels]:
        """Label images of one image, read as series ``first`` and on."""
        folder = join(of.group, "labels")
        listed = (ome_attributes(self._files, folder) or {}).get("labels")
        found: list[StoredLabels] = []
        for name in listed[:MAX_LABEL_IMAGES] if isinstance(listed, list) else []:
            try:
                labels = self._label(folder, str(name), of, first + len(found))
            except SourceError as error:
                self._left_out(of, str(name), "; ".join(problem.message for problem in error.problems))
                continue
            if labels is not None:
                taken = {each.label.name.lower() for each in found}
                found.append(replace(labels, label=replace(labels.label, name=_free(labels.label.name, taken))))
        return found

    def _label(self, folder: str, name: str, of: StoredImage, series: int) -> StoredLabels | None:
        group = join(folder, check_key(name, self._files.name))
        stored = self._groups.read(group, series, fallback_name=name)[0]
        fitting = _levels_from(stored, of)
        if isinstance(fitting, str):
            self._left_out(of, name, fitting)
            return None
        attributes = ome_attributes(self._files, group) or {}
        label = LabelImage(
            name=name if SAFE_ID.match(name) else slug(name),
            of=of.image.series,
            series=series,
            pixels=fitting.image.pixels,
            values=_values(attributes.get("image-label")),
        )
        return StoredLabels(label, fitting)

    def _left_out(self, of: StoredImage, name: str, why: str) -> None:
        message = f"the labels {name[:60]!r} of {of.group or 'the image'} are left out: {why}"
        self.warnings.append(warning(self._files.name, "source.labels-left-out", message))


def _levels_from(stored: StoredImage, of: StoredImage) -> StoredImage | str:
    """The labels from the level on that has the image's sizes; in words why there is none."""
    pixels, image = stored.image.pixels, of.image.pixels
    if not pixels.dtype.startswith(("int", "uint", "bool")):
        return f"they hold {pixels.dtype}, expected whole numbers"
    if pixels.size_c != 1:
        return f"they have {pixels.size_c} channels, expected one"
    if (pixels.size_t, pixels.size_z) != (image.size_t, image.size_z):
        sizes = f"{pixels.size_t} time points and {pixels.size_z} sections"
        return f"they have {sizes}, the image {image.size_t} and {image.size_z}"
    y, x = stored.axes.index("y"), stored.axes.index("x")
    planes = [(array.shape[y], array.shape[x]) for array in stored.levels]
    if (image.size_y, image.size_x) not in planes:
        return f"no level has the {image.size_y} x {image.size_x} pixels of the image; there are {planes}"
    start = planes.index((image.size_y, image.size_x))
    pixels = replace(pixels, size_y=image.size_y, size_x=image.size_x, pixel_size_um=image.pixel_size_um)
    scale = stored.multiscale
    rest = replace(
        scale, paths=scale.paths[start:], scales=scale.scales[start:], translations=scale.translations[start:]
    )
    return replace(stored, image=replace(stored.image, pixels=pixels), levels=stored.levels[start:], multiscale=rest)


def _values(value: object) -> tuple[LabelValue, ...]:
    """What "image-label" tells of single labels: "colors" and "properties", joined by "label-value"."""
    record = value if isinstance(value, dict) else {}
    colors: dict[int, Rgba] = {}
    for number, each in _records(record.get("colors")):
        rgba = each.get("rgba")
        if isinstance(rgba, list) and len(rgba) == 4 and all(type(part) is int and 0 <= part <= 255 for part in rgba):
            colors.setdefault(number, (rgba[0], rgba[1], rgba[2], rgba[3]))
    properties: dict[int, tuple[tuple[str, Property], ...]] = {}
    for number, each in _records(record.get("properties")):
        told = ((key, one) for key, one in each.items() if key != "label-value" and _is_property(one))
        properties.setdefault(number, tuple(told))
    return tuple(
        LabelValue(value=number, rgba=colors.get(number), properties=properties.get(number, ()))
        for number in sorted(colors.keys() | properties.keys())
    )


def _is_property(value: object) -> bool:
    """Text and numbers; NaN and infinity, which some writers put into what is then no JSON, say nothing."""
    return isinstance(value, str | int) or (isinstance(value, float) and math.isfinite(value))


def _records(value: object) -> Sequence[tuple[int, Mapping[str, Any]]]:
    """Records by their label value, which some writers store as a float."""
    found = []
    for each in value[:MAX_VALUES] if isinstance(value, list) else []:
        number = each.get("label-value") if isinstance(each, dict) else None
        if isinstance(number, float) and number.is_integer():
            number = int(number)
        if type(number) is int and abs(number) < 2**63:
            found.append((number, each))
    return found


def _free(name: str, taken: set[str]) -> str:
    """``name``, with a number if another of the same spelling is there."""
    free, number = name, 1
    while free.lower() in taken:
        number += 1
        free = f"{name}-{number}"
    return free
