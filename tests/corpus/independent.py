"""Other programs' reading of the collection: tifffile for TIFF, the standard library for OME-XML."""

import base64
import bz2
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import numpy as np
import tifffile
from numpy.typing import NDArray

from publisher.model.image import Image

_NUMPY = {"float": "f4", "double": "f8", "bit": "?"}
Planes = Iterator[NDArray[Any]]


def tiff_planes(path: Path, images: Sequence[Image]) -> Planes:
    """Series of tifffile in our order; sets of a companion, which tifffile does not follow, plane by plane."""
    companion = _companion_of(path)
    if companion is not None:
        yield from _set_planes(companion, images)
        return
    with tifffile.TiffFile(path) as file:
        for image in images:
            series = file.series[image.series]
            yield _as_tczyx(series.asarray(level=0), series.axes, image)


def planes_as_a_set(path: Path) -> list[bytes]:
    """Every plane of every page of a TIFF's main chain, sorted by their bytes."""
    with tifffile.TiffFile(path) as file:
        pages = [page.asarray() for page in file.pages]
    planes = [plane for page in pages for plane in (np.moveaxis(page, -1, 0) if page.ndim == 3 else [page])]
    return sorted(np.ascontiguousarray(plane).tobytes() for plane in planes)


def _companion_of(path: Path) -> Path | None:
    if path.name.endswith("companion.ome"):
        return path
    with tifffile.TiffFile(path) as file:
        text = file.pages.first.description
    if "BinaryOnly" not in text:
        return None
    only = next(element for element in ElementTree.fromstring(text.rstrip("\0")) if _local(element) == "BinaryOnly")
    return path.parent / only.attrib["MetadataFile"]


def _set_planes(companion: Path, images: Sequence[Image]) -> Planes:
    """Planes by the letter of the companion: TiffData with a file, a directory and one place each."""
    for image, pixels in zip(images, _pixels(companion), strict=True):
        found: NDArray[Any] | None = None
        order = pixels.attrib["DimensionOrder"][2:]
        for data in (element for element in pixels if _local(element) == "TiffData"):
            member = companion.parent / next(iter(data)).attrib["FileName"]
            start = _rank(order, image, *(int(data.get(f"First{axis}", "0")) for axis in "TCZ"))
            with tifffile.TiffFile(member, _multifile=False) as file:
                for step in range(int(data.get("PlaneCount", "1"))):
                    page = file.pages[int(data.get("IFD", "0")) + step].asarray()
                    t, c, z = _place(order, image, start + step)
                    samples = np.moveaxis(page, -1, 0) if page.ndim == 3 else page[None]
                    if found is None:
                        found = np.zeros(image.pixels.shape, page.dtype)
                    found[t, c * len(samples) : (c + 1) * len(samples), z] = samples
        assert found is not None
        yield found


def bin_data_planes(path: Path, images: Sequence[Image]) -> Planes:
    """Pixels inside OME-XML, each BinData one plane, decoded by the standard library."""
    for image, pixels in zip(images, _pixels(path), strict=True):
        kind = pixels.get("Type", pixels.get("PixelType", "")).lower()
        planes = [_bin_data(element, pixels, kind) for element in pixels if _local(element) == "BinData"]
        shape = image.pixels.shape
        found = np.empty(shape, planes[0].dtype.newbyteorder("="))
        for rank, plane in enumerate(planes):
            t, c, z = _place(pixels.attrib["DimensionOrder"][2:], image, rank)
            found[t, c, z] = plane.reshape(shape[3:])
        yield found


def _bin_data(element: ElementTree.Element, pixels: ElementTree.Element, kind: str) -> NDArray[Any]:
    data = base64.b64decode(element.text or "")
    unpack = {"none": bytes, "zlib": zlib.decompress, "bzip2": bz2.decompress}
    data = unpack[element.get("Compression", "none")](data)
    big = element.get("BigEndian", pixels.get("BigEndian", "true")) == "true"
    return np.frombuffer(data, np.dtype(_NUMPY.get(kind, kind)).newbyteorder(">" if big else "<"))


def _pixels(path: Path) -> list[ElementTree.Element]:
    """The Pixels of every image; of several in one image (before 2010) the one it calls its default."""
    images = [element for element in ElementTree.parse(path).getroot() if _local(element) == "Image"]
    found = []
    for image in images:
        pixels = [element for element in image if _local(element) == "Pixels"]
        default = [element for element in pixels if element.get("ID") == image.get("DefaultPixels")]
        found.append((default or pixels)[0])
    return found


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]


def _sizes(image: Image, samples: int = 1) -> dict[str, int]:
    return {"T": image.pixels.size_t, "C": image.pixels.size_c // samples, "Z": image.pixels.size_z}


def _rank(order: str, image: Image, t: int, c: int, z: int) -> int:
    rank, step = 0, 1
    for axis in order:
        rank += {"T": t, "C": c, "Z": z}[axis] * step
        step *= _sizes(image)[axis]
    return rank


def _place(order: str, image: Image, rank: int) -> tuple[int, int, int]:
    place = {}
    for axis in order:
        rank, place[axis] = divmod(rank, _sizes(image)[axis])
    return place["T"], place["C"], place["Z"]


def _as_tczyx(data: NDArray[Any], axes: str, image: Image) -> NDArray[Any]:
    """An array of tifffile in our order; samples and its unnamed axes are channels, as they are for Bio-Formats."""
    named = {axis: axis for axis in "TCZYX"} | {"S": "C", "Q": "C", "I": "Z", "H": "C"}
    letters = [named[axis] for axis in axes]
    order = sorted(range(len(letters)), key=lambda position: "TCZYX".index(letters[position]))
    return data.transpose(order).reshape(image.pixels.shape)
