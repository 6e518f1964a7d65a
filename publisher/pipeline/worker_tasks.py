"""What runs in the limited worker process: everything that opens a file somebody else made."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from publisher import __version__
from publisher.assets.picture_set import PictureFile, PictureSizes
from publisher.errors import Problem
from publisher.formats.redaction import Redaction
from publisher.model.location import Address, Location
from publisher.model.rendering import RenderingSettings
from publisher.ngff.plan import ImagePlan, PicturePlane
from publisher.sources.inspect import Inspection, inspect
from publisher.sources.protocol import EncodedChunks, ImageSource, Roots, SourceFile
from publisher.sources.registry import Registry, installed_readers
from publisher.sources.shelf import Shelf

if TYPE_CHECKING:  # only the worker needs XML
    from publisher.formats.ome_xml_publish import PublishedImage, PublishedPlates
    from publisher.ngff.pixels import PixelsResult
    from publisher.ngff.syncing import SyncThreads


@cache
def _readers() -> Registry:
    """Readers of this process: looking through all installed packages costs as much as opening a small file."""
    return installed_readers()


@cache
def _sync_threads() -> "SyncThreads":
    """Threads of this process that make files durable."""
    from publisher.ngff.syncing import SyncThreads

    return SyncThreads()


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAddress:
    """Where a source is, where files it names may be, and what the curator says of how to read it."""

    path: Location
    roots: tuple[Path, ...]
    reader: str | None = None
    axes: str | None = None

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Conversion:
    """One image to convert: levels go below ``folder``, the picture's pixels into ``keep``."""

    address: SourceAddress
    series: int
    plan: ImagePlan
    folder: Path
    keep: Path
    picture: PicturePlane
    threads: int = 1
    memory_bytes: int | None = None


def inspect_source(address: SourceAddress) -> Inspection:
    """What a reader sees."""
    return inspect(address.path, Roots(address.roots), _readers(), reader=address.reader, axes=address.axes)


def has_changed(address: Address, files: tuple[SourceFile, ...]) -> bool:
    """Whether any of ``files``, metadata documents of the store at ``address``, is another now; a request for each."""
    from publisher.sources.http_files import current_files  # late: urllib3 is an extra

    return current_files(address, files) != files


@dataclass(frozen=True, slots=True, kw_only=True)
class Documents:
    """OME-XML of a fileset, of each of its published images, and what was mended or redacted on the way."""

    fileset: bytes
    images: tuple[bytes, ...]
    warnings: tuple[Problem, ...]


def publish_documents(
    address: SourceAddress, images: "tuple[PublishedImage, ...]", redaction: Redaction, plates: "PublishedPlates"
) -> Documents:
    """The published OME-XML of a source, from its own where it has one."""
    # Here and below: what a task needs is imported in the process that runs it.
    from publisher.formats.ome_xml_publish import published_document
    from publisher.formats.ome_xml_single import ImageDocuments
    from publisher.formats.ome_xml_tree import parse

    with address.open() as source:
        own = source.document()
    tree = parse(own, name=str(address.path)) if own else None
    creator = f"publisher {__version__}"
    published = published_document(tree, images, privacy=redaction, creator=creator, plates=plates)
    each = ImageDocuments(published.data)
    return Documents(
        fileset=published.data,
        images=tuple(each.document(number) for number in range(len(images))),
        warnings=published.problems,
    )


def convert(job: Conversion, *, progress: Callable[[int], None], shelf: Shelf) -> dict[str, Any]:
    """Write the arrays of one image; returns files (path, size, SHA-256), statistics and the picture's digest."""
    # The writer and its codecs are imported where pixels are written, and nowhere else.
    from publisher.ngff.passthrough import copy_pixels
    from publisher.ngff.pixels import write_pixels
    from publisher.ngff.survey import survey_pixels

    with job.address.kept_open(shelf) as source:
        if job.plan.referenced:
            return _converted(
                survey_pixels(source, job.series, job.plan, picture=job.picture, progress=progress), job.keep
            )
        if job.plan.stored and isinstance(source, EncodedChunks):
            result = copy_pixels(
                source,
                job.series,
                job.plan,
                job.folder,
                threads=job.threads,
                picture=job.picture,
                progress=progress,
                sync_threads=_sync_threads(),
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
            sync_threads=_sync_threads(),
        )
    return _converted(result, job.keep)


def _converted(result: "PixelsResult", keep: Path) -> dict[str, Any]:
    from publisher.assets.kept_picture import save_picture  # late, as above

    return {
        "files": [[str(file.path), file.size, file.sha256] for file in result.files],
        "statistics": result.statistics.to_json(),
        "picture": save_picture(keep, result.picture),
    }


def draw_pictures(
    keep: Path, rendering: RenderingSettings, sizes: PictureSizes, threads: int
) -> dict[str, PictureFile]:
    """The picture files of an image, by name, from the pixels kept in ``keep``."""
    from publisher.assets.kept_picture import load_picture
    from publisher.assets.thumbnail import thumbnail_files

    return thumbnail_files(load_picture(keep), rendering, sizes, threads=threads)


def check_filesets(folders: tuple[Path, ...], *, empty_files: bool) -> list[tuple[Problem, ...]]:
    """Faults of written filesets, folder by folder."""
    from publisher.ngff.validate import validate_fileset

    return [validate_fileset(folder, empty_files=empty_files) for folder in folders]
