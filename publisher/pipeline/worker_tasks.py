"""What runs in the limited worker process: everything that opens a file somebody else made."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher import __version__
from publisher.assets.picture_set import PictureFile, PictureSizes
from publisher.errors import Problem
from publisher.formats.redaction import Redaction
from publisher.model.annotation import XmlText
from publisher.model.labels import LabelValue, Rgba
from publisher.model.location import Address, Location
from publisher.model.region_labels import Drawn, label_values
from publisher.model.rendering import RenderingSettings
from publisher.ngff.plan import ImagePlan, PicturePlane
from publisher.sources.inspect import Inspection, inspect
from publisher.sources.protocol import EncodedChunks, ImageSource, Roots, SourceFile
from publisher.sources.shelf import Shelf
from publisher.sources.sidecar import SidecarAddress, told

if TYPE_CHECKING:
    # only the worker needs XML
    from publisher.formats.ome_xml.planes import PlaneTable
    from publisher.formats.ome_xml.publish import PublishedImage, PublishedPlates
    from publisher.formats.ome_xml.tree import OmeTree
    from publisher.ngff.pixels import LabelsResult, Means, PixelsResult
    from publisher.ngff.syncing import SyncThreads
    from publisher.sources.registry import Registry


@cache
def _readers() -> "Registry":
    """Readers of this process: looking through all installed packages costs as much as opening a small file."""
    from publisher.sources.registry import installed_readers  # late: planning loads this module, and opens nothing

    return installed_readers()


@cache
def _sync_threads() -> "SyncThreads":
    """Threads of this process that make files durable."""
    from publisher.ngff.syncing import SyncThreads

    return SyncThreads()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAddress:
    """Where a source is, where files it names may be, and what the curator says of how to read it.

    ``sidecar`` is the document beside it that says more of its images.
    """

    path: Location
    roots: tuple[Path, ...]
    reader: str | None = None
    axes: str | None = None
    sidecar: SidecarAddress | None = None

    def open(self) -> ImageSource:
        """Open it with the reader that fits."""
        return _readers().open(self.path, Roots(self.roots), name=self.reader, axes=self.axes)

    def kept_open(self, shelf: Shelf) -> AbstractContextManager[ImageSource]:
        """The same, left on ``shelf`` for the next image of this source."""
        if isinstance(self.path, Address):
            return shelf.opened((self,), self.open)
        try:
            status = self.path.stat()
        except OSError:
            return self.open()  # says what is wrong with it
        return shelf.opened((self, status.st_size, status.st_mtime_ns), self.open)

    def document(self, source: ImageSource) -> "OmeTree | None":
        """OME-XML of the opened ``source`` with what the document beside it says; None where neither is there."""
        if self.sidecar:
            return told(source, self.sidecar, str(self.path)).tree
        from publisher.formats.ome_xml.tree import parse  # late: only the worker needs XML

        own = source.document()
        return parse(own, name=str(self.path)) if own else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RegionsToDraw:
    """Regions of an image that were kept in ``folder``, and which of their shapes become labels."""

    folder: Path
    drawn: Drawn


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """One image to convert: levels go below ``folder``, the picture's pixels into ``keep``.

    Where the plan is of labels, ``channel`` (from 0) is the one that holds them, unless ``regions`` are to be drawn.
    """

    address: SourceAddress
    series: int
    plan: ImagePlan
    folder: Path
    keep: Path
    picture: PicturePlane
    threads: int = 1
    memory_bytes: int | None = None
    channel: int = 0
    regions: RegionsToDraw | None = None


def inspect_source(address: SourceAddress) -> Inspection:
    """What a reader sees, and what the document beside the source says."""
    return inspect(
        address.path,
        Roots(address.roots),
        _readers(),
        reader=address.reader,
        axes=address.axes,
        sidecar=address.sidecar,
    )


def has_changed(address: Address, files: tuple[SourceFile, ...]) -> bool:
    """Whether any of ``files``, metadata documents of the store at ``address``, is another now; a request for each."""
    from publisher.sources.http_files import current_files  # late: urllib3 is an extra

    return current_files(address, files) != files


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """OME-XML of a fileset and of each of its published images, and what was mended or redacted on the way.

    ``planes`` are those of each image, None where they say nothing; ``xml`` are its XML annotations.
    """

    fileset: bytes
    images: tuple[bytes, ...]
    planes: "tuple[PlaneTable | None, ...]"
    xml: tuple[tuple[XmlText, ...], ...]
    warnings: tuple[Problem, ...]


def publish_documents(
    address: SourceAddress,
    images: "tuple[PublishedImage, ...]",
    redaction: Redaction,
    plates: "PublishedPlates",
    regions: Path | None = None,
) -> Documents:
    """The published OME-XML of a source, from its own and the one beside it where there are any.

    ``regions`` is the folder where those were kept that neither has.
    """
    # Here and below: what a task needs is imported in the process that runs it.
    from publisher.formats.ome_xml.publish import published_document
    from publisher.formats.ome_xml.single import ImageDocuments

    with address.open() as source:
        tree = address.document(source)
    if regions:
        from publisher.pipeline.region_tasks import kept_regions

        images = tuple(replace(each, regions=kept_regions(regions, each.series, "added")) for each in images)
    creator = f"publisher {__version__}"
    published = published_document(tree, images, privacy=redaction, creator=creator, plates=plates)
    each = ImageDocuments(published.data)
    return Documents(
        fileset=published.data,
        images=tuple(each.document(number) for number in range(len(images))),
        planes=tuple(each.planes(number) for number in range(len(images))),
        xml=tuple(each.xml_texts(number) for number in range(len(images))),
        warnings=published.problems,
    )


def convert(job: Conversion, *, progress: Callable[[int], None], shelf: Shelf) -> dict[str, Any]:
    """Write the arrays of one image; returns files (path, size, SHA-256), statistics and the picture's digest.

    Of a label image: as `convert_labels`.
    """
    if job.plan.kind == "labels":
        return convert_labels(job, progress=progress, shelf=shelf)
    # The writer and its codecs are imported where pixels are written, and nowhere else.
    from publisher.ngff.passthrough import copy_pixels
    from publisher.ngff.pixels import Means, write_pixels
    from publisher.ngff.survey import survey_pixels

    means = Means(job.threads, job.memory_bytes, progress, _sync_threads())
    with job.address.kept_open(shelf) as source:
        if job.plan.referenced:
            result = survey_pixels(source, job.series, job.plan, job.picture, progress=progress)
        elif job.plan.stored and isinstance(source, EncodedChunks):
            result = copy_pixels(source, job.series, job.plan, job.folder, job.picture, means)
        else:
            result = write_pixels(
                source,
                job.series,
                job.plan,
                job.folder,
                threads=means.threads,
                memory_bytes=means.memory_bytes,
                picture=job.picture,
                progress=progress,
                sync_threads=means.sync_threads,
            )
    return _converted(result, job.keep)


def _converted(result: "PixelsResult", keep: Path) -> dict[str, Any]:
    from publisher.assets.kept_picture import pictures_of, save_kept  # late, as above

    return {
        "files": [[str(file.path), file.size, file.sha256] for file in result.files],
        "statistics": result.statistics.to_json(),
        "picture": save_kept(keep, pictures_of(result.picture, result.projection)),
    }


MOST_VALUES = 10_000
"""Values of a label image that are told one by one; of more only their number."""


def convert_labels(job: Conversion, *, progress: Callable[[int], None], shelf: Shelf) -> dict[str, Any]:
    """Write the arrays of one label image; returns files, number of values, the values, and a digest of what was kept.

    ``count`` is None where there are too many values to count, ``values`` where they are not to be told. Of regions
    that are drawn also as `_write_drawn`.
    """
    # As above.
    from publisher.ngff.pixels import Means, write_labels
    from publisher.sources.one_channel import OneChannel

    means = Means(job.threads, job.memory_bytes, progress, _sync_threads())
    if job.regions:
        return _write_drawn(job, job.regions, means)
    with job.address.kept_open(shelf) as source:
        one = OneChannel(source, job.channel)
        return _labels_converted(write_labels(one, job.series, job.plan, job.folder, job.picture, means), job.keep)


def _write_drawn(job: Conversion, regions: RegionsToDraw, means: "Means") -> dict[str, Any]:
    """Draw regions into a label image.

    Returns also what is ``known`` of values, how many pixels of regions are ``hidden`` by later regions, and how many
    regions have no pixel at all (``unseen``; None where values are too many to count).
    """
    from publisher.assets.region_labels import DrawnRegions
    from publisher.ngff.pixels import write_labels
    from publisher.pipeline.region_tasks import kept_regions

    rois = kept_regions(regions.folder, job.series)
    known = label_values(rois, regions.drawn)
    *_, height, width = job.plan.levels[0].shape
    source = DrawnRegions(rois, regions.drawn, (height, width), job.plan.source_dtype)
    written = _labels_converted(write_labels(source, 0, job.plan, job.folder, job.picture, means), job.keep)
    count = written["count"]
    return written | {
        "known": [asdict(value) for value in known],
        "hidden": source.hidden_pixels(),
        "unseen": None if count is None else len(known) - count,
    }


def _labels_converted(result: "LabelsResult", keep: Path) -> dict[str, Any]:
    from publisher.assets.kept_picture import OBJECTS, pictures_of, save_kept  # late, as above

    objects = result.objects
    kept = pictures_of(result.picture, result.projection)
    told = objects is not None and len(objects) <= MOST_VALUES
    return {
        "files": [[str(file.path), file.size, file.sha256] for file in result.files],
        "count": None if objects is None else len(objects),
        "values": objects[:, 0].tolist() if objects is not None and told else None,
        "kept": save_kept(keep, kept if objects is None else {**kept, OBJECTS: objects}),
    }


def draw_labels(
    keep: Path, plane: str, colors: dict[int, Rgba], size: tuple[int, int], table_of: tuple[LabelValue, ...] | None
) -> tuple[PictureFile, bytes]:
    """The overlay (width, height) of one label image from what was kept of it, and the table of its objects.

    ``plane`` names the kept pixels; ``table_of`` is what is known of values, None where no objects were counted.
    """
    from publisher.assets.kept_picture import OBJECTS, load_kept
    from publisher.assets.label_overlay import label_overlay
    from publisher.assets.label_table import label_table
    from publisher.assets.picture_file import lossless_webp

    overlay = lossless_webp(label_overlay(load_kept(keep, plane)[0], colors, *size))
    return overlay, b"" if table_of is None else label_table(load_kept(keep, OBJECTS), table_of)


def draw_pictures(
    pixels: Path, rendering: RenderingSettings, sizes: PictureSizes, threads: int
) -> dict[str, PictureFile]:
    """The picture files of an image, by name, from ``pixels``, a file that was kept of it."""
    from publisher.assets.kept_picture import load_kept
    from publisher.assets.thumbnail import thumbnail_files

    return thumbnail_files(load_kept(pixels.parent, pixels.name), rendering, sizes, threads=threads)


def check_filesets(folders: tuple[Path, ...], *, empty_files: bool) -> list[tuple[Problem, ...]]:
    """Faults of written filesets, folder by folder."""
    from publisher.ngff.validate import validate_fileset

    return [validate_fileset(folder, empty_files=empty_files) for folder in folders]
