"""What runs in the limited worker process: everything that opens a file somebody else made."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher import __version__
from publisher.errors import Problem
from publisher.formats.ome_xml_publish import PublishedImage, published_document
from publisher.formats.ome_xml_single import ImageDocuments
from publisher.formats.ome_xml_tree import parse
from publisher.formats.redaction import Redaction
from publisher.ngff.plan import ImagePlan, PicturePlane
from publisher.sources.inspect import Inspection, inspect
from publisher.sources.protocol import EncodedChunks, ImageSource, Roots
from publisher.sources.registry import installed_readers

if TYPE_CHECKING:
    from publisher.ngff.pixels import PixelsResult


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAddress:
    """Where a source is, where files it names may be, and what the curator says of how to read it."""

    path: Path
    roots: tuple[Path, ...]
    reader: str | None = None
    axes: str | None = None

    def open(self) -> ImageSource:
        """Open it with the reader that fits."""
        reader = installed_readers().reader_of(self.path, name=self.reader)
        return reader.open(self.path, Roots(self.roots), axes=self.axes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """One image to convert: levels go below ``folder``, the picture's pixels into ``keep``."""

    address: SourceAddress
    series: int
    plan: ImagePlan
    folder: Path
    keep: Path
    threads: int
    memory_bytes: int | None
    picture: PicturePlane


def inspect_source(address: SourceAddress) -> Inspection:
    """What a reader sees."""
    return inspect(address.path, Roots(address.roots), installed_readers(), reader=address.reader, axes=address.axes)


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """OME-XML of a fileset, of each of its published images, and what was mended or redacted on the way."""

    fileset: bytes
    images: tuple[bytes, ...]
    warnings: tuple[Problem, ...]


def publish_documents(address: SourceAddress, images: tuple[PublishedImage, ...], redaction: Redaction) -> Documents:
    """The published OME-XML of a source, from its own where it has one."""
    with address.open() as source:
        own = source.document()
    tree = parse(own, name=str(address.path)) if own else None
    published = published_document(tree, images, privacy=redaction, creator=f"publisher {__version__}")
    each = ImageDocuments(published.data)
    return Documents(
        fileset=published.data,
        images=tuple(each.document(number) for number in range(len(images))),
        warnings=published.problems,
    )


def convert(job: Conversion, *, progress: Callable[[int], None]) -> dict[str, Any]:
    """Write the arrays of one image; returns files (path, size, SHA-256), statistics and the picture's digest."""
    # The writer and its codecs are imported where pixels are written, and nowhere else.
    from publisher.ngff.passthrough import copy_pixels
    from publisher.ngff.pixels import write_pixels

    with job.address.open() as source:
        if job.plan.stored and isinstance(source, EncodedChunks):
            result = copy_pixels(
                source,
                job.series,
                job.plan,
                job.folder,
                threads=job.threads,
                picture=job.picture,
                progress=progress,
            )
            return _converted(result, job.keep)
        result = write_pixels(
            source,
            job.series,
            job.plan,
            job.folder,
            threads=job.threads,
            memory_bytes=job.memory_bytes,
            picture=job.picture,
            progress=progress,
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


def convert_labels(job: Conversion, channel: int, *, progress: Callable[[int], None]) -> dict[str, Any]:
    """Write the arrays of one label image, a channel (from 0) of its source; returns files, count and values.

    ``count`` is None where there are too many values to count, ``values`` where they are not to be told.
    """
    # As above.
    from publisher.assets.kept_picture import OBJECTS, pictures_of, save_kept
    from publisher.ngff.pixels import Means, write_labels
    from publisher.sources.one_channel import OneChannel

    means = Means(threads=job.threads, memory_bytes=job.memory_bytes, progress=progress)
    with job.address.open() as source:
        one = OneChannel(source, channel)
        result = write_labels(one, job.series, job.plan, job.folder, job.picture, means)
    objects = result.objects
    kept = pictures_of(result.picture, result.projection)
    told = objects is not None and len(objects) <= MOST_VALUES
    return {
        "files": [[str(file.path), file.size, file.sha256] for file in result.files],
        "count": None if objects is None else len(objects),
        "values": objects[:, 0].tolist() if objects is not None and told else None,
        "kept": save_kept(job.keep, kept if objects is None else {**kept, OBJECTS: objects}),
    }
