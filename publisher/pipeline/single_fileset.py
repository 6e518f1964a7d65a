"""One image file to one OME-Zarr, without a site: the same plan, the same steps, the same gate as a build.

The fileset is made beside where it is to stand, checked, and moved there in one rename; of a URL it is then sent.
"""

import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from publisher import urls
from publisher.catalogue.curation import Curation
from publisher.catalogue.load import StudyFolder
from publisher.catalogue.schema import ImageFiles, Rendering, StudyDescription
from publisher.catalogue.tree import DatasetFiles, FileRef
from publisher.config.model import BuildSection, DownloadsSection, SiteConfig, ZarrSection
from publisher.errors import ConfigError, ConversionError, Problem, SourceError
from publisher.files import remove_tree
from publisher.graph.scheduler import Scheduler
from publisher.graph.step import Deferred, Step, Unit
from publisher.model.container import Entry
from publisher.model.identity import image_id, stem
from publisher.model.image import ImageRef
from publisher.pages.published import StudyRecord
from publisher.paths import WORK_NAME, SitePaths
from publisher.pipeline.gate import check_written
from publisher.pipeline.options import BuildOptions
from publisher.pipeline.site import Site
from publisher.pipeline.study_parts import PixelGroup
from publisher.pipeline.study_pixels import StudyPixels
from publisher.pipeline.workers import Workers
from publisher.pipeline.workspace import opened
from publisher.reporting import Reporter
from publisher.transfer.made import send_made, stands_at
from publisher.yaml_file import YamlFile

_SLUG = "converted"
_PIXELS_ONLY = ("pictures ",)
"""Steps of a site's pages, by the beginning of their names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FilesetRequest:
    """What to convert, and to what: ``output`` is a folder (.ome.zarr), a file (.ozx) or a URL of either.

    ``series`` are those wanted, all by default. ``overwrite``: what stands at ``output`` is replaced.
    """

    source: Path
    output: str
    zarr: ZarrSection
    series: tuple[int, ...] = ()
    reader: str | None = None
    axes: str | None = None
    overwrite: bool = False
    threads: int | None = None
    memory_bytes: int | None = None

    @property
    def is_file(self) -> bool:
        """Whether one file is wanted."""
        return self.output.lower().endswith(".ozx")

    @property
    def is_remote(self) -> bool:
        """Whether the output is a URL."""
        return "://" in self.output


@dataclass(frozen=True, slots=True, kw_only=True)
class Converted:
    """What stands at the output: images, files, bytes; with ``problems`` nothing does."""

    images: int = 0
    files: int = 0
    bytes: int = 0
    problems: tuple[Problem, ...] = ()
    warnings: tuple[Problem, ...] = ()


def convert_source(request: FilesetRequest, reporter: Reporter) -> Converted:
    """Make the fileset; raises ConfigError for an output that cannot be, problems of the source are returned."""
    _refuse_output(request)
    with _workplace(request) as place:
        converted, made = _make(request, place, reporter)
        if converted.problems:
            return converted
        if request.is_remote:
            send_made(made, request.output, reporter)
        else:
            _put_in_place(made, Path(request.output))
        return converted


def _refuse_output(request: FilesetRequest) -> None:
    if not request.output.lower().rstrip("/").endswith((".zarr", ".ozx")):
        message = "is no name for an OME-Zarr"
        hint = "let it end in .ome.zarr (a folder) or .ozx (one file)"
        raise ConfigError(Problem(code="convert.bad-output", path=request.output, message=message, hint=hint))
    if request.is_file and request.zarr.version == "0.4":
        message = "one file needs Zarr v3, and --version 0.4 is Zarr v2"
        raise ConfigError(
            Problem(code="convert.bad-output", path=request.output, message=message, hint="leave --version out")
        )
    there = stands_at(request.output) if request.is_remote else Path(request.output).exists()
    if there and not request.overwrite:
        hint = "name another, or say --overwrite"
        raise ConfigError(Problem(code="convert.exists", path=request.output, message="is there already", hint=hint))


@contextmanager
def _workplace(request: FilesetRequest) -> Iterator[Path]:
    """A folder on the disk of the output, gone afterwards; after a kill the next run of the same goes on in it."""
    if request.is_remote:
        with tempfile.TemporaryDirectory(prefix="publisher-") as folder:
            yield Path(folder)
        return
    target = Path(request.output).absolute()
    target.parent.mkdir(parents=True, exist_ok=True)
    place = target.parent / f".{target.name}.{WORK_NAME.strip('.')}"
    try:
        yield place
    except ConfigError:
        raise  # another run works there
    except BaseException:
        remove_tree(place)
        raise
    remove_tree(place)


def _make(request: FilesetRequest, place: Path, reporter: Reporter) -> tuple[Converted, Path]:
    """The fileset (or file) below ``place``, and what it holds."""
    config = SiteConfig(
        title=_SLUG,
        zarr=request.zarr,
        downloads=DownloadsSection(ozx="image" if request.is_file else "none"),
        build=BuildSection(output="out"),
    )
    paths = SitePaths(root=place, content=place / "content", output=place / "out", work=place / WORK_NAME)
    options = BuildOptions(today=date.min, threads=request.threads, memory_bytes=request.memory_bytes)
    with opened(config, paths) as workspace:
        workers = Workers(options)
        site = Site(config, paths, workspace.ledger, reporter, options, workers)
        try:
            work = _Conversion(site, request)
            workers.warm_up()
            scheduler = Scheduler(workspace.ledger, workspace.stage, reporter, slots=site.cores.count)
            report = scheduler.run([Unit(name=_SLUG, key=None, steps=work.steps)], lambda path: 0)
            problems, made = tuple(report.problems), Path()
            if not problems:
                made = work.made()
                problems = check_written(site, sorted((paths.output / "data" / _SLUG).glob("*.ome.zarr")))
                reporter.problems(problems)
        finally:
            site.close()
        prefix = made.relative_to(paths.output).as_posix() if made.parts else "none"
        files, size = workspace.ledger.published_bytes(prefix=prefix)
    images, warnings = len(work.entries), tuple(site.warnings)
    return Converted(images=images, files=files, bytes=size, problems=problems, warnings=warnings), made


class _Conversion:
    """The source as a study of one file, which nobody curated."""

    def __init__(self, site: Site, request: FilesetRequest) -> None:
        source = request.source.absolute()
        self._site, self._request = site, request
        self._ref = FileRef(
            path=source.name,
            location=source,
            wants=ImageFiles(path=source.name, reader=request.reader, axes=request.axes),
        )
        description = StudyDescription(title=stem(source.name))
        study = StudyFolder(
            slug=_SLUG,
            folder=source.parent,
            shown=str(source.parent),
            file=YamlFile(source, text="{}"),
            description=description,
            curation=Curation([], [], []),
        )
        self._pixels = StudyPixels(site, study, StudyRecord(slug=_SLUG, description=description))
        self.entries: Sequence[Entry] = ()

    def made(self) -> Path:
        """What is wanted: the folder of the fileset, or the one image as a file; raises ConversionError for several."""
        output = self._site.paths.output
        if self._request.is_file:
            return output / urls.ozx(_SLUG, self.entries[0].id)
        filesets = sorted((output / "data" / _SLUG).glob("*.ome.zarr"))
        if len(filesets) > 1:
            raise ConversionError(_several_filesets(self._request, len(filesets)))
        return filesets[0]

    def steps(self) -> Iterator[Step | Deferred]:
        """Steps of the fileset alone; raises SourceError for series that are not there."""
        self.entries = tuple(self._entries())
        dataset = DatasetFiles(id=_SLUG, name=_SLUG, description="", rendering=Rendering(), files=(self._ref,))
        for step in self._pixels.steps(PixelGroup(dataset, self.entries), {}):
            if not step.name.startswith(_PIXELS_ONLY):
                yield step

    def _entries(self) -> Iterator[Entry]:
        images = {image.series: image for image in self._pixels.images_of(self._ref)}
        missing = sorted(set(self._request.series) - set(images))
        if missing and images:
            raise SourceError(_no_such_series(self._request, missing, len(images)))
        wanted = [series for series in images if not self._request.series or series in self._request.series]
        if self._request.is_file and len(wanted) > 1:
            raise ConversionError(_several_images(self._request, len(wanted)))
        for series in wanted:
            number = image_id(_SLUG, self._ref.path, series)
            yield Entry(id=number, name="", ref=ImageRef(path=self._ref.path, series=series))


def _put_in_place(made: Path, target: Path) -> None:
    """Move what was made to where it is wanted; what stood there goes when it does."""
    old = made.parent / "replaced"
    if target.exists():
        target.rename(old)
    made.rename(target)
    remove_tree(old)


def _no_such_series(request: FilesetRequest, missing: list[int], count: int) -> Problem:
    message = f"has no series {', '.join(map(str, missing))}; it has {count}, counted from 0"
    return Problem(code="convert.no-such-series", path=str(request.source), message=message)


def _several_filesets(request: FilesetRequest, count: int) -> Problem:
    message = f"becomes {count} filesets (a plate is one of its own), and the output is one"
    hint = "choose the images of one of them by --series; `publisher inspect` lists them"
    return Problem(code="convert.several-filesets", path=str(request.source), message=message, hint=hint)


def _several_images(request: FilesetRequest, count: int) -> Problem:
    message = f"holds {count} images, and a .ozx file is one image"
    hint = "choose one by --series, or name an output that ends in .ome.zarr"
    return Problem(code="convert.several-images", path=str(request.source), message=message, hint=hint)
