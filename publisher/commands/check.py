"""``publisher check``: judge a site, a fileset or a folder of them."""

import dataclasses
import json
import sys
from pathlib import Path

import click

from publisher.commands.options import json_option, quiet_option, reporter
from publisher.commands.words import counted, problem_json, size_words
from publisher.errors import Problem, Severity
from publisher.paths import CONFIG_NAME


@click.command(name="check")
@click.argument("folder", required=False, default=None, type=click.Path(exists=True, file_okay=True, path_type=Path))
@click.option("--verify", is_flag=True, help="Read every byte and compare it with the checksums written at the build.")
@click.option("--strict", is_flag=True, help="Treat warnings as problems.")
@quiet_option
@json_option
def command(folder: Path | None, verify: bool, strict: bool, quiet: bool, as_json: bool) -> int:
    """Judge every OME-Zarr fileset in FOLDER, whoever made it; of a built site, its links and pages as well.

    FOLDER is a site, a fileset (.ome.zarr, .ozx) or any folder that holds some; without it, the output of the site
    here. Nothing is changed.
    """
    # Late: help must not wait for what only a run needs.
    from publisher.check.pages import check_pages
    from publisher.check.stores import Seen, check_stores

    folder, base_url = _site_here() if folder is None else (folder, None)
    told = reporter(quiet=quiet)
    seen, problems = Seen(), list[Problem]()
    for problem in check_stores(folder, seen, verify=verify):
        told.problems([problem])
        problems.append(problem)
    is_site = (folder / "index.html").is_file()
    if is_site:
        found = [_below(folder, problem) for problem in check_pages(folder, base_url=base_url)]
        told.problems(found)
        problems += found
    if not seen.filesets and not is_site:
        problems.append(_nothing(folder))
        told.problems(problems)
    errors = sum(problem.severity is Severity.ERROR for problem in problems)
    if as_json:
        checked = {"filesets": seen.filesets, "files": seen.files, "bytes": seen.bytes, "pages": is_site}
        json.dump(
            {"checked": checked, "problems": [problem_json(problem) for problem in problems]}, sys.stdout, indent=2
        )
        print()
    elif not quiet:
        what = f"{counted(seen.filesets, 'fileset')} of {counted(seen.files, 'file')}, {size_words(seen.bytes)}"
        click.echo(f"Checked {what}{', every byte' if verify else ''}{'; links and pages' if is_site else ''}.")
        warnings = len(problems) - errors
        click.echo(f"{counted(errors, 'problem')}, {counted(warnings, 'warning')}." if problems else "No faults found.")
    return 1 if errors or (strict and problems) else 0


def _site_here() -> tuple[Path, str | None]:
    """Output of the site in the current folder, and its public address."""
    from publisher.config.load import load_config  # late: a check of a folder needs no configuration

    config, paths = load_config(Path())
    return Path(paths.shown(paths.output)), config.base_url


def _below(folder: Path, problem: Problem) -> Problem:
    return dataclasses.replace(problem, path=str(folder / problem.path)) if problem.path else problem


def _nothing(folder: Path) -> Problem:
    return Problem(
        code="check.nothing-found",
        path=str(folder),
        message="holds neither a site nor an OME-Zarr fileset",
        hint=f"name the output of a build, a folder of filesets, or go to the folder of {CONFIG_NAME}",
    )
