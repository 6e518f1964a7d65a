"""``publisher check``: judge a site, a fileset or a folder of them."""

import dataclasses
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.commands.options import json_option, quiet_option, reporter
from publisher.commands.words import counted, problem_json, size_words
from publisher.errors import Problem, Severity
from publisher.model.location import Address, Location, address_of, is_address
from publisher.paths import CONFIG_NAME

if TYPE_CHECKING:
    from publisher.check.stores import Seen


@click.command(name="check")
@click.argument("where", metavar="[FOLDER]", required=False, default=None)
@click.option("--verify", is_flag=True, help="Read every byte and compare it with the checksums written at the build.")
@click.option("--strict", is_flag=True, help="Treat warnings as problems.")
@quiet_option
@click.option("-v", "--verbose", is_flag=True, help="Name each warning, not only the first of a kind.")
@json_option
def command(where: str | None, verify: bool, strict: bool, quiet: bool, verbose: bool, as_json: bool) -> int:
    """Judge every OME-Zarr fileset in FOLDER, whoever made it; of a built site, its links and pages as well.

    FOLDER is a site, a fileset (.ome.zarr, .ozx) or any folder that holds some, or the address of one fileset
    (https://...); without it, the output of the site here. Nothing is changed.
    """
    # Late: help must not wait for what only a run needs.
    from publisher.check.pages import check_pages
    from publisher.check.stores import Seen

    place, base_url = _site_here() if where is None else (_named(where), None)
    folder = place if isinstance(place, Path) else None
    told = reporter(quiet=quiet, verbose=verbose, once=True)
    seen, problems = Seen(), list[Problem]()
    for problem in _of_filesets(place, seen, verify=verify):
        told.problems([problem])
        problems.append(problem)
    is_site = folder is not None and (folder / "index.html").is_file()
    if folder and is_site:
        on_pages = [_below(folder, problem) for problem in check_pages(folder, base_url=base_url)]
        told.problems(on_pages)
        problems += on_pages
    if not seen.filesets and not is_site:
        problems.append(_nothing(str(place)))
        told.problems(problems[-1:])
    told.rest()
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if as_json:
        checked = {"filesets": seen.filesets, "files": seen.files, "bytes": seen.bytes, "pages": is_site}
        json.dump(
            {"checked": checked, "problems": [problem_json(problem) for problem in problems]}, sys.stdout, indent=2
        )
        print()
    elif not quiet:
        click.echo(f"Checked {_extent(place, seen, verify=verify)}{'; links and pages' if is_site else ''}.")
        warnings = len(problems) - errors
        click.echo(f"{counted(errors, 'problem')}, {counted(warnings, 'warning')}." if problems else "No faults found.")
    return 1 if errors or (strict and problems) else 0


def _extent(place: Location, seen: "Seen", *, verify: bool) -> str:
    """What was looked at; a host lists no files, so that only a manifest tells how many there are."""
    filesets = counted(seen.filesets, "fileset")
    if isinstance(place, Address) and not (verify and seen.files):
        return f"{filesets}: metadata, and the first chunk of each array"
    files = f"{filesets} of {counted(seen.files, 'file')}, {size_words(seen.bytes)}"
    return f"{files}, every byte" if verify else files


def _of_filesets(place: Location, seen: "Seen", *, verify: bool) -> Iterator[Problem]:
    from publisher.check.stores import check_address, check_stores  # late, as above

    if isinstance(place, Address):
        return check_address(place, seen, verify=verify)
    return check_stores(place, seen, verify=verify)


def _named(where: str) -> Location:
    """A folder, or a fileset's address; raises click.BadParameter."""
    if not is_address(where):
        if not Path(where).exists():
            raise click.BadParameter(f"there is no {where!r}", param_hint="FOLDER")
        return Path(where)
    address = address_of(where)
    if address is None:
        raise click.BadParameter(f"{where!r} is no address such as https://host/a.ome.zarr", param_hint="FOLDER")
    return address


def _site_here() -> tuple[Path, str | None]:
    """Output of the site in the current folder, and its public address."""
    from publisher.config.load import load_config  # late: a check of a folder needs no configuration

    config, paths = load_config(Path())
    return Path(paths.shown(paths.output)), config.base_url


def _below(folder: Path, problem: Problem) -> Problem:
    return dataclasses.replace(problem, path=str(folder / problem.path)) if problem.path else problem


def _nothing(place: str) -> Problem:
    return Problem(
        code="check.nothing-found",
        path=place,
        message="holds neither a site nor an OME-Zarr fileset",
        hint=f"name the output of a build, a folder of filesets, or go to the folder of {CONFIG_NAME}",
    )
