"""``publisher add``: look at image files, or at a study of others, and write a study for them."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.commands.options import Source, endpoint_option, reporter, site_option
from publisher.commands.words import counted
from publisher.errors import ContentError, Problem
from publisher.importers.draft import Importer
from publisher.model.identity import SAFE_ID
from publisher.model.location import Address, Location
from publisher.paths import SitePaths

if TYPE_CHECKING:
    # importers need pydantic
    from publisher.importers.registry import WantedImport
    from publisher.importers.write import Staged

IMPORT_BYTES = 4 << 30
IMPORT_TIMEOUT_S = 3600.0


@click.command(name="add")
@click.argument("sources", nargs=-1, required=True, type=Source())
@click.option(
    "--study",
    "slug",
    required=True,
    metavar="NAME",
    help="Name of the study's folder; it becomes part of web addresses.",
)
@click.option("--title", default=None, metavar="TEXT", help="Title of the study.")
@click.option("--copy", is_flag=True, help="Copy the files into the study; by default they stay where they are.")
@click.option(
    "--images",
    "places",
    multiple=True,
    type=click.Path(exists=True, path_type=Path),
    metavar="PATH",
    help="Where the pixels of a study of others lie: a folder, or a table that names files. May be repeated.",
)
@endpoint_option
@site_option
def command(
    sources: tuple[Location, ...],
    slug: str,
    title: str | None,
    copy: bool,
    places: tuple[Path, ...],
    endpoint: str | None,
    root: Path,
) -> int:
    """Look at image files, folders and addresses of OME-Zarr, or at a study of others.

    That is an IDR study folder, a transfer pack of OMERO, an RO-Crate or a spreadsheet.

    Writes study.yaml, images.csv and, for a study of others, TODO.md, a list of what to look at. Files that cannot be
    read are reported and left out. Files stay where they are unless --copy is given; what is on the web stays there.
    """
    # Late, here and below: help must not wait for what only a run needs.
    from publisher.config.load import load_config
    from publisher.importers.registry import WantedImport

    _, paths = load_config(root)
    folder = paths.studies / slug
    _refuse(slug, folder, paths)
    importer = _importer(sources)
    if importer is not None and isinstance(sources[0], Path):
        if copy:
            message = f"--copy is for image files; pixels of a study of others ({importer.name}) stay where they are"
            raise click.UsageError(message)
        wanted = WantedImport(
            folder=folder,
            shown=paths.shown(folder),
            title=title,
            places=tuple(place.resolve() for place in places),
        )
        return _import(sources[0], importer, wanted)
    if places:
        message = "--images is for studies of others; image files are named as they are"
        raise click.UsageError(message)
    return _add_images(sources, folder, title or slug, copy=copy, endpoint=endpoint, paths=paths)


def _importer(sources: tuple[Location, ...]) -> Importer | None:
    from publisher.importers.registry import importer_of  # late, as above

    found = [importer for source in sources if isinstance(source, Path) and (importer := importer_of(source))]
    if found and len(sources) > 1:
        raise click.UsageError(f"one of these is a study of others ({found[0].name}): add it alone")
    return found[0] if found else None


def _import(source: Path, importer: Importer, wanted: "WantedImport") -> int:
    """Take a study of others in: it is read, as every foreign file, in a process with limits."""
    from publisher.importers.registry import stage_import  # late, as above
    from publisher.importers.write import publish, staging
    from publisher.sources.worker import LimitedWorker

    with staging(wanted.folder) as made:
        with LimitedWorker(IMPORT_BYTES) as worker:
            study: Staged = worker.call(
                stage_import, source.resolve(), wanted, made, about=source, timeout_s=IMPORT_TIMEOUT_S
            )
        publish(made, wanted.folder, study.linked)
    reporter().problems(study.warnings)
    for line in _summary(study, importer, wanted.shown):
        click.echo(line)
    return 0


def _summary(study: "Staged", importer: Importer, shown: str) -> Iterator[str]:
    """What was written, what is left to do, and the next command."""
    yield f"{study.title} ({importer.name}): see {shown}/study.yaml."
    parts = [counted(study.rows, "row") + " of images.csv"] if study.rows else []
    parts += [counted(study.files, "further file")] if study.files else []
    if parts:
        yield f"Wrote {', '.join(parts)}."
    yield from (f"{fact}." for fact in study.facts)
    listed = len(study.todo) + len(study.lost)
    if listed or study.warnings:
        yield f"{counted(listed, 'thing')} to look at: see {shown}/TODO.md."
    yield "Next: `publisher plan` says what a build would do, `publisher build` does it."


def _add_images(
    sources: tuple[Location, ...], folder: Path, title: str, *, copy: bool, endpoint: str | None, paths: SitePaths
) -> int:
    from publisher.commands.found_images import WantedStudy, found_images  # late, as above
    from publisher.importers.write import publish, stage, staging

    shown = paths.shown(folder)
    placed = tuple(replace(each, endpoint=endpoint) if isinstance(each, Address) else each for each in sources)
    wanted = WantedStudy(slug=folder.name, folder=folder, title=title, copy=copy, endpoint=endpoint)
    found = found_images(placed, wanted, reporter())
    with staging(folder) as made:
        study = stage(found.draft, made, shown=shown, origin="image files")
        publish(made, folder, study.linked)
    click.echo(f"{counted(found.images, 'image')} in {counted(found.files, 'file')}: see {shown}/study.yaml.")
    click.echo("Next: fill in its keys, then `publisher build`.")
    if found.problems:
        click.echo("What could not be read is named above, and left out.", file=sys.stderr)
    return int(bool(found.problems))


def _refuse(slug: str, folder: Path, paths: SitePaths) -> None:
    if not SAFE_ID.match(slug):
        raise ContentError(
            Problem(
                code="study.bad-folder-name",
                message=f"--study {slug!r} becomes part of web addresses",
                hint="use letters, digits, dot, hyphen and underscore only",
            )
        )
    if folder.exists() and any(folder.iterdir()):
        raise ContentError(
            Problem(
                code="add.exists",
                path=paths.shown(folder),
                message="the study is there already",
                hint="choose another name, or edit it",
            )
        )
