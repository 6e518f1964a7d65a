"""``publisher build``: bring the site up to date."""

import json
import sys
import time
from datetime import date
from pathlib import Path

import click

from publisher.commands.options import (
    drafts_option,
    json_option,
    memory_bytes,
    output_option,
    quiet_option,
    reporter,
    site_option,
    study_option,
    verbose_option,
)
from publisher.commands.words import build_json, build_lines


@click.command(name="build")
@site_option
@output_option
@study_option
@drafts_option
@click.option(
    "--jobs",
    type=click.IntRange(1),
    default=None,
    metavar="N",
    help="Cores used at once, by one large image or by several small ones; all by default.",
)
@click.option(
    "--memory",
    default=None,
    metavar="SIZE",
    help="Most memory of all conversions together, such as 4G; three quarters of the machine by default.",
)
@click.option("--no-send", is_flag=True, help="Do not send data/ to the store of build.data_store.")
@click.option("--strict", is_flag=True, help="Treat warnings as problems.")
@click.option("--force", is_flag=True, help="Do every step again.")
@quiet_option
@verbose_option
@json_option
def command(
    root: Path,
    output: Path | None,
    studies: tuple[str, ...],
    drafts: bool,
    jobs: int | None,
    memory: str | None,
    no_send: bool,
    strict: bool,
    force: bool,
    quiet: bool,
    verbose: bool,
    as_json: bool,
) -> int:
    """Bring the site up to date: convert what is new, render what changed, remove what is gone.

    A file or study that cannot be used is reported and the rest is built. What was published stays whole
    until everything is ready, even when the build is stopped.

    With build.data_store, data/ is then sent to that store: not with --drafts, and not from another --output.
    """
    # Late: help must not wait for what only a run needs.
    from publisher.pipeline import BuildOptions, build

    started = time.monotonic()
    options = BuildOptions(
        today=date.today(),  # noqa: DTZ011  # an embargo ends on the local day
        studies=studies,
        drafts=drafts,
        force=force,
        threads=jobs,
        memory_bytes=memory_bytes(memory),
        send=output is None and not no_send,
    )
    told = reporter(quiet=quiet, verbose=verbose, once=True)
    try:
        outcome = build(root, options, told, output=output)
    finally:
        told.rest()
    if as_json:
        json.dump(build_json(outcome), sys.stdout, indent=2)
        print()
    elif not quiet:
        for line in build_lines(outcome, time.monotonic() - started):
            click.echo(line)
    return 1 if outcome.problems or (strict and outcome.warnings) else 0
