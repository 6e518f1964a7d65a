"""Small filesets, one of two images and a plate, as a build writes them, for tests of what judges them."""

from dataclasses import replace
from pathlib import Path, PurePosixPath

import numpy as np

from publisher.config.model import HostingSection, ZarrSection
from publisher.formats.ome_xml.publish import PublishedImage, PublishedPlates, published_document
from publisher.formats.redaction import Redaction
from publisher.model.image import Image
from publisher.model.labels import LabelImage, LabelValue
from publisher.model.screen import Field, Plate, PlateAcquisition, Well
from publisher.ngff.describe import DescribedImage, DescribedLabels, DescribedPlate, describe
from publisher.ngff.label_plan import plan_labels
from publisher.ngff.label_values import published_values
from publisher.ngff.pixels import Means, write_labels, write_pixels
from publisher.ngff.plan import ImagePlan, PicturePlane, plan_image
from publisher.ngff.plate_plan import plan_plate
from publisher.ngff.rendering import rendering_settings
from publisher.ngff.ro_crate import CrateFacts, Term
from publisher.testing.images import planes
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
    zarr, hosting = ZarrSection(version=version, experimental=True), HostingSection(missing_keys=missing_keys)
    described = []
    for number, array in enumerate(arrays):
        image = image_of(array, pixel_size_um=(0.3, 0.1, 0.1))
        plan = plan_image(image, str(number), zarr, hosting)
        result = write_pixels(ArraySource(array), 0, plan, folder / str(number))
        rendering = rendering_settings(image, result.statistics)
        labels = write_nuclei(folder, image, plan) if number == 0 else ()
        described.append(DescribedImage(image=image, plan=plan, rendering=rendering, labels=labels))
    write_files(describe(described, ome_xml(arrays).encode(), FACTS, version=version), folder)
    return folder


def write_files(files: dict[PurePosixPath, bytes], folder: Path) -> None:
    """The documents of a fileset, below ``folder``."""
    for path, data in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)


def write_nuclei(folder: Path, image: Image, plan: ImagePlan) -> tuple[DescribedLabels, ...]:
    """Arrays of a label image below ``image``: squares of 60 pixels, numbered from 1, each fifth one background."""
    pixels = replace(image.pixels, size_c=1, dtype="uint32")
    labels = LabelImage(name="nuclei", of=0, series=0, pixels=pixels)
    rows, columns = np.indices((pixels.size_y, pixels.size_x)) // 60
    numbers = (rows * 100 + columns + 1) * ((rows + columns) % 5 > 0)
    array = np.broadcast_to(numbers.astype("uint32"), pixels.shape)
    sections = ZarrSection(version=plan.version, experimental=True), HostingSection()
    own = replace(plan_labels(labels, image, plan, *sections), write_empty=plan.write_empty)
    result = write_labels(ArraySource(array), 0, own, folder / own.path, PicturePlane(), Means())
    assert result.objects is not None
    known = (LabelValue(value=1, rgba=(255, 0, 0, 255), properties=(("phase", "mitosis"), ("area_um2", 3.5))),)
    return (DescribedLabels(name="nuclei", values=published_values(known, result.objects[:, 0].tolist())),)


def write_plate(folder: Path, *, version: str = "0.5") -> Path:
    """A plate of 2 x 3 wells: A1 with two fields of two acquisitions, B3 with one, the others empty."""
    wells = (
        Well(row=0, column=0, fields=(Field(series=1, acquisition=1), Field(series=0, acquisition=2))),
        Well(row=0, column=1),
        Well(row=1, column=2, fields=(Field(series=2, acquisition=1),)),
    )
    runs = (PlateAcquisition(id=1, name="before"), PlateAcquisition(id=2, name="after", description="with drug"))
    plate = Plate(name="HT.01", rows=("A", "B"), columns=("1", "2", "3"), wells=wells, acquisitions=runs)
    layout = plan_plate(plate, range(3))
    zarr, hosting = ZarrSection(version=version, experimental=True), HostingSection()
    described, published = [], []
    for place, field in enumerate(layout.fields()):
        array = planes(c=2, y=(300, 20, 40)[field.series], x=50, dtype="uint16")
        image = replace(image_of(array), series=field.series, name=f"field {place}")
        plan = plan_image(image, field.path, zarr, hosting, least_levels=2)
        result = write_pixels(ArraySource(array), 0, plan, folder / field.path)
        described.append(DescribedImage(image=image, plan=plan, rendering=rendering_settings(image, result.statistics)))
        published.append(
            PublishedImage(
                series=field.series,
                image=image,
                dtype=plan.dtype,
                shape=plan.levels[0].shape,
                channels=image.channels,
                place=place,
            )
        )
    document = published_document(
        None, published, privacy=Redaction(), creator="publisher", plates=PublishedPlates(layout=layout)
    )
    shown = DescribedPlate(name=plate.name, layout=layout)
    write_files(describe(described, document.data, FACTS, shown, version=version), folder)
    return folder
