"""What an OME-Zarr hierarchy holds, from its metadata alone: images, plates, labels, its OME-XML."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from publisher.errors import Problem, SourceError
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.tree import parse
from publisher.model.image import Channel, Image
from publisher.model.screen import Plate
from publisher.sources.damage import damaged, unsupported, warning
from publisher.sources.zarr_files import MAX_XML_BYTES, ZarrFiles, check_key, join
from publisher.sources.zarr_images import GroupReader, StoredImage, ome_attributes
from publisher.sources.zarr_labels import LabelReader, StoredLabels
from publisher.sources.zarr_plates import PlateGroups, read_plate, read_well

MAX_SERIES = 100_000
MAX_DEPTH = 8
"""Plain groups are looked into this deep for images."""
MAX_LOOKED_AT = 10_000
MAX_SHOWN = 5
"""Problems that are told where no image can be read."""
_XML = "OME/METADATA.ome.xml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hierarchy:
    """All that the metadata tells; ``document`` is OME/METADATA.ome.xml where it describes just these images."""

    images: tuple[StoredImage, ...]
    plates: tuple[Plate, ...]
    labels: tuple[StoredLabels, ...]
    document: bytes | None
    warnings: tuple[Problem, ...]


def read_hierarchy(files: ZarrFiles, axes: str | None = None) -> Hierarchy:
    """What ``files`` hold; raises SourceError for what is not OME-Zarr 0.1 to 0.6, or claims beyond reason.

    ``axes`` is the curator's word on the axes of the arrays as they are stored.
    """
    return _HierarchyReader(files, axes).read()


@dataclass(slots=True)
class _Found:
    """Groups of images in series order; those ``required`` must be readable."""

    groups: list[str]
    plates: list[PlateGroups]
    required: bool = True
    has_xml: bool = False


class _HierarchyReader:
    """Reads one hierarchy, collecting warnings on the way."""

    def __init__(self, files: ZarrFiles, axes: str | None) -> None:
        self._files, self._name = files, files.name
        self._warnings: list[Problem] = []
        self._groups = GroupReader(files, axes)
        self._relabelled = axes is not None

    def read(self) -> Hierarchy:
        """All images with what the OME-XML says of them."""
        root = ome_attributes(self._files, "")
        if root is None and not self._files.folders(""):
            raise damaged(self._name, "has no Zarr group at its root", code="source.not-zarr")
        found = self._find(root or {})
        if len(found.groups) > MAX_SERIES:
            raise damaged(self._name, f"lists {len(found.groups)} images, at most {MAX_SERIES} are read")
        images, document = self._images(found)
        plates = tuple(plate.with_series(_by_group(images)) for plate in found.plates)
        labels = tuple(self._labels(images))
        return Hierarchy(
            images=images,
            plates=plates,
            labels=labels,
            document=document,
            warnings=(*self._warnings, *self._groups.warnings),
        )

    # Which groups are images

    def _find(self, root: Mapping[str, Any]) -> _Found:
        """Groups of the images, by what the root says it is."""
        if "plate" in root:
            plate = read_plate(self._files, "", root["plate"], self._warnings)
            listed = self._listed_series() if "bioformats2raw.layout" in root else []
            groups = plate.groups()
            in_order = listed if set(groups) <= set(listed) else groups
            return _Found(in_order, [plate], required=False, has_xml=bool(listed))
        if "multiscales" in root:
            # A single file (.ozx) that publisher packs has its OME-XML beside the image's own arrays.
            return _Found([""], [], has_xml="OME" in self._files.folders(""))
        if "bioformats2raw.layout" in root:
            return _Found(self._series(root["bioformats2raw.layout"]), [], has_xml=True)
        if "well" in root:
            return _Found([field.group for field in read_well(self._files, "", {})], [], required=False)
        return self._nested()

    def _series(self, layout: object) -> list[str]:
        if layout != 3:
            raise unsupported(self._name, f"has bioformats2raw layout {str(layout)[:20]!r}, expected 3")
        listed = self._listed_series()
        if listed:
            return listed
        # "If the series attribute does not exist, series are groups '0', '1', ...": NGFF 0.4, 3.2.
        groups: list[str] = []
        while len(groups) < MAX_SERIES and ome_attributes(self._files, str(len(groups))) is not None:
            groups.append(str(len(groups)))
        if not groups:
            raise damaged(self._name, "holds no image", code="source.no-image")
        return groups

    def _listed_series(self) -> list[str]:
        series = (ome_attributes(self._files, "OME") or {}).get("series")
        if not isinstance(series, list):
            return []
        if len(series) > MAX_SERIES:
            raise damaged(self._name, f"lists {len(series)} series, at most {MAX_SERIES} are read")
        return [check_key(str(group), self._name) for group in series]

    def _nested(self) -> _Found:
        """Images and plates below plain groups and folders; "labels" belong to images and are not looked into."""
        found = _Found([], [], required=False)
        waiting, looked_at = [(name, 1) for name in self._files.folders("")], 0
        while waiting:
            group, depth = waiting.pop(0)
            looked_at += 1
            if looked_at > MAX_LOOKED_AT:
                raise damaged(self._name, f"has no image in the first {MAX_LOOKED_AT} folders", code="source.no-image")
            attributes = ome_attributes(self._files, group) or {}
            if "plate" in attributes:
                plate = read_plate(self._files, group, attributes["plate"], self._warnings)
                found.plates.append(plate)
                found.groups.extend(plate.groups())
            elif "multiscales" in attributes:
                found.groups.append(group)
            elif depth < MAX_DEPTH:
                waiting.extend((join(group, name), depth + 1) for name in self._files.folders(group))
        if not found.groups:
            message = "has neither multiscales, a plate nor a bioformats2raw layout, nor groups that have"
            raise damaged(self._name, message, code="source.no-image")
        return found

    # Images

    def _images(self, found: _Found) -> tuple[tuple[StoredImage, ...], bytes | None]:
        """Every image that can be read, and the OME-XML where it describes them."""
        document = self._read_document() if found.has_xml else None
        described = self._described(document, len(found.groups)) if document is not None else None
        images: list[StoredImage] = []
        problems: list[Problem] = []
        for position, group in enumerate(found.groups):
            try:
                read = self._groups.read(group, len(images), fallback_name=_name_below(group, found))
            except SourceError as error:
                if found.required:
                    raise
                problems += error.problems
                continue
            images += [self._with_xml(each, described[position]) for each in read] if described else read
        if not images:
            problems = problems or [_no_field(self._name, self._warnings)]
            raise SourceError(*problems[:MAX_SHOWN])
        words = (f"an image is left out: {problem.message}" for problem in problems)
        self._warnings.extend(warning(self._name, "source.image-left-out", message) for message in words)
        return tuple(images), document if described else None

    def _with_xml(self, stored: StoredImage, described: Image) -> StoredImage:
        return replace(stored, image=_merged(stored.image, described, relabelled=self._relabelled))

    def _labels(self, images: Sequence[StoredImage]) -> Iterator[StoredLabels]:
        reader = LabelReader(self._files, self._groups)
        series = len(images)
        seen = set()
        for stored in images:
            if stored.group not in seen:
                seen.add(stored.group)
                for labels in reader.read(stored, series):
                    yield labels
                    series += 1
        self._warnings.extend(reader.warnings)

    # OME-XML

    def _read_document(self) -> bytes | None:
        size = self._files.size(_XML)
        if size is None:
            return None
        if size > MAX_XML_BYTES:
            raise damaged(self._name, f"{_XML} has {size} bytes", code="source.too-large")
        return self._files.read(_XML, 0, size)

    def _described(self, document: bytes, count: int) -> Sequence[Image] | None:
        """Images with names, channels and annotations of the OME-XML; None where it describes other images."""
        name = f"{self._name}/{_XML}"
        try:
            tree = parse(document, name=name)
            found = read_images(tree)
        except SourceError as error:
            self._warnings.extend(warning(name, problem.code, problem.message) for problem in error.problems)
            return None
        self._warnings.extend(tree.warnings)
        if len(found) != count:
            message = f"describes {len(found)} images, the fileset has {count}: not used"
            self._warnings.append(warning(name, "source.differs-from-xml", message))
            return None
        return found


def _no_field(name: str, warnings: Sequence[Problem]) -> Problem:
    """The problem of a plate or well without any image, with the first reason that was met."""
    why = f": {warnings[0].message}" if warnings else ""
    return Problem(code="source.no-image", path=name, message=f"has no field with an image{why}")


def _by_group(images: Sequence[StoredImage]) -> dict[str, int]:
    """Series of each group's first image."""
    return {stored.group: stored.image.series for stored in reversed(images)}


def _name_below(group: str, found: _Found) -> str:
    """What an image without a name is called where several groups have images."""
    return group.replace("/", " ") if len(found.groups) > 1 and not found.has_xml else ""


def _merged(stored: Image, described: Image, *, relabelled: bool) -> Image:
    """``described`` by OME-XML, with the sizes, type and rendering that the arrays have.

    ``relabelled``: a curator gave the axes other names, so that what the XML says of time and z is of other axes.
    """
    sizes = stored.pixels
    increment = None if relabelled else described.pixels.time_increment_s
    pixels = replace(
        described.pixels,
        size_t=sizes.size_t,
        size_c=sizes.size_c,
        size_z=sizes.size_z,
        size_y=sizes.size_y,
        size_x=sizes.size_x,
        dtype=sizes.dtype,
        pixel_size_um=_pixel_size(described, stored),
        time_increment_s=increment or sizes.time_increment_s,
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
