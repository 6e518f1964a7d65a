"""OME-Zarr 0.4 and 0.5 as a source: one image, or a fileset in bioformats2raw layout, in a folder or a zip."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from publisher.errors import Problem, SourceError
from publisher.formats.ome_xml_read import read_images
from publisher.formats.ome_xml_tree import parse
from publisher.model.identity import stem
from publisher.model.image import Channel, Image
from publisher.sources.damage import damage_boundary, damaged, unsupported, warning
from publisher.sources.multiscale import Multiscale, image_of, read_multiscale
from publisher.sources.protocol import Roots, SourceFile, TileGrid
from publisher.sources.zarr_files import MAX_XML_BYTES, FolderFiles, ZarrFiles, ZipFiles, check_key, join
from publisher.sources.zarr_metadata import ArrayMetadata, read_array, read_attributes

if TYPE_CHECKING:  # zarr costs 27 times a bare Python, and an inspection needs no chunk
    from numpy.typing import NDArray

    from publisher.sources.zarr_chunks import ZarrArrays

MAX_SERIES = 100_000
_ROOT_FILES = (".zattrs", ".zgroup", "zarr.json")
_FREE_BYTES, _RATIO = 1 << 30, 10_000
"""An array may claim 1 GiB, and beyond that ten thousand times the bytes that its chunks have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    image: Image
    axes: str
    levels: tuple[ArrayMetadata, ...]
    coded_bytes: int


class OmeZarrReader:
    """Reads OME-Zarr folders and zips of them."""

    name = "ome-zarr"
    suffixes: tuple[str, ...] = (".ome.zarr.zip", ".zarr.zip", ".ozx", ".ome.zarr", ".zarr")
    revision = 1

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether this is a folder with Zarr metadata, or a zip by one of our suffixes."""
        if path.is_dir():
            return any((path / file).is_file() for file in _ROOT_FILES)
        return head[:4] == b"PK\x03\x04" and path.name.lower().endswith(self.suffixes)

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> OmeZarrSource:
        """Open ``path``; ``axes`` is not used, the arrays name theirs."""
        real = roots.resolve(path)
        files: ZarrFiles = FolderFiles(real, roots, str(path)) if real.is_dir() else ZipFiles(real, str(path))
        try:
            with damage_boundary(path, "opening"):
                return OmeZarrSource(files)
        except BaseException:
            files.close()
            raise


class OmeZarrSource:
    """An opened OME-Zarr hierarchy: an `ImageSource`."""

    def __init__(self, files: ZarrFiles) -> None:
        self._files = files
        self._warnings: list[Problem] = []
        root = read_attributes(files, "")
        if root is None:
            raise damaged(files.name, "has no Zarr group at its root", code="source.not-zarr")
        attributes = _ome(root)
        if "plate" in attributes or "well" in attributes:
            kind = "plate" if "plate" in attributes else "well"
            raise unsupported(
                files.name, f"is a {kind}: plates cannot be read as a source yet", hint="list its fields instead"
            )
        groups = self._groups(attributes)
        self._series = tuple(self._read(group, number) for number, group in enumerate(groups))
        self._document = self._read_document() if groups != [""] else None
        self._describe()
        self._arrays: ZarrArrays | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

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

    def _read(self, group: str, number: int) -> _Series:
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
        return _Series(image=image, axes=multiscale.axes, levels=levels, coded_bytes=coded)

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

    def _describe(self) -> None:
        """Take names, channels and annotations from the OME-XML, where it describes just these images."""
        if self._document is None:
            return
        name = f"{self._files.name}/OME/METADATA.ome.xml"
        try:
            tree = parse(self._document, name=name)
            images = read_images(tree)
        except SourceError as error:
            self._warnings.extend(warning(name, problem.code, problem.message) for problem in error.problems)
            self._document = None
            return
        self._warnings.extend(tree.warnings)
        if len(images) != len(self._series):
            message = f"describes {len(images)} images, the fileset has {len(self._series)}: not used"
            self._warnings.append(warning(name, "source.differs-from-xml", message))
            self._document = None
            return
        pairs = zip(self._series, images, strict=True)
        self._series = tuple(replace(series, image=_merged(series.image, image)) for series, image in pairs)

    def identity(self) -> tuple[SourceFile, ...]:
        """Every file of the hierarchy, sorted by path."""
        return self._files.identity()

    def document(self) -> bytes | None:
        """OME/METADATA.ome.xml of a bioformats2raw layout."""
        return self._document

    def warnings(self) -> tuple[Problem, ...]:
        """What the curator should know."""
        return tuple(self._warnings)

    def images(self) -> Sequence[Image]:
        """Every image, in series order."""
        return tuple(series.image for series in self._series)

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """(height, width) of every level, largest first."""
        axes = self._series[series].axes
        return tuple(
            (array.shape[axes.index("y")], array.shape[axes.index("x")]) for array in self._series[series].levels
        )

    def tiling(self, series: int, level: int) -> TileGrid:
        """The chunk that is decoded at once, inside a shard if there is one."""
        each = self._series[series]
        array = each.levels[level]
        chunk = dict(zip(each.axes, array.chunk, strict=True))
        size_c = each.image.pixels.size_c
        return TileGrid(
            height=min(chunk["y"], array.shape[each.axes.index("y")]),
            width=min(chunk["x"], array.shape[each.axes.index("x")]),
            samples=min(chunk.get("c", 1), size_c),
            coded_bytes=each.coded_bytes,
        )

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of one block, clipped to the plane, native byte order; a missing chunk is its fill value."""
        each = self._series[series]
        pixels, array = each.image.pixels, each.levels[level]
        if not (0 <= t < pixels.size_t and 0 <= z < pixels.size_z):
            raise IndexError(f"no plane t={t} z={z} in series {series}")
        wanted = {"t": slice(t, t + 1), "z": slice(z, z + 1), "c": c, "y": y, "x": x}
        selection = tuple(
            slice(*wanted[axis].indices(size)[:2]) for axis, size in zip(each.axes, array.shape, strict=True)
        )
        thick = next((axis for axis in "zt" if axis in each.axes and array.chunk[each.axes.index(axis)] > 1), None)
        if thick is None:
            values = self._get_arrays().read(array.key, selection)
        else:
            position = each.axes.index(thick)
            values = self._get_arrays().read_plane(array.key, selection, position, {"t": t, "z": z}[thick])
        kept = [axis for axis in each.axes if axis in "cyx"]
        values = values.reshape([size for axis, size in zip(each.axes, values.shape, strict=True) if axis in "cyx"])
        order = [kept.index(axis) for axis in "cyx" if axis in kept]
        values = values.transpose(order)
        return values if "c" in kept else values[None]

    def _get_arrays(self) -> ZarrArrays:
        if self._arrays is None:
            from publisher.sources.zarr_chunks import ZarrArrays  # zarr is loaded with the first pixel

            arrays = (array for series in self._series for array in series.levels)
            self._arrays = ZarrArrays(self._files, {array.key: array for array in arrays})
        return self._arrays


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
