"""What an OME-Zarr hierarchy holds, from its metadata alone: images, their arrays, its OME-XML."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from publisher.errors import Problem, SourceError
from publisher.formats.ome_xml_read import read_images
from publisher.formats.ome_xml_tree import parse
from publisher.model.identity import stem
from publisher.model.image import Channel, Image
from publisher.sources.damage import damaged, unsupported, warning
from publisher.sources.multiscale import Multiscale, image_of, read_multiscale
from publisher.sources.zarr_files import MAX_XML_BYTES, ZarrFiles, check_key, join
from publisher.sources.zarr_metadata import ArrayMetadata, read_array, read_attributes

MAX_SERIES = 100_000
_FREE_BYTES, _RATIO = 1 << 30, 10_000
"""An array may claim 1 GiB, and beyond that ten thousand times the bytes that its chunks have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredImage:
    """One image and its arrays, largest first; ``axes`` are our letters in the arrays' order."""

    image: Image
    axes: str
    levels: tuple[ArrayMetadata, ...]
    coded_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchy:
    """All that the metadata tells; ``document`` is OME/METADATA.ome.xml where it describes just these images."""

    images: tuple[StoredImage, ...]
    document: bytes | None
    warnings: tuple[Problem, ...]


def read_hierarchy(files: ZarrFiles) -> Hierarchy:
    """What ``files`` hold; raises SourceError for what is not OME-Zarr 0.4 or 0.5, or claims beyond reason."""
    return _HierarchyReader(files).read()


class _HierarchyReader:
    """Reads one hierarchy, collecting warnings on the way."""

    def __init__(self, files: ZarrFiles) -> None:
        self._files = files
        self._warnings: list[Problem] = []

    def read(self) -> Hierarchy:
        """All images with what the OME-XML says of them."""
        name, root = self._files.name, read_attributes(self._files, "")
        if root is None:
            raise damaged(name, "has no Zarr group at its root", code="source.not-zarr")
        attributes = _ome(root)
        if "plate" in attributes or "well" in attributes:
            kind = "plate" if "plate" in attributes else "well"
            hint = "list its fields instead"
            raise unsupported(name, f"is a {kind}: plates cannot be read as a source yet", hint=hint)
        groups = self._groups(attributes)
        images = tuple(self._read(group, number) for number, group in enumerate(groups))
        document = self._read_document() if groups != [""] else None
        described = self._described(images, document) if document is not None else None
        return Hierarchy(
            images=described or images, document=document if described else None, warnings=tuple(self._warnings)
        )

    def _groups(self, attributes: Mapping[str, Any]) -> list[str]:
        """Groups of the images: the root itself, or those of a bioformats2raw layout."""
        if "multiscales" in attributes:
            return [""]
        if "bioformats2raw.layout" not in attributes:
            raise damaged(
                self._files.name, "has neither multiscales nor a bioformats2raw layout", code="source.no-image"
            )
        layout = attributes["bioformats2raw.layout"]
        if layout != 3:
            raise unsupported(self._files.name, f"has bioformats2raw layout {str(layout)[:20]!r}, expected 3")
        listed = read_attributes(self._files, "OME")
        series = _ome(listed).get("series") if listed else None
        if isinstance(series, list):
            if len(series) > MAX_SERIES:
                raise damaged(self._files.name, f"lists {len(series)} series, at most {MAX_SERIES} are read")
            return [check_key(str(group), self._files.name) for group in series]
        # "If the series attribute does not exist, series are groups '0', '1', ...": NGFF 0.4, 3.2.
        groups: list[str] = []
        while len(groups) < MAX_SERIES and read_attributes(self._files, str(len(groups))) is not None:
            groups.append(str(len(groups)))
        if not groups:
            raise damaged(self._files.name, "holds no image", code="source.no-image")
        return groups

    def _read(self, group: str, number: int) -> StoredImage:
        name, found = self._files.name, read_attributes(self._files, group)
        attributes = _ome(found) if found else {}
        multiscale = read_multiscale(attributes, name=name, group=group)
        if multiscale is None:
            raise damaged(name, f"has no multiscales in group {group!r}", code="source.no-image")
        levels = self._levels(group, multiscale)
        coded = self._measure(levels)
        omero = attributes.get("omero")
        image = image_of(
            multiscale, levels[0], omero if isinstance(omero, dict) else {}, series=number, name=stem(name)
        )
        self._note_labels(group)
        return StoredImage(image=image, axes=multiscale.axes, levels=levels, coded_bytes=coded)

    def _levels(self, group: str, multiscale: Multiscale) -> tuple[ArrayMetadata, ...]:
        """Arrays of all levels, as far as each is smaller than the one before."""
        arrays = [read_array(self._files, join(group, path)) for path in multiscale.paths]
        first = arrays[0]
        if len(first.shape) != len(multiscale.axes):
            message = f"{first.key} has {len(first.shape)} dimensions, its axes are {multiscale.axes}"
            raise damaged(self._files.name, message)
        kept = [first]
        for array in arrays[1:]:
            if self._is_next(array, kept[-1], multiscale.axes):
                kept.append(array)
            else:
                message = f"level {array.key} ({array.dtype}, {array.shape}) does not continue {kept[-1].key}: left out"
                self._warnings.append(warning(self._files.name, "source.level-left-out", message))
                break
        return tuple(kept)

    def _is_next(self, array: ArrayMetadata, above: ArrayMetadata, axes: str) -> bool:
        if array.dtype != above.dtype or len(array.shape) != len(axes):
            return False
        pairs = dict(zip(axes, zip(array.shape, above.shape, strict=True), strict=True))
        same = all(small == large for axis, (small, large) in pairs.items() if axis in "tcz")
        return same and all(pairs[axis][0] <= pairs[axis][1] for axis in "yx") and array.shape != above.shape

    def _measure(self, levels: tuple[ArrayMetadata, ...]) -> int:
        """Bytes of the largest coded chunk of level 0, whose claim is checked against the bytes that exist."""
        first = levels[0]
        sizes = self._files.sizes_below(first.key)
        stored = sum(sizes.values())
        if first.raw_bytes > _FREE_BYTES + _RATIO * stored:
            message = f"{first.key} claims {first.raw_bytes} bytes of pixels, its files have {stored}"
            raise damaged(self._files.name, message, code="source.too-large")
        return first.chunk_bytes if first.shard else max(sizes.values(), default=0)

    def _note_labels(self, group: str) -> None:
        found = read_attributes(self._files, join(group, "labels"))
        labels = _ome(found).get("labels") if found else None
        if isinstance(labels, list) and labels:
            names = ", ".join(str(label)[:60] for label in labels[:5])
            message = f"has labels ({names}), which are not published yet"
            self._warnings.append(warning(self._files.name, "source.labels-left-out", message))

    def _read_document(self) -> bytes | None:
        size = self._files.size("OME/METADATA.ome.xml")
        if size is None:
            return None
        if size > MAX_XML_BYTES:
            raise damaged(self._files.name, f"OME/METADATA.ome.xml has {size} bytes", code="source.too-large")
        return self._files.read("OME/METADATA.ome.xml", 0, size)

    def _described(self, images: tuple[StoredImage, ...], document: bytes) -> tuple[StoredImage, ...] | None:
        """Images with names, channels and annotations of the OME-XML; None where it describes other images."""
        name = f"{self._files.name}/OME/METADATA.ome.xml"
        try:
            tree = parse(document, name=name)
            found = read_images(tree)
        except SourceError as error:
            self._warnings.extend(warning(name, problem.code, problem.message) for problem in error.problems)
            return None
        self._warnings.extend(tree.warnings)
        if len(found) != len(images):
            message = f"describes {len(found)} images, the fileset has {len(images)}: not used"
            self._warnings.append(warning(name, "source.differs-from-xml", message))
            return None
        pairs = zip(images, found, strict=True)
        return tuple(replace(stored, image=_merged(stored.image, image)) for stored, image in pairs)


def _ome(group: tuple[int, Mapping[str, Any]]) -> Mapping[str, Any]:
    """OME attributes of a group: under "ome" in Zarr v3 (NGFF 0.5), at the top in v2 (0.4)."""
    zarr_format, attributes = group
    inner = attributes.get("ome")
    return inner if zarr_format == 3 and isinstance(inner, dict) else attributes


def _merged(stored: Image, described: Image) -> Image:
    """``described`` by OME-XML, with the sizes, type and rendering that the arrays have."""
    sizes = stored.pixels
    pixels = replace(
        described.pixels,
        size_t=sizes.size_t,
        size_c=sizes.size_c,
        size_z=sizes.size_z,
        size_y=sizes.size_y,
        size_x=sizes.size_x,
        dtype=sizes.dtype,
        pixel_size_um=_pixel_size(described, stored),
        time_increment_s=described.pixels.time_increment_s or sizes.time_increment_s,
    )
    told: Iterable[Channel] = described.channels if len(described.channels) == sizes.size_c else stored.channels
    channels = tuple(
        replace(one, name=one.name or two.name, color=two.color or one.color, window=two.window or one.window)
        for one, two in zip(told, stored.channels, strict=True)
    )
    name = described.name or stored.name
    return replace(described, series=stored.series, name=name, pixels=pixels, channels=channels)


def _pixel_size(described: Image, stored: Image) -> tuple[float | None, float | None, float | None]:
    (z, y, x), (stored_z, stored_y, stored_x) = described.pixels.pixel_size_um, stored.pixels.pixel_size_um
    return z or stored_z, y or stored_y, x or stored_x
