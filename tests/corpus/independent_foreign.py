"""Other formats as other programs read them: Bio-Formats (OME-TIFF made by it), liffile, mrcfile, mrc, imagecodecs."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import imagecodecs
import liffile
import mrc
import mrcfile
import numpy as np
import tifffile
from numpy.typing import NDArray

from publisher.model.image import Image
from tests.corpus.independent import tiff_planes

Planes = Iterator[NDArray[Any]]
_TWINS = {"tiles_z.czi": "companion/tiles_z.companion.ome", "RGB-8bit.czi": "czi-rgb8.ome.tiff"}
_LIF_TWINS = {"LeicaLASX_wavelength-sweep_example.lif": "lif-wavelength-sweep-3series-modulo.ome.tiff"}


def _derived(path: Path) -> Path:
    return path.parents[2] / "ome-tiff" / "derived"


def twin_planes(path: Path, images: Sequence[Image]) -> Planes:
    """The OME-TIFF that bfconvert made of a file."""
    yield from tiff_planes(_derived(path) / _TWINS[path.name], images)


def lif_planes(path: Path, images: Sequence[Image]) -> Planes:
    """Bio-Formats where it kept one file, else liffile; both give z of an xz scan as y."""
    if path.name in _LIF_TWINS:
        yield from tiff_planes(_derived(path) / _LIF_TWINS[path.name], images)
        return
    with liffile.LifFile(path) as file:
        for image, other in zip(images, file.images, strict=True):
            named = dict(zip(other.dims[-2:], "YX", strict=True)) | {"T": "T", "C": "C", "Y": "Z"}
            letters = [named[dimension] for dimension in other.dims]
            order = sorted(range(len(letters)), key=lambda at, letters=letters: "TCZYX".index(letters[at]))
            yield other.asarray().transpose(order).reshape(image.pixels.shape)


def mrc_planes(path: Path, images: Sequence[Image]) -> Planes:
    """mrcfile, in the order in which planes are stored."""
    with mrcfile.open(path) as file:
        yield np.asarray(file.data).reshape(images[0].pixels.shape)


def deltavision_planes(path: Path, images: Sequence[Image]) -> Planes:
    """The package mrc, which gives C, T, Z, Y, X."""
    with mrc.DVFile(path) as file:
        yield file.asarray(squeeze=False).transpose(1, 0, 2, 3, 4)


def yokogawa_planes(path: Path, images: Sequence[Image]) -> Planes:
    """The TIFF files by the places in their names, as tifffile reads them; wells by row, then column."""
    places: dict[tuple[str, str], dict[tuple[int, ...], Path]] = {}
    for file in path.parent.glob("*.tif"):
        match = re.search(r"_([A-Z]\d\d)_T(\d+)F(\d+)L\d+A\d+Z(\d+)C(\d+)\.tif$", file.name)
        if match:  # the others are shading corrections
            places.setdefault((match[1], match[3]), {})[int(match[2]), int(match[5]), int(match[4])] = file
    for image, key in zip(images, sorted(places), strict=True):
        found = np.zeros(image.pixels.shape, "uint16")
        for (t, c, z), file in places[key].items():
            found[t - 1, c - 1, z - 1] = tifffile.imread(file)
        yield found


def png_planes(path: Path, images: Sequence[Image]) -> Planes:
    """imagecodecs' own decoder of PNG."""
    pixels = imagecodecs.png_decode(path.read_bytes())
    yield np.moveaxis(pixels, -1, 0)[None, :, None] if pixels.ndim == 3 else pixels[None, None, None]
