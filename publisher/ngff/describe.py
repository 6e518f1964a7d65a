"""Every metadata file of one fileset (bioformats2raw layout, plates as well), from values: no chunk is touched."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from publisher.formats import ngff_plate
from publisher.formats.ngff import (
    METHOD,
    image_document,
    label_image_document,
    labels_document,
    root_document,
    series_document,
)
from publisher.formats.ngff_version import group_files
from publisher.model.image import Image
from publisher.model.labels import LabelValue
from publisher.model.plate_layout import PlateLayout
from publisher.model.rendering import RenderingSettings
from publisher.ngff.json_file import json_bytes
from publisher.ngff.plan import ImagePlan, LevelPlan, axes_of
from publisher.ngff.ro_crate import CrateFacts, ro_crate

REVISION = 5
"""Rises when the same values yield other bytes."""

ROOT = PurePosixPath()
SERIES = PurePosixPath("OME")
OME_XML = PurePosixPath("OME", "METADATA.ome.xml")
RO_CRATE = PurePosixPath("ro-crate-metadata.json")


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedLabels:
    """One label image of an image, and what is to be told of its values."""

    name: str
    values: tuple[LabelValue, ...] = ()
    levels: tuple[LevelPlan, ...] = ()
    """Where its levels lie, if not as those of the image, which may be kept as the source has them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedImage:
    """One image of a fileset: what it is, how its arrays lie, how it is shown."""

    image: Image
    plan: ImagePlan
    rendering: RenderingSettings
    labels: tuple[DescribedLabels, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class DescribedPlate:
    """The plate that a fileset's images are fields of; ``name`` is the one to show."""

    name: str
    layout: PlateLayout


def describe(
    images: Sequence[DescribedImage],
    ome_xml: bytes,
    crate: CrateFacts,
    plate: DescribedPlate | None = None,
    *,
    version: str = "0.5",
) -> dict[PurePosixPath, bytes]:
    """Metadata files by path in the fileset; ``ome_xml`` describes the published arrays. The root comes last.

    ``version`` is the setting ``zarr.version``. Axes, scales and names are those of ``image`` as it is now; the
    plan gives the arrays. ``images`` are in the order of ``series``: on a plate that of its layout, which holds these
    images and no other.
    """
    files = {OME_XML: ome_xml, RO_CRATE: json_bytes(ro_crate(crate))}
    files |= group(SERIES, series_document([one.plan.path for one in images]), version)
    for one in images:
        name = one.image.name or one.plan.path
        axes, kept = axes_of(one.image.pixels), bool(one.plan.stored)
        document = image_document(name, axes, one.plan.levels, one.rendering, METHOD, kept=kept)
        files |= _label_files(one, version)
        files |= group(PurePosixPath(one.plan.path), document, version)
    if plate:
        files |= _wells(plate.layout, version)
    root = root_document(ngff_plate.plate(plate.layout, plate.name) if plate else None)
    return files | group(ROOT, root, version)


def _label_files(one: DescribedImage, version: str) -> dict[PurePosixPath, bytes]:
    """The groups of an image's labels; without labels there is no group, which validators would find empty."""
    if not one.labels:
        return {}
    folder = PurePosixPath(one.plan.path, "labels")
    axes = [axis for axis in axes_of(one.image.pixels) if axis.name != "c"]
    files: dict[PurePosixPath, bytes] = {}
    for labels in one.labels:
        document = label_image_document(labels.name, axes, labels.levels or one.plan.levels, labels.values, METHOD)
        files |= group(folder / labels.name, document, version)
    return files | group(folder, labels_document([labels.name for labels in one.labels]), version)


def group(folder: PurePosixPath, document: Mapping[str, object], version: str) -> dict[PurePosixPath, bytes]:
    """The metadata files of the group ``folder`` of a fileset, whose content is ``document``."""
    return {folder / name: json_bytes(content) for name, content in group_files(document, version).items()}


def _wells(layout: PlateLayout, version: str) -> dict[PurePosixPath, bytes]:
    """Groups of the wells, and of the rows above them: Zarr v3 has no groups without a document."""
    files: dict[PurePosixPath, bytes] = {}
    for well in layout.wells:
        files |= group(PurePosixPath(well.path), {"well": ngff_plate.well(well)}, version)
    for row in dict.fromkeys(layout.rows[well.row] for well in layout.wells):
        files |= group(PurePosixPath(row), {}, version)
    return files
