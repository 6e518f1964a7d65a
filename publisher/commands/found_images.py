"""What is found in image files as a draft of a study: what ``publisher add`` writes where no importer knows better."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from publisher.catalogue.image_patterns import image_files
from publisher.errors import ContentError, Problem, PublisherError
from publisher.importers.draft import StudyDraft, TableDraft
from publisher.model.identity import image_id
from publisher.model.image import Image
from publisher.model.location import Address, Location, is_address
from publisher.reporting import Reporter

WORKER_BYTES = 8 << 30
TIMEOUT_S = 120.0


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundImages:
    """A draft of a study of image files, the number of files and images, and what could not be read."""

    draft: StudyDraft
    files: int
    images: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedStudy:
    """The study to draft: its name in addresses, its folder and title, whether files are copied into it.

    ``endpoint`` is that of the S3 service of s3:// sources.
    """

    slug: str
    folder: Path
    title: str
    copy: bool = False
    endpoint: str | None = None


def found_images(sources: tuple[Location, ...], wanted: WantedStudy, reporter: Reporter) -> FoundImages:
    """Look at files, folders and addresses; raises ContentError where none can be read."""
    local = tuple(source for source in sources if isinstance(source, Path))
    addresses = [source for source in sources if isinstance(source, Address)]
    base = _common_folder(local) if local else None
    named: dict[str, Location] = {name: base / name for name in _files(local, base)} if base else {}
    found = _look(named | {address.url: address for address in addresses}, base, reporter)
    reporter.problems(found.problems)
    if not found.images:
        raise ContentError(_nothing())
    return FoundImages(
        draft=_draft(found, wanted, base),
        files=len(found.images),
        images=sum(map(len, found.images.values())),
        problems=tuple(found.problems),
    )


@dataclass(slots=True)
class _Found:
    """Images by file, relative to the study's root, and what could not be read."""

    images: dict[str, tuple[Image, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    members: set[str] = field(default_factory=set)


def _common_folder(sources: tuple[Path, ...]) -> Path:
    folders = [str((path if _is_container(path) else path.parent).resolve()) for path in sources]
    return Path(os.path.commonpath(folders))


def _is_container(path: Path) -> bool:
    return path.is_dir() and not path.name.lower().endswith(".zarr")


def _files(sources: tuple[Path, ...], base: Path) -> Iterator[str]:
    """Files to look at, relative to ``base``: those with a suffix that some reader takes."""
    from publisher.sources.registry import installed_readers

    suffixes = installed_readers().suffixes()
    for source in sources:
        real = source.resolve()
        if not _is_container(source):
            yield real.relative_to(base).as_posix()
            continue
        for name in image_files(real):
            if name.lower().endswith(suffixes):
                yield (real / name).relative_to(base).as_posix()


def _look(sources: Mapping[str, Location], base: Path | None, reporter: Reporter) -> _Found:
    """Inspect sources by name; a file of a set that was seen is not listed again, what describes a set comes first."""
    from publisher.pipeline.worker_tasks import SourceAddress, inspect_source
    from publisher.sources.worker import LimitedWorker

    found = _Found()
    roots = (base,) if base else ()
    ordered = sorted(sources, key=lambda name: (not name.lower().endswith(("companion.ome", ".wpi")), name))
    with LimitedWorker(WORKER_BYTES) as worker, reporter.work("looking at files", len(ordered), "files") as meter:
        for name in ordered:
            meter.within(1)
            meter.finish(1)
            path = sources[name]
            if str(path) in found.members:
                continue
            try:
                inspection = worker.call(
                    inspect_source, SourceAddress(path=path, roots=roots), about=path, timeout_s=TIMEOUT_S
                )
            except PublisherError as error:
                found.problems += error.problems
                continue
            reporter.problems(inspection.warnings)
            if isinstance(path, Path):
                found.members.update(file.path for file in inspection.files)
            # A slide's label and macro are published only where the curator lists their series.
            found.images[name] = tuple(image for image in inspection.images if not image.is_slide_picture)
    found.images = dict(sorted(found.images.items()))
    return found


def _draft(found: _Found, wanted: WantedStudy, base: Path | None) -> StudyDraft:
    prefix = "images/" if wanted.copy else ""
    source = relative_source(base, wanted.folder) if base and not wanted.copy else None
    groups: dict[str, list[object]] = {}
    for name in found.images:
        if is_address(name):
            path = {"path": name, "endpoint": wanted.endpoint}
            groups.setdefault("", []).append(path if wanted.endpoint and name.startswith("s3://") else name)
        else:
            groups.setdefault(name.split("/")[0] if "/" in name else "", []).append(prefix + name)
    datasets = [{"name": group or "Images", "images": names} for group, names in groups.items()]
    return StudyDraft(
        description={"title": wanted.title, **({"sources": [source]} if source else {}), "datasets": datasets},
        images=TableDraft(
            header=("image", "series", "id", "name", "description"), rows=_rows(found, wanted.slug, prefix)
        ),
        linked=dict(_linked(found, base)) if wanted.copy and base else None,
    )


def _rows(found: _Found, slug: str, prefix: str) -> Iterator[tuple[str, ...]]:
    for name, images in found.images.items():
        path = name if is_address(name) else prefix + name
        for image in images:
            series = str(image.series) if len(images) > 1 else ""
            yield path, series, image_id(slug, path, image.series), "", ""


def _linked(found: _Found, base: Path) -> Iterator[tuple[str, Path]]:
    """What was found, and the files that belong to it, by their places in the study."""
    wanted = {base / name for name in found.images if not is_address(name)}
    wanted |= {path for member in found.members if not _inside(path := Path(member), wanted)}
    for path in sorted(wanted):
        yield f"images/{path.relative_to(base).as_posix()}", path


def _inside(path: Path, folders: set[Path]) -> bool:
    return any(parent in folders for parent in path.parents)


def _nothing() -> Problem:
    return Problem(
        code="add.nothing",
        message="no image that an installed reader can read was found",
        hint="check the path; `publisher inspect FILE` says why a file cannot be read",
    )


def relative_source(base: Path, folder: Path) -> str:
    """The source folder as study.yaml names it: relative where both lie in one tree, so that the site can move."""
    relative = os.path.relpath(base, folder)
    return str(base) if relative.count("..") > 4 else Path(relative).as_posix()
