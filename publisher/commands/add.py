"""``publisher add``: look at image files and write a study for them."""

import csv
import io
import os
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import click

from publisher.catalogue.image_patterns import image_files
from publisher.commands.options import Source, endpoint_option, reporter, site_option
from publisher.commands.words import counted
from publisher.errors import ContentError, Problem, PublisherError
from publisher.model.identity import SAFE_ID, image_id
from publisher.model.image import Image
from publisher.model.location import Address, Location, is_address
from publisher.paths import SitePaths

WORKER_BYTES = 8 << 30
TIMEOUT_S = 120.0
HEAD = """\
# A study. `publisher --help` says where all its keys are listed. Check what you wrote with `publisher plan`.
# To do: title, description, authors, licence, organisms, imaging_methods. A line that starts with # is not read.

"""
TODO = """\
# description: |
#   What was asked, done and seen.
# authors:
#   - {name: Ada Lovelace, orcid: 0000-0000-0000-0000, affiliation: Your institution}
# licence: CC-BY-4.0
# organisms:
#   - {name: Homo sapiens, accession: NCBITaxon:9606}
# imaging_methods:
#   - {name: confocal microscopy, accession: FBbi_00000251}

"""


@dataclass(slots=True)
class _Found:
    """Images by file, relative to the study's root, and what could not be read."""

    images: dict[str, tuple[Image, ...]] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    members: set[str] = field(default_factory=set)


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
@endpoint_option
@site_option
def command(
    sources: tuple[Location, ...], slug: str, title: str | None, copy: bool, endpoint: str | None, root: Path
) -> int:
    """Look at image files, folders and addresses of OME-Zarr, and write study.yaml and images.csv for them.

    Files that cannot be read are reported and left out. Files stay where they are unless --copy is given; what is
    on the web stays there.
    """
    # Late, here and below: help must not wait for what only a run needs.
    from publisher.config.load import load_config

    _, paths = load_config(root)
    folder = paths.studies / slug
    _refuse(slug, folder, paths)
    local = tuple(source for source in sources if isinstance(source, Path))
    addresses = [replace(source, endpoint=endpoint) for source in sources if isinstance(source, Address)]
    base = _common_folder(local) if local else None
    named: dict[str, Location] = {name: base / name for name in _files(local, base)} if base else {}
    found = _look(named | {address.url: address for address in addresses}, base)
    reporter().problems(found.problems)
    if not found.images:
        raise ContentError(_nothing())
    folder.mkdir(parents=True, exist_ok=True)
    if copy and base:
        _copy(found, base, folder / "images")
    prefix = "images/" if copy else ""
    source = _relative(base, folder) if base and not copy else None
    (folder / "study.yaml").write_text(_study_yaml(found, title or slug, prefix, source, endpoint), encoding="utf-8")
    (folder / "images.csv").write_text(_images_csv(found, slug, prefix), encoding="utf-8")
    count = sum(map(len, found.images.values()))
    files = counted(len(found.images), "file")
    click.echo(f"{counted(count, 'image')} in {files}: see {paths.shown(folder)}/study.yaml.")
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


def _look(sources: Mapping[str, Location], base: Path | None) -> _Found:
    """Inspect sources by name; a file of a set that was seen is not listed again, what describes a set comes first."""
    from publisher.pipeline.worker_tasks import SourceAddress, inspect_source
    from publisher.sources.worker import LimitedWorker

    found = _Found()
    roots = (base,) if base else ()
    ordered = sorted(sources, key=lambda name: (not name.lower().endswith(("companion.ome", ".wpi")), name))
    with LimitedWorker(WORKER_BYTES) as worker, reporter().work("looking at files", len(ordered), "files") as meter:
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
            reporter().problems(inspection.warnings)
            if isinstance(path, Path):
                found.members.update(file.path for file in inspection.files)
            # A slide's label and macro are published only where the curator lists their series.
            found.images[name] = tuple(image for image in inspection.images if not image.is_slide_picture)
    found.images = dict(sorted(found.images.items()))
    return found


def _copy(found: _Found, base: Path, target: Path) -> None:
    """Copy what was found, and the files that belong to it, into the study."""
    wanted = {base / name for name in found.images if not is_address(name)}
    wanted |= {path for member in found.members if not _inside(path := Path(member), wanted)}
    for path in sorted(wanted):
        place = target / path.relative_to(base)
        place.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir():
            shutil.copytree(path, place, dirs_exist_ok=True)
        else:
            shutil.copy2(path, place)


def _inside(path: Path, folders: set[Path]) -> bool:
    return any(parent in folders for parent in path.parents)


def _nothing() -> Problem:
    return Problem(
        code="add.nothing",
        message="no image that an installed reader can read was found",
        hint="check the path; `publisher inspect FILE` says why a file cannot be read",
    )


def _relative(base: Path, folder: Path) -> str:
    """The source folder as study.yaml names it: relative where both lie in one tree, so that the site can move."""
    relative = os.path.relpath(base, folder)
    return str(base) if relative.count("..") > 4 else Path(relative).as_posix()


def _study_yaml(found: _Found, title: str, prefix: str, source: str | None, endpoint: str | None) -> str:
    from publisher.yaml_file import dump_yaml

    groups: dict[str, list[object]] = {}
    for name in found.images:
        if is_address(name):
            wanted = {"path": name, "endpoint": endpoint} if endpoint and name.startswith("s3://") else name
            groups.setdefault("", []).append(wanted)
        else:
            groups.setdefault(name.split("/")[0] if "/" in name else "", []).append(prefix + name)
    datasets = [{"name": group or "Images", "images": names} for group, names in groups.items()]
    head = dump_yaml({"title": title})
    body = dump_yaml({**({"sources": [source]} if source else {}), "datasets": datasets})
    return HEAD + head + TODO + body


def _images_csv(found: _Found, slug: str, prefix: str) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["image", "series", "id", "name", "description"])
    for name, images in found.images.items():
        path = name if is_address(name) else prefix + name
        for image in images:
            writer.writerow(
                [
                    path,
                    image.series if len(images) > 1 else "",
                    image_id(slug, path, image.series),
                    "",
                    "",
                ]
            )
    return text.getvalue()
