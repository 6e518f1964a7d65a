"""A small fileset of two images, as a build writes it, for tests of what judges it."""

from pathlib import Path

import numpy as np

from publisher.config.model import HostingSection, ZarrSection
from publisher.ngff.describe import DescribedImage, describe, write_files
from publisher.ngff.pixels import write_pixels
from publisher.ngff.plan import plan_image
from publisher.ngff.rendering import rendering_settings
from publisher.ngff.ro_crate import CrateFacts, Term
from tests.ngff.array_source import ArraySource, image_of

_RNG = np.random.default_rng(5)
FACTS = CrateFacts(
    name="Cells",
    description="Two images of cells.",
    licence="https://creativecommons.org/publicdomain/zero/1.0/",
    organisms=(Term(name="Homo sapiens", id="NCBITaxon:9606"),),
    imaging_methods=(Term(name="confocal microscopy", id="FBbi:00000251"),),
)
ARRAYS = (
    _RNG.poisson(90, (2, 2, 3, 513, 301)).astype("uint16"),
    _RNG.random((1, 3, 1, 40, 50)).astype("float32"),
)


def ome_xml(arrays: tuple[np.ndarray, ...] = ARRAYS) -> str:
    """The least that describes ``arrays``."""
    images = ""
    for number, array in enumerate(arrays):
        sizes = " ".join(f'Size{axis}="{size}"' for axis, size in zip("TCZYX", array.shape, strict=True))
        channels = "".join(f'<Channel ID="Channel:{number}:{c}"/>' for c in range(array.shape[1]))
        kind = {"float32": "float"}.get(array.dtype.name, array.dtype.name)
        pixels = f'<Pixels ID="Pixels:{number}" Type="{kind}" {sizes}>{channels}<MetadataOnly/></Pixels>'
        images += f'<Image ID="Image:{number}">{pixels}</Image>'
    return f'<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">{images}</OME>'


def write_fileset(
    folder: Path, *, version: str = "0.5", missing_keys: str = "403", arrays: tuple[np.ndarray, ...] = ARRAYS
) -> Path:
    """A fileset of ``arrays`` (T C Z Y X) under the setting ``zarr.version``."""
    zarr, hosting = ZarrSection(version=version), HostingSection(missing_keys=missing_keys)
    described = []
    for number, array in enumerate(arrays):
        image = image_of(array, pixel_size_um=(0.3, 0.1, 0.1))
        plan = plan_image(image, str(number), zarr, hosting)
        result = write_pixels(ArraySource(array), 0, plan, folder / str(number))
        rendering = rendering_settings(image, result.statistics)
        described.append(DescribedImage(image=image, plan=plan, rendering=rendering))
    write_files(describe(described, ome_xml(arrays).encode(), FACTS, version=version), folder)
    return folder
