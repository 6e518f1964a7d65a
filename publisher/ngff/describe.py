"""Every metadata file of one fileset (bioformats2raw layout, plates as well), from values: no chunk is touched."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from publisher.formats import ngff_plate
from publisher.formats.ngff import group_document, image_document, root_document, row_document, series_document
from publisher.model.image import Image
from publisher.model.plate_layout import PlateLayout
from publisher.model.rendering import RenderingSettings
from publisher.ngff.plan import ImagePlan, axes_of
from publisher.ngff.ro_crate import CrateFacts, ro_crate
from publisher.ngff.store_writer import json_bytes
from publisher.ngff.syncing import Syncer

REVISION = 1
"""Rises when the same values yield other bytes."""
_METHOD = "publisher"

ROOT = PurePosixPath("zarr.json")
SERIES = PurePosixPath("OME", "zarr.json")
OME_XML = PurePosixPath("OME", "METADATA.ome.xml")
RO_CRATE = PurePosixPath("ro-crate-metadata.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedImage:
    """One image of a fileset: what it is, how its arrays lie, how it is shown."""

    image: Image
    plan: ImagePlan
    rendering: RenderingSettings


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedPlate:
    """The plate that a fileset's images are fields of; ``name`` is the one to show."""

    name: str
    layout: PlateLayout


def describe(
    images: Sequence[DescribedImage], ome_xml: bytes, crate: CrateFacts, plate: DescribedPlate | None = None
) -> dict[PurePosixPath, bytes]:
    """Metadata files by path in the fileset; ``ome_xml`` describes the published arrays. The root comes last.

    Axes, scales and names are those of ``image`` as it is now; the plan gives the arrays. ``images`` are in the order
    of ``series``: on a plate that of its layout, which holds these images and no other.
    """
    files = {OME_XML: ome_xml, RO_CRATE: json_bytes(ro_crate(crate))}
    files[SERIES] = json_bytes(series_document([one.plan.path for one in images]))
    for one in images:
        name = one.image.name or one.plan.path
        document = image_document(name, axes_of(one.image.pixels), one.plan.levels, one.rendering, _METHOD)
        files[PurePosixPath(one.plan.path, "zarr.json")] = json_bytes(document)
    if plate:
        files |= _wells(plate.layout)
    files[ROOT] = json_bytes(root_document(ngff_plate.plate(plate.layout, plate.name) if plate else None))
    return files


def _wells(layout: PlateLayout) -> dict[PurePosixPath, bytes]:
    """Groups of the wells, and of the rows above them: Zarr v3 has no groups without a document."""
    files = {
        PurePosixPath(well.path, "zarr.json"): json_bytes(group_document({"well": ngff_plate.well(well)}))
        for well in layout.wells
    }
    rows = dict.fromkeys(layout.rows[well.row] for well in layout.wells)
    return files | {PurePosixPath(row, "zarr.json"): json_bytes(row_document()) for row in rows}


def write_files(files: dict[PurePosixPath, bytes], folder: Path) -> None:
    """Write ``files`` below ``folder`` in their order, so that a half-written fileset has no root."""
    syncer = Syncer()
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("wb") as file:
            file.write(data)
            syncer.file(file)
    for made in sorted({(folder / path).parent for path in files}):
        syncer.folder(made)
    syncer.close()
