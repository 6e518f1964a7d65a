"""OME-TIFF: the images that a file's OME-XML describes, with every plane traced to its directory."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from publisher.errors import Problem
from publisher.formats.ome_xml.plates import read_plates
from publisher.formats.ome_xml.read import read_images
from publisher.formats.ome_xml.tree import OmeTree, parse
from publisher.model.image import Channel, Image
from publisher.sources.damage import damage_boundary, damaged, warning
from publisher.sources.ome_xml_scan import read_head, scan_ome_xml
from publisher.sources.protocol import Roots
from publisher.sources.tiff_container import TiffContainer
from publisher.sources.tiff_data import ORDERS, PlaneSizes, TiffData, map_planes, read_tiff_data
from publisher.sources.tiff_set import TiffSet, root_uuid
from publisher.sources.tiff_source import PlaneAddress, TiffSeries, TiffSource
from publisher.sources.tiff_tags import DESCRIPTION


def ome_xml_of(container: TiffContainer) -> bytes | None:
    """The OME-XML in the first directory's ImageDescription; None when it holds something else."""
    text = container.value_bytes(container.directories()[0], DESCRIPTION).split(b"\0")[0].strip()
    return text if b"<" in text[:8] and b"OME" in text[:4096] and text.endswith(b"OME>") else None


def open_ome_tiff(container: TiffContainer, document: bytes, roots: Roots) -> TiffSource:
    """The images of an OME-TIFF whose OME-XML is ``document``; takes over ``container``.

    Of a file that only says which companion describes it, the images of the whole set.
    """
    tree = parse(document, name=container.name)
    for element in tree.root.iterfind("{*}BinaryOnly"):
        source = _open_companion_of(container, element, roots)
        container.close()  # the set has opened it for itself
        return source
    return _open(tree, document, container.path, roots, main=container)


def open_set(
    tree: OmeTree, document: bytes, path: Path, roots: Roots, *, warnings: Sequence[Problem] = ()
) -> TiffSource:
    """The images of a set of TIFF files that the OME-XML at ``path`` (a companion) describes; ``tree`` is parsed."""
    return _open(tree, document, path, roots, main=None, warnings=warnings)


def _open_companion_of(member: TiffContainer, only: Any, roots: Roots) -> TiffSource:
    name, uuid = only.get("MetadataFile", ""), only.get("UUID", "").strip()
    path, warnings = _companion(member, name, uuid, roots)
    document = scan_ome_xml(path).document()
    tree = parse(document, name=str(path))
    if tree.root.find("{*}BinaryOnly") is not None:
        raise damaged(member.name, f"says that {name!r} describes it, which says the same of another file")
    source = open_set(tree, document, path, roots, warnings=warnings)
    if str(member.path) not in {file.path for file in source.identity()}:
        source.__exit__()
        message = f"says that {name!r} describes it, which does not name it"
        raise damaged(member.name, message, code="source.wrong-file", hint="copy all files of the set again")
    return source


def _companion(member: TiffContainer, name: str, uuid: str, roots: Roots) -> tuple[Path, list[Problem]]:
    """The companion of that name; where it is not there, one of the folder with that UUID."""
    folder = member.path.parent
    path = roots.resolve(folder / name.replace("\\", "/"))
    if path.is_file() and name:
        return path, []
    for other in sorted(folder.glob("*.ome")) if uuid else []:
        found = roots.resolve(other)
        if found.is_file() and root_uuid(read_head(found)) == uuid:
            message = f"names the companion {name!r}, whose UUID {other.name!r} has: that one is read"
            return found, [warning(member.name, "source.renamed-file", message, hint="restore the names of the set")]
    message = f"is one part of a set that {name!r} describes, which is not there"
    raise damaged(member.name, message, code="source.missing-file", hint="copy all files of the set into one folder")


def _open(
    tree: OmeTree,
    document: bytes,
    path: Path,
    roots: Roots,
    *,
    main: TiffContainer | None,
    warnings: Sequence[Problem] = (),
) -> TiffSource:
    name = str(path)
    files = TiffSet(path.parent, roots, name, _uuid(tree, document), main)
    warnings = [*warnings, *tree.warnings]
    try:
        if main is not None:
            files.number_of(TiffData())  # part of the source even if all planes are in other files
        with damage_boundary(name, "reading OME-XML"):
            images = read_images(tree)
            plates, faults = read_plates(tree, images)
        warnings.extend(faults)
        series: list[TiffSeries] = []
        for image, pixels in zip(images, _pixels_elements(tree, images, name), strict=True):
            each, found = _series(image, pixels, files, len(series))
            series.append(each)
            warnings.extend(found)
        if not series:
            raise damaged(name, "describes no image", code="source.no-image")
        others = () if main is not None else (path,)
        warnings.extend(files.warnings)
        return TiffSource(files.containers, series, others=others, document=document, warnings=warnings, plates=plates)
    except BaseException:
        files.close()
        raise


def _uuid(tree: OmeTree, document: bytes) -> str:
    """The file's own UUID, by which it knows itself when it was renamed; OME's upgrades drop it from old releases."""
    return (tree.root.get("UUID") or root_uuid(document)).strip()


def _pixels_elements(tree: OmeTree, images: Sequence[Image], name: str) -> Iterator[Any]:
    elements = [image.find("{*}Pixels") for image in tree.images()]
    for image in images:
        element = elements[image.series] if image.series < len(elements) else None
        if element is None:
            raise damaged(name, f"image {image.series} has no Pixels", code="source.no-pixels")
        yield element


def _series(image: Image, pixels: Any, files: TiffSet, number: int) -> tuple[TiffSeries, list[Problem]]:
    elements = [_tiff_data(element, files.name) for element in pixels.iterfind("{*}TiffData")]
    if not elements:
        elements = [TiffData()]  # older writers leave it out: all planes, in order, in this file
    first = _first_layout(elements, files)
    samples, warnings = first.samples, list[Problem]()
    if image.pixels.size_c % samples:
        told = image.pixels.size_c
        image = replace(image, pixels=replace(image.pixels, size_c=told * samples))
        message = (
            f"image {number} says SizeC {told}, its planes have {samples} samples: read as {told * samples} channels"
        )
        warnings.append(warning(files.name, "source.differs-from-xml", message))
    order = pixels.get("DimensionOrder", "XYZCT")
    sizes = PlaneSizes(
        z=image.pixels.size_z,
        c=image.pixels.size_c // samples,
        t=image.pixels.size_t,
        order=order if order in ORDERS else "XYZCT",
    )
    if samples > 1:
        elements = _count_planes(elements, sizes, samples)
    places = map_planes(sizes, elements, files.number_of, name=files.name)
    image, more = _as_stored(image, first, number, files.name)
    planes = [PlaneAddress(file, directory) for file, directory in places]
    return TiffSeries(image=image, planes=planes, samples=samples), [*warnings, *more]


def _count_planes(elements: list[TiffData], sizes: PlaneSizes, samples: int) -> list[TiffData]:
    """FirstC of several-sample images counts planes by the model and channels in some files: both are read."""
    if all(element.first_c < sizes.c for element in elements):
        return elements
    return [replace(element, first_c=element.first_c // samples) for element in elements]


def _tiff_data(element: Any, name: str) -> TiffData:
    uuid = element.find("{*}UUID")
    text, file_name = (uuid.text or "", uuid.get("FileName", "")) if uuid is not None else ("", "")
    return read_tiff_data(element.attrib, text, file_name, name=name)


def _first_layout(elements: Sequence[TiffData], files: TiffSet) -> Any:
    number, available = files.number_of(elements[0])
    directory = elements[0].ifd or 0
    if directory >= available:
        message = f"needs directory {directory}, the file has {available}"
        raise damaged(files.name, message, code="source.missing-planes")
    return files.containers[number].directories()[directory].layout


def _as_stored(image: Image, layout: Any, number: int, name: str) -> tuple[Image, list[Problem]]:
    """The image with the shape and type its planes really have; a description that differs is a warning."""
    described, warnings = image.pixels, list[Problem]()
    checks: tuple[tuple[str, Callable[[Any], object], object], ...] = (
        ("SizeX", lambda pixels: pixels.size_x, layout.width),
        ("SizeY", lambda pixels: pixels.size_y, layout.height),
        ("Type", lambda pixels: pixels.dtype, layout.dtype),
    )
    for key, told, stored in checks:
        if told(described) != stored:
            message = f"image {number} says {key} {told(described)}, its planes have {stored}: read as stored"
            warnings.append(warning(name, "source.differs-from-xml", message))
    pixels = replace(described, size_x=layout.width, size_y=layout.height, dtype=layout.dtype or described.dtype)
    channels = image.channels[: pixels.size_c]
    channels += tuple(Channel() for _ in range(pixels.size_c - len(channels)))
    # Four samples may be any four channels: they are a picture only if the XML says so, too.
    rgb = image.rgb or (layout.is_rgb and layout.samples == 3)
    return replace(image, series=number, pixels=pixels, channels=channels, rgb=rgb), warnings
