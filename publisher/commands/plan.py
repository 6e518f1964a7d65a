"""``publisher plan``: what a build would do, and why."""

import json
import sys
from datetime import date
from pathlib import Path

import click

from publisher.commands.options import (
    drafts_option,
    json_option,
    output_option,
    reporter,
    site_option,
    study_option,
    verbose_option,
)
from publisher.commands.words import build_json, plan_lines
from publisher.reporting import SilentReporter


@click.command(name="plan")
@site_option
@output_option
@study_option
@drafts_option
@click.option("--force", is_flag=True, help="As if every step were to be done again.")
@verbose_option
@json_option
def command(
    root: Path, output: Path | None, studies: tuple[str, ...], drafts: bool, force: bool, verbose: bool, as_json: bool
) -> int:
    """Show what a build would do and why: every step with its reason, new bytes and files, limits of the host.

    Nothing is written to the site.
    """
    # Late: help must not wait for what only a run needs.
    from publisher.pipeline import BuildOptions, plan

    options = BuildOptions(today=date.today(), studies=studies, drafts=drafts, force=force)  # noqa: DTZ011  # local day
    told = SilentReporter() if as_json else reporter(verbose=verbose, once=True)
    try:
        outcome = plan(root, options, told, output=output)
    finally:
        told.rest()
    if as_json:
        json.dump(build_json(outcome), sys.stdout, indent=2)
        print()
    else:
        for line in plan_lines(outcome, every=verbose):
            click.echo(line)
    return 1 if outcome.problems else 0
