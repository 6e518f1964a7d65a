"""What the limited worker does for regions: read them from files nobody vouches for, and make what is published."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher.errors import Problem, PublisherError, Severity, SourceError, refusal
from publisher.formats.redaction import Redaction
from publisher.model.identity import slug, stem
from publisher.model.image import Image
from publisher.model.region_labels import drawn_shapes
from publisher.model.roi import ROI, Mask, Shape
from publisher.pipeline.worker_tasks import SourceAddress
from publisher.sources.protocol import ImageSource
from publisher.sources.shelf import Shelf

if TYPE_CHECKING:  # what a task needs is imported in the process that runs it
    from publisher.assets.region_measure import Measured
    from publisher.formats.imagej_roi import StackSizes
    from publisher.formats.ome_xml.tree import OmeTree
    from publisher.formats.region_files import ImageWithRegions

LISTED = 100
"""Shapes that a page lists; the table and the JSON have all."""
MOST_FILE_BYTES = 1 << 28
"""Largest file of regions that is read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionFile:
    """A file with regions of an image; ``path`` is how the study names it, ``masks`` how many of them have masks."""

    path: str
    location: Path
    masks: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsWanted:
    """An image whose regions are to be read, the names it goes by, and files that hold some of them."""

    image: Image
    names: tuple[str, ...] = ()
    files: tuple[RegionFile, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsRead:
    """What was read: of each series the numbers of regions and shapes, a digest of them all, and one of those that the
    source's own document does not have; then how many become labels where masks are drawn, and where all shapes are.
    ``problems`` are files beside the source that cannot be read."""

    images: dict[int, tuple[int, int, str, str, int, int]]
    warnings: tuple[Problem, ...]
    problems: tuple[Problem, ...]


def regions_of_file(path: Path) -> "tuple[ImageWithRegions, ...]":
    """The images that an OME-XML document has regions for."""
    from publisher.formats.region_files import images_with_regions

    return images_with_regions(_content(path), name=str(path))


def _content(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MOST_FILE_BYTES + 1)
    except OSError as error:
        raise SourceError(refusal(error, str(path))) from error
    if len(data) > MOST_FILE_BYTES:
        message = f"is larger than the {MOST_FILE_BYTES >> 20} MiB that are read of a file with regions"
        raise SourceError(Problem(code="regions.too-large", path=str(path), message=message))
    return data


def read_regions(
    address: SourceAddress,
    wanted: Sequence[RegionsWanted],
    redaction: Redaction,
    folder: Path,
) -> RegionsRead:
    """Read the regions of a source's images, and keep them in ``folder``, a file for each series (`kept_regions`).

    Those of the source come first, as far as ``redaction`` lets them; what a curator gives beside it passes as it is.
    """
    from publisher.formats.ome_xml.read import people_of
    from publisher.formats.region_files import Origin, RegionIds

    found: dict[int, tuple[int, int, str, str, int, int]] = {}
    warnings: list[Problem] = []
    problems: list[Problem] = []
    with address.open() as source:
        tree = address.document(source)
        redaction = redaction.knowing(people_of(tree)) if tree else redaction
        ids = RegionIds(element.get("ID") for element in tree.root.iterfind(".//*[@ID]")) if tree else RegionIds(())
        for each in wanted:
            own, said = _own(tree, each.image)
            warnings += said
            own = tuple(_redacted(roi, redaction) for roi in own)
            added: list[ROI] = []
            for origin, rois, said in _beside(source, each, redaction, problems):
                warnings += said
                added += ids.added(Origin(origin, rois), (*own, *added))
            found[each.image.series] = _keep(folder, each.image.series, own, added)
    return RegionsRead(images=found, warnings=tuple(dict.fromkeys(warnings)), problems=tuple(problems))


def _own(tree: "OmeTree | None", image: Image) -> tuple[tuple[ROI, ...], tuple[Problem, ...]]:
    """Regions of the source's document: of the Image of its series, if that has its ID, else of the one with its ID."""
    from publisher.formats.ome_xml.roi import read_rois

    if tree is None:
        return (), ()
    elements = tree.images()
    element = elements[image.series] if image.series < len(elements) else None
    if element is None or image.ome_id not in ("", element.get("ID")):
        element = next((each for each in elements if each.get("ID") == image.ome_id), None)
    return ((), ()) if element is None else read_rois(tree, element)


def _beside(
    source: ImageSource, wanted: RegionsWanted, redaction: Redaction, problems: list[Problem]
) -> list[tuple[str, tuple[ROI, ...], tuple[Problem, ...]]]:
    """What the source keeps outside its document, and what files beside it hold; the faults of these are collected."""
    from publisher.formats.region_files import read_region_file

    found: list[tuple[str, tuple[ROI, ...], tuple[Problem, ...]]] = []
    try:
        own = tuple(_redacted(roi, redaction) for roi in source.regions(wanted.image.series))
        found.append((f"image-{wanted.image.series}", own, ()))
    except PublisherError as error:
        warnings = tuple(replace(problem, severity=Severity.WARNING) for problem in error.problems)
        found.append(("", (), warnings))  # pixels and the rest are sound
    for file in wanted.files:
        try:
            rois, said = read_region_file(
                _content(file.location), name=str(file.location), sizes=_sizes(wanted.image), images=wanted.names
            )
        except PublisherError as error:
            problems += error.problems
            continue
        found.append((slug(stem(file.path)), rois, said))
    return found


def _sizes(image: Image) -> "StackSizes":
    from publisher.formats.imagej_roi import StackSizes

    return StackSizes(c=image.pixels.size_c, z=image.pixels.size_z, t=image.pixels.size_t)


def _redacted(roi: ROI, redaction: Redaction) -> ROI:
    shapes = tuple(replace(shape, text=redaction.text(shape.text)) if shape.text else shape for shape in roi.shapes)
    return replace(
        roi,
        name=redaction.text(roi.name),
        description=redaction.value("Description", roi.description),
        shapes=shapes,
        annotations=(),
    )


def _keep(folder: Path, series: int, own: Sequence[ROI], added: Sequence[ROI]) -> tuple[int, int, str, str, int, int]:
    from publisher.formats.region_json import roi_json
    from publisher.graph.fingerprint import digest_json

    record = {"own": [roi_json(roi) for roi in own], "added": [roi_json(roi) for roi in added]}
    (folder / f"{series}.json").write_text(json.dumps(record, separators=(",", ":")), encoding="utf-8")
    rois = (*own, *added)
    shapes = sum(len(roi.shapes) for roi in rois)
    digests = digest_json(record), digest_json(record["added"]) if added else ""
    return len(rois), shapes, *digests, len(drawn_shapes(rois, "masks")), len(drawn_shapes(rois, "all"))


def kept_regions(folder: Path, series: int, *parts: str) -> tuple[ROI, ...]:
    """Regions that `read_regions` kept of an image; ``parts`` are "own" and "added", both by default."""
    from publisher.formats.region_json import read_roi_json

    try:
        record = json.loads((folder / f"{series}.json").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(read_roi_json(roi) for part in parts or ("own", "added") for roi in record[part])


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsJob:
    """The files of one image's regions to make.

    ``image`` is its page's id, ``series`` its number in the source, ``kept`` where its regions are. ``shape`` is
    (T, C, Z, Y, X), ``sample_bytes`` those of a sample. ``channels`` are names, ``pixel_size_um`` is (x, y).
    ``shown`` is the plane (t, z) of its picture; ``projected`` that it shows the maximum over z; ``picture`` its size.
    """

    address: SourceAddress
    series: int
    kept: Path
    image: str
    shape: tuple[int, int, int, int, int]
    sample_bytes: int
    channels: tuple[str, ...]
    pixel_size_um: tuple[float, float] | None
    shown: tuple[int, int]
    picture: tuple[int, int]
    projected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsMade:
    """Files to publish beside the image's page, by name, and what the page says of them."""

    files: dict[str, bytes]
    summary: dict[str, Any] = field(default_factory=dict)


def make_regions(job: RegionsJob, shelf: Shelf) -> RegionsMade:
    """Measure regions at full resolution, and make all their files."""
    from publisher.assets.region_measure import Pixels, measure
    from publisher.assets.region_overview import Overview, overview
    from publisher.assets.region_set import GEOJSON, JSON, OVERVIEW, ROI_SET, TABLE
    from publisher.assets.region_table import ImageFacts, region_table
    from publisher.formats.geojson import write_geojson
    from publisher.formats.imagej_roi import StackSizes, write_roi_set

    rois = kept_regions(job.kept, job.series)
    shapes = [shape for roi in rois for shape in roi.shapes]
    with job.address.kept_open(shelf) as source:
        image = Pixels(
            shape=job.shape,
            sample_bytes=job.sample_bytes,
            samples=source.tiling(job.series, 0).samples,
            default=job.shown,
        )
        measured = measure(shapes, image, lambda t, z, c, y, x: source.read(job.series, 0, t=t, z=z, c=c, y=y, x=x))
    facts = ImageFacts(channels=job.channels, pixel_size_um=job.pixel_size_um)
    size_t, size_c, size_z, size_y, size_x = job.shape
    over = Overview(
        width=job.picture[0],
        height=job.picture[1],
        size_x=size_x,
        size_y=size_y,
        t=job.shown[0],
        z=None if job.projected else job.shown[1],
    )
    drawing, drawn = overview(rois, over)
    documents, masks = _documents(job.image, rois)
    numbers = dict(zip((shape.id for shape in shapes), measured, strict=True))
    files = {
        JSON: documents,
        GEOJSON: write_geojson(rois, lambda shape: _measurements(shape, numbers[shape.id], facts)),
        ROI_SET: write_roi_set(rois, StackSizes(c=size_c, z=size_z, t=size_t)),
        TABLE: region_table(rois, measured, facts),
        OVERVIEW: drawing,
    }
    rows = _rows(rois, facts.pixel_size_um)
    summary = {"rois": len(rois), "shapes": len(shapes), "drawn": drawn, "kinds": _kinds(shapes), "rows": rows}
    return RegionsMade(files=files | masks, summary=summary)


def _documents(image: str, rois: Sequence[ROI]) -> tuple[bytes, dict[str, bytes]]:
    """Region JSON, and the pictures of masks that it links to: equal masks share one."""
    from publisher.assets.picture_file import one_bit_png
    from publisher.assets.region_set import mask_file
    from publisher.formats.region_json import regions_document

    names: dict[tuple[int, int, bytes], str] = {}

    def bitmap(mask: Mask) -> str:
        return names.setdefault((mask.rows, mask.columns, mask.bits), mask_file(len(names) + 1))

    document = regions_document(image, rois, bitmap)
    masks = {name: one_bit_png(bits, rows, columns) for (rows, columns, bits), name in names.items()}
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.encode("utf-8", "replace") + b"\n", masks


def _measurements(shape: Shape, measured: "Measured | None", facts: Any) -> dict[str, float | None]:
    from publisher.assets.region_table import channel_names, sizes_um
    from publisher.model.shape_outline import area, length

    area_um2, length_um = sizes_um(shape, facts.pixel_size_um)
    found = {"area_px2": area(shape), "area_um2": area_um2, "length_px": length(shape), "length_um": length_um}
    if measured:
        for name, one in zip(channel_names(facts.channels), measured.channels, strict=True):
            found[f"{name} mean"] = one.mean if one.count else None
    return found


def _kinds(shapes: Sequence[Shape]) -> dict[str, int]:
    from publisher.formats.region_json import kind_of

    found: dict[str, int] = {}
    for shape in shapes:
        found[kind_of(shape)] = found.get(kind_of(shape), 0) + 1
    return found


def _rows(rois: Sequence[ROI], pixel_size_um: tuple[float, float] | None) -> list[list[Any]]:
    """The first shapes as a page lists them: region, name, shape, kind, text, z, t, c (from 1), area, length."""
    from publisher.assets.region_table import sizes_um
    from publisher.formats.region_json import kind_of
    from publisher.model.shape_outline import area, length

    listed = [(roi, shape) for roi in rois for shape in roi.shapes[:LISTED]][:LISTED]
    found = []
    for roi, shape in listed:
        plane = [None if index is None else index + 1 for index in (shape.plane.z, shape.plane.t, shape.plane.c)]
        sizes = sizes_um(shape, pixel_size_um) if pixel_size_um else (area(shape), length(shape))
        found.append([roi.id, roi.name, shape.id, kind_of(shape), shape.text, *plane, *sizes])
    return found
