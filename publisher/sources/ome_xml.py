"""OME-XML files: pixels inside the XML (BinData), or a description of TIFF files beside it (a companion).

The XML is read in pieces and its pixels are passed over, so that a file of any size is opened in the memory that
its words need; a plane is decoded when it is asked for.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from publisher.errors import Problem
from publisher.formats.ome_xml.inline import Span
from publisher.formats.ome_xml.plates import read_plates
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.tree import OmeTree, parse
from publisher.model.image import Image
from publisher.model.screen import Plate
from publisher.sources.bin_data import COMPRESSIONS, MAX_PLANE_BYTES, BinData, can_hold, decode_plane
from publisher.sources.damage import damage_boundary, damaged, unsupported, warning
from publisher.sources.ome_tiff import open_set
from publisher.sources.ome_xml_scan import WIDE, scan_ome_xml
from publisher.sources.protocol import ImageSource, Roots, SourceFile, TileGrid
from publisher.sources.tiff_data import ORDERS, PlaneSizes

if TYPE_CHECKING:  # numpy costs 14 times a bare Python, and an inspection needs no array
    from numpy.typing import NDArray

_SAMPLE_BYTES = {
    "bool": 1, "int8": 1, "uint8": 1, "int16": 2, "uint16": 2, "int32": 4, "uint32": 4, "float32": 4, "float64": 8,
    "complex64": 8, "complex128": 16,
}  # fmt: skip
"""Bytes of a sample in BinData; a bit stands in a byte of its own, as Bio-Formats writes and reads it."""


class OmeXmlReader:
    """Reads OME-XML of every release that has pixels, or names the TIFF files that have them."""

    name = "ome-xml"
    suffixes: tuple[str, ...] = (".companion.ome", "-companion.ome", ".ome.xml", ".ome")
    revision = 2

    def can_read(self, path: Path, head: bytes) -> bool:
        """Whether the file is XML and its name, or its beginning, says that it is OME's."""
        start = head.removeprefix(b"\xef\xbb\xbf").lstrip()
        named = path.name.lower().endswith(self.suffixes)
        return (start.startswith(WIDE) and named) or (start[:1] == b"<" and (named or b"openmicroscopy.org" in start))

    def open(self, path: Path, roots: Roots, *, axes: str | None = None) -> ImageSource:
        """Open ``path``; OME-XML tells its axes, so that ``axes`` is not needed."""
        real = roots.resolve(path)
        with damage_boundary(path, "opening"):
            scan = scan_ome_xml(real)
            tree = parse(scan.marked(), name=str(path), cut=True)
            only = tree.root.find("{*}BinaryOnly")
            if only is not None:
                message = f"has no description of its own, but that of {only.get('MetadataFile', '')!r}"
                raise unsupported(path, message, hint="name that file as the source instead")
            if not scan.spans and tree.root.find("{*}Image/{*}Pixels/{*}TiffData") is not None:
                return open_set(tree, scan.document(), real, roots)
            with damage_boundary(path, "reading OME-XML"):
                images = read_images(tree)
                series = [
                    _series(image, element, scan.spans, str(path))
                    for image, element in zip(images, tree.images(), strict=True)
                ]
                plates, faults = read_plates(tree, images)
            if not series:
                raise damaged(path, "describes no image", code="source.no-image")
            warnings = (*_warnings(tree, series, str(path)), *faults)
            return OmeXmlSource(real, str(path), scan.document(), series, warnings=warnings, plates=plates)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Series:
    """One image; ``planes`` are in the order of ``sizes``, each of ``plane_bytes``. ``extra`` planes are not used."""

    image: Image
    sizes: PlaneSizes
    planes: Sequence[BinData]
    plane_bytes: int
    extra: int


def _series(image: Image, element: Any, spans: Sequence[Span], name: str) -> _Series:
    pixels = element.find("{*}Pixels")
    order = pixels.get("DimensionOrder", "XYZCT")
    sizes = PlaneSizes(
        z=image.pixels.size_z,
        c=image.pixels.size_c,
        t=image.pixels.size_t,
        order=order if order in ORDERS else "XYZCT",
    )
    where = f"image {image.series}"
    planes = [_bin_data(each, pixels, image, spans, name) for each in pixels.iterfind("{*}BinData")]
    if len(planes) < sizes.count:
        message = f"{where} has {len(planes)} planes of pixels, its sizes ask for {sizes.count}"
        code = "source.missing-planes" if planes else "source.no-pixels"
        raise damaged(name, message, code=code, hint="export it with its pixels, or publish the file it describes")
    plane_bytes = image.pixels.size_x * image.pixels.size_y * _SAMPLE_BYTES[image.pixels.dtype]
    if plane_bytes > MAX_PLANE_BYTES:
        message = f"{where} has planes of {plane_bytes} bytes, at most {MAX_PLANE_BYTES} are read at once"
        raise damaged(name, message, code="source.too-large", hint="convert it to a tiled OME-TIFF or OME-Zarr")
    for number, plane in enumerate(planes[: sizes.count]):
        if not can_hold(plane, plane_bytes):
            message = f"{where} has {plane.span.length} characters for plane {number} of {plane_bytes} bytes"
            raise damaged(name, message, code="source.missing-pixels", hint="copy the file again")
    return _Series(
        image=image,
        sizes=sizes,
        planes=planes[: sizes.count],
        plane_bytes=plane_bytes,
        extra=len(planes) - sizes.count,
    )


def _bin_data(element: Any, pixels: Any, image: Image, spans: Sequence[Span], name: str) -> BinData:
    """A BinData element whose text is the number of its span."""
    text = (element.text or "").strip()
    if len(element):
        raise damaged(name, f"image {image.series} has a BinData with elements inside")
    if not text.isascii() or not text.isdecimal() or len(text) > 9 or int(text) >= len(spans):
        raise damaged(name, f"image {image.series} has a BinData without pixels", code="source.missing-pixels")
    compression = element.get("Compression", "none")
    if compression not in COMPRESSIONS:
        raise unsupported(name, f"BinData with compression {compression[:40]!r}, expected {', '.join(COMPRESSIONS)}")
    order = element.get("BigEndian") or pixels.get("BigEndian")
    if order not in ("true", "false", "1", "0") and _SAMPLE_BYTES[image.pixels.dtype] > 1:
        raise damaged(name, f"image {image.series} does not say the order of bytes (BigEndian) of its pixels")
    return BinData(spans[int(text)], compression, order in ("true", "1"))


def _warnings(tree: OmeTree, series: Sequence[_Series], name: str) -> tuple[Problem, ...]:
    extra = (
        warning(name, "source.extra-planes", f"image {n} has {each.extra} planes more than its sizes ask for")
        for n, each in enumerate(series)
        if each.extra
    )
    return (*tree.warnings, *extra)


class OmeXmlSource(ImageSource):
    """An opened OME-XML file with pixels: an `ImageSource`."""

    def __init__(
        self,
        path: Path,
        name: str,
        document: bytes,
        series: Sequence[_Series],
        *,
        warnings: tuple[Problem, ...],
        plates: Sequence[Plate],
    ) -> None:
        self._path, self._name, self._document = path, name, document
        self._series, self._warnings, self._plates = tuple(series), warnings, tuple(plates)
        self._fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def identity(self) -> tuple[SourceFile, ...]:
        """The file."""
        status = self._path.stat()
        return (SourceFile(str(self._path), status.st_size, str(status.st_mtime_ns)),)

    def document(self) -> bytes:
        """The OME-XML, without the pixels inside it."""
        return self._document

    def warnings(self) -> tuple[Problem, ...]:
        """What the curator should know."""
        return self._warnings

    def images(self) -> Sequence[Image]:
        """Every image, in series order."""
        return tuple(each.image for each in self._series)

    def plates(self) -> Sequence[Plate]:
        """Every plate that the OME-XML describes."""
        return self._plates

    def levels(self, series: int) -> Sequence[tuple[int, int]]:
        """One: OME-XML has no smaller resolutions."""
        pixels = self._series[series].image.pixels
        return ((pixels.size_y, pixels.size_x),)

    def tiling(self, series: int, level: int) -> TileGrid:  # there is one level
        """A plane is one piece."""
        each = self._series[series]
        coded = max(plane.span.length for plane in each.planes)
        return TileGrid(height=each.image.pixels.size_y, width=each.image.pixels.size_x, coded_bytes=coded)

    def read(self, series: int, level: int, *, t: int, z: int, c: slice, y: slice, x: slice) -> NDArray[Any]:
        """Pixels (C, Y, X) of one block, clipped to the plane, native byte order."""
        import numpy as np  # with the first pixel: an inspection does without

        each = self._series[series]
        pixels = each.image.pixels
        if level or not (0 <= t < pixels.size_t and 0 <= z < pixels.size_z):
            raise IndexError(f"no plane t={t} z={z} at level {level} of series {series}")
        planes = [
            self._plane(each, each.planes[each.sizes.rank(z, channel, t)])[y, x]
            for channel in range(*c.indices(pixels.size_c))
        ]
        return np.stack(planes).astype(pixels.dtype, copy=False)

    def _plane(self, series: _Series, plane: BinData) -> NDArray[Any]:
        import numpy as np  # as above

        pixels = series.image.pixels
        with damage_boundary(self._name, "decoding a plane"):
            data = decode_plane(plane, series.plane_bytes, self._read_bytes, name=self._name)
        stored = np.dtype("uint8" if pixels.dtype == "bool" else pixels.dtype)
        samples = np.frombuffer(data, stored.newbyteorder(">" if plane.big_endian else "<"))
        return samples.reshape(pixels.size_y, pixels.size_x)

    def _read_bytes(self, offset: int, count: int) -> bytes:
        data = os.pread(self._fd, count, offset)
        if len(data) != count:
            raise damaged(self._name, f"was cut short at byte {offset + len(data)}", code="source.truncated")
        return data
