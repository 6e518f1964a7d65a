"""One group of an OME-Zarr hierarchy as images: multiscales, their arrays, and what is odd about them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from publisher.errors import Problem
from publisher.model.identity import stem
from publisher.model.image import Image
from publisher.sources.damage import damaged, warning
from publisher.sources.multiscale import Multiscale, image_of, read_multiscales
from publisher.sources.zarr_files import ZarrFiles, join
from publisher.sources.zarr_metadata import ArrayMetadata, read_array, read_attributes

_FREE_BYTES, _RATIO = 1 << 30, 10_000
"""An array may claim 1 GiB, and beyond that ten thousand times the bytes that its chunks have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """One image and its arrays, largest first; ``multiscale`` has the letters of the arrays' axes and their scales."""

    image: Image
    group: str
    multiscale: Multiscale
    levels: tuple[ArrayMetadata, ...]
    coded_bytes: int

    @property
    def axes(self) -> str:
        """Our letters in the arrays' order."""
        return self.multiscale.axes


def ome_attributes(files: ZarrFiles, group: str) -> Mapping[str, Any] | None:
    """OME attributes of a group: under "ome" in Zarr v3 (NGFF 0.5), at the top in v2 (0.4); None without a group."""
    found = read_attributes(files, group)
    if found is None:
        return None
    zarr_format, attributes = found
    inner = attributes.get("ome")
    return inner if zarr_format == 3 and isinstance(inner, dict) else attributes


class GroupReader:
    """Reads the images of groups. ``axes`` is the curator's word on how they are stored; warnings are collected."""

    def __init__(self, files: ZarrFiles, axes: str | None) -> None:
        self._files, self._axes = files, axes
        self.warnings: list[Problem] = []

    def read(self, group: str, series: int, *, fallback_name: str = "") -> list[StoredImage]:
        """Every multiscale of ``group``, numbered from ``series`` on; raises SourceError when there is none."""
        attributes = ome_attributes(self._files, group) or {}
        multiscales = read_multiscales(attributes, name=self._files.name, group=group, axes=self._axes)
        if not multiscales:
            raise damaged(self._files.name, f"has no multiscales in group {group!r}", code="source.no-image")
        omero = attributes.get("omero")
        return [
            self._image(group, multiscale, omero if isinstance(omero, dict) else {}, series + number, fallback_name)
            for number, multiscale in enumerate(multiscales)
        ]

    def _image(
        self, group: str, multiscale: Multiscale, omero: Mapping[str, Any], series: int, fallback_name: str
    ) -> StoredImage:
        levels = self._levels(group, multiscale)
        coded = self._measure(levels)
        name = fallback_name or stem(self._files.name)
        image = image_of(multiscale, levels[0], omero, series=series, name=name)
        return StoredImage(image=image, group=group, multiscale=multiscale, levels=levels, coded_bytes=coded)

    def _levels(self, group: str, multiscale: Multiscale) -> tuple[ArrayMetadata, ...]:
        """Arrays of all levels, as far as each is smaller than the one before."""
        first = read_array(self._files, join(group, multiscale.paths[0]))
        if len(first.shape) != len(multiscale.axes):
            message = f"{first.key} has {len(first.shape)} dimensions, its axes are {multiscale.axes}"
            raise damaged(self._files.name, message)
        kept = [first]
        for path in multiscale.paths[1:]:
            array = read_array(self._files, join(group, path))
            if not _is_next(array, kept[-1], multiscale.axes):
                message = f"level {array.key} ({array.dtype}, {array.shape}) does not continue {kept[-1].key}: left out"
                self._warn("source.level-left-out", message)
                break
            kept.append(array)
        return tuple(kept)

    def _measure(self, levels: tuple[ArrayMetadata, ...]) -> int:
        """Bytes of the largest coded chunk of level 0, whose claim is checked against the bytes that exist."""
        first = levels[0]
        if not self._files.listed:
            return first.chunk_bytes
        sizes = self._files.sizes_below(first.key)
        stored = sum(sizes.values())
        if first.raw_bytes > _FREE_BYTES + _RATIO * stored:
            message = f"{first.key} claims {first.raw_bytes} bytes of pixels, its files have {stored}"
            raise damaged(self._files.name, message, code="source.too-large")
        self._refuse_without_pixels(first, sizes)
        return first.chunk_bytes if first.shard else max(sizes.values(), default=0)

    def _refuse_without_pixels(self, array: ArrayMetadata, sizes: Mapping[str, int]) -> None:
        """An absent chunk is its fill value; an image of which every chunk is absent is metadata without pixels."""
        start = len(array.key) + 1
        chunks = sum(not key[start:].startswith((".z", "zarr.json")) for key in sizes)
        absent = array.file_count - chunks
        if chunks == 0:
            message = f"{array.key} has none of its {array.file_count} chunk files: this is metadata without pixels"
            hint = "copy the chunks too; a store that is read over the web needs its address instead"
            raise damaged(self._files.name, message, code="source.missing-pixels", hint=hint)
        if absent > 0:
            message = f"{array.key} has {chunks} of {array.file_count} chunk files; the others are read as fill value"
            hint = "this is how Zarr stores empty regions; if there were pixels, copy the store again"
            self._warn("source.chunks-absent", message, hint=hint)

    def _warn(self, code: str, message: str, *, hint: str = "") -> None:
        self.warnings.append(warning(self._files.name, code, message, hint=hint))


def _is_next(array: ArrayMetadata, above: ArrayMetadata, axes: str) -> bool:
    if array.dtype != above.dtype or len(array.shape) != len(axes):
        return False
    pairs = dict(zip(axes, zip(array.shape, above.shape, strict=True), strict=True))
    same = all(small == large for axis, (small, large) in pairs.items() if axis in "tcz")
    return same and all(pairs[axis][0] <= pairs[axis][1] for axis in "yx") and array.shape != above.shape
