"""``publisher lint``: what a curator should mend or add."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.commands.options import json_option, quiet_option, site_option, study_option
from publisher.commands.words import counted

if TYPE_CHECKING:
    from publisher.lint.completeness import Item
    from publisher.lint.finding import Finding
    from publisher.lint.report import StudyReport

NEXT = 5
"""Items that are named of what to add next, unless all are asked for."""


@click.command(name="lint")
@site_option
@study_option
@click.option("--strict", is_flag=True, help="Treat warnings as problems.")
@quiet_option
@click.option("-v", "--verbose", is_flag=True, help="Name all that could be added, and every image.")
@json_option
def command(root: Path, studies: tuple[str, ...], strict: bool, quiet: bool, verbose: bool, as_json: bool) -> int:
    """Say what a curator should mend or add: in texts, terms and rows, in what images say, in their values.

    No image file is opened: what is known of images is what the last build or plan saw. Nothing is changed.
    """
    # Late: help must not wait for what only a run needs.
    from publisher.pipeline.lint_run import lint
    from publisher.pipeline.options import BuildOptions

    reports = lint(root, BuildOptions(today=date.today(), studies=studies))  # noqa: DTZ011  # the local day
    errors, warnings = (sum(report.count(severity) for report in reports) for severity in ("error", "warning"))
    if as_json:
        json.dump({"version": 1, "studies": [report.to_json() for report in reports]}, sys.stdout, indent=2)
        print()
    else:
        for report in reports:
            for line in _lines(report, quiet=quiet, verbose=verbose):
                click.echo(line)
        click.echo(_sum(len(reports), errors, warnings))
    return 1 if errors or (strict and warnings) else 0


def _sum(studies: int, errors: int, warnings: int) -> str:
    looked = f"Looked at {studies:,} {'study' if studies == 1 else 'studies'}"
    return f"{looked}: {counted(errors, 'error')}, {counted(warnings, 'warning')}."


def _lines(report: "StudyReport", *, quiet: bool, verbose: bool) -> Iterator[str]:
    shown = [finding for finding in report.findings if not quiet or finding.severity == "error"]
    if shown or not quiet:
        yield f"{report.slug}: {report.title}" if report.title else report.slug
    for finding in shown:
        yield f"  {_finding(finding)}"
        if verbose:
            yield from (f"      {image.name} ({image.id})" for image in finding.images)
    if not quiet:
        yield from _completeness(report, verbose=verbose)
        yield ""


def _finding(finding: "Finding") -> str:
    place = f"{finding.path}:{finding.line}: " if finding.path and finding.line else f"{finding.path}: "
    hint = f" ({finding.hint})" if finding.hint else ""
    return f"{finding.severity}: {place if finding.path else ''}{finding.message}{hint} [{finding.code}]"


def _completeness(report: "StudyReport", *, verbose: bool) -> Iterator[str]:
    if not report.items:
        return
    required, recommended = report.given("required"), report.given("recommended")
    yield f"  says {required[0]} of {required[1]} required and {recommended[0]} of {recommended[1]} recommended things"
    steps = report.next_steps()
    for item in steps if verbose else steps[:NEXT]:
        yield f"  add next: {_item(item)}"
    if len(steps) > NEXT and not verbose:
        yield f"  ... and {len(steps) - NEXT} more, told by --verbose"


def _item(item: "Item") -> str:
    level = "" if item.level == "required" else ", recommended"
    return f"{item.key}: {item.field} ({item.module}{level}): {item.hint}"
