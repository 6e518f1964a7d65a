"""Options that several commands share."""

import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import click

from publisher.commands.words import step_line
from publisher.model.location import Location, address_of, is_address
from publisher.reporting import Reporter, reporter_for

Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

site_option: Decorator = click.option(
    "--site",
    "root",
    type=click.Path(path_type=Path),
    default=Path(),
    metavar="DIR",
    help="Folder of the site; the current one by default.",
)
output_option: Decorator = click.option(
    "--output",
    type=click.Path(path_type=Path),
    default=None,
    metavar="DIR",
    help="Write the site here instead of build.output.",
)
study_option: Decorator = click.option(
    "--study",
    "studies",
    multiple=True,
    metavar="SLUG",
    help="Only this study; the others stay as they are. May be repeated.",
)
drafts_option: Decorator = click.option(
    "--drafts", is_flag=True, help="Include studies that are drafts or under embargo."
)
quiet_option: Decorator = click.option("-q", "--quiet", is_flag=True, help="Say only what went wrong.")
verbose_option: Decorator = click.option(
    "-v", "--verbose", is_flag=True, help="Name everything that is written, and why."
)
json_option: Decorator = click.option("--json", "as_json", is_flag=True, help="Print JSON for programs.")


class Source(click.ParamType[Location]):
    """A file or folder that exists, or the address of a store on the web."""

    name = "source"

    def convert(self, value: str | Location, param: click.Parameter | None, ctx: click.Context | None) -> Location:
        """The path or address that ``value`` names; fails in words of the command line."""
        if not isinstance(value, str):
            return value
        if not is_address(value):
            path: Path = click.Path(exists=True, path_type=Path).convert(value, param, ctx)
            return path
        address = address_of(value)
        if address is None:
            self.fail(f"{value!r} is no address that can be read: https://host/path or s3://bucket/path", param, ctx)
        return address


endpoint_option: Decorator = click.option(
    "--endpoint", default=None, metavar="URL", help="Address of the S3 service of s3:// sources; Amazon by default."
)


def reporter(*, quiet: bool = False, verbose: bool = False, once: bool = False) -> Reporter:
    """The reporter of a command: it speaks on standard error, so that output can be piped.

    With ``once``, for commands that have --verbose, warnings of one kind are said once; they call ``rest`` at the end.
    """
    wording = partial(step_line, every=verbose)
    return reporter_for(sys.stderr, quiet=quiet, verbose=verbose, wording=wording, once=once and not verbose)


def memory_bytes(text: str | None) -> int | None:
    """``4G``, ``800M`` or a number of bytes; raises click.BadParameter."""
    if text is None:
        return None
    units = {"K": 2**10, "M": 2**20, "G": 2**30, "T": 2**40}
    number, unit = (text[:-1], units[text[-1].upper()]) if text and text[-1].upper() in units else (text, 1)
    try:
        size = int(float(number) * unit)
    except (ValueError, OverflowError):
        size = 0
    if size <= 0:
        raise click.BadParameter(f"{text!r} is not a size such as 4G or 800M", param_hint="--memory")
    return size
