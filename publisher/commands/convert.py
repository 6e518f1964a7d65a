"""``publisher convert``: one image file to one OME-Zarr, without a site."""

import json
import sys
import time
from pathlib import Path
from typing import Any

import click

from publisher.commands.options import json_option, memory_bytes, quiet_option, reporter, verbose_option
from publisher.commands.words import counted, problem_json, size_words
from publisher.formats.ngff_version import VERSIONS_OF

PRESETS = ("fast", "default", "small")
SHARDING = ("auto", "on", "off")
"""Values of the keys of `zarr`, written out: help must not load what checks a configuration."""


@click.command(name="convert")
@click.argument("source", type=click.Path(exists=True, path_type=Path))
@click.argument("output")
@click.option(
    "--version", type=click.Choice(tuple(VERSIONS_OF)), default="0.5", help="OME-Zarr version; 0.5 by default."
)
@click.option("--experimental", is_flag=True, help="Allow --version 0.6, which viewers in browsers do not read yet.")
@click.option("--preset", type=click.Choice(PRESETS), default="default", help="Compression: fast, default or small.")
@click.option("--sharding", type=click.Choice(SHARDING), default="auto", help="Whether many chunks share one file.")
@click.option("--series", type=click.IntRange(0), multiple=True, metavar="N", help="Only this image, from 0.")
@click.option("--reader", default=None, metavar="NAME", help="Reader to use, where the suffix does not tell.")
@click.option("--axes", default=None, metavar="AXES", help="Axes of a plain TIFF, such as ZCYX.")
@click.option("--overwrite", is_flag=True, help="Replace what stands at OUTPUT.")
@click.option("--jobs", type=click.IntRange(1), default=None, metavar="N", help="Cores used at once; all by default.")
@click.option("--memory", default=None, metavar="SIZE", help="Most memory of a conversion, such as 4G.")
@quiet_option
@verbose_option
@json_option
def command(
    source: Path,
    output: str,
    series: tuple[int, ...],
    reader: str | None,
    axes: str | None,
    overwrite: bool,
    jobs: int | None,
    memory: str | None,
    quiet: bool,
    verbose: bool,
    as_json: bool,
    **zarr: Any,
) -> int:
    """Convert the image file SOURCE to the OME-Zarr OUTPUT, as a build would, and check it.

    OUTPUT is a folder that ends in .ome.zarr, a single file that ends in .ozx, or a URL of either, such as
    s3://bucket/cells.ome.zarr. Private metadata is left out, as in a site.
    """
    # Late: help must not wait for what only a run needs.
    from publisher.config.faults import checked
    from publisher.config.model import ZarrSection
    from publisher.errors import ConfigError
    from publisher.pipeline.single_fileset import FilesetRequest, convert_source

    started = time.monotonic()
    request = FilesetRequest(
        source=source,
        output=output,
        zarr=checked(ZarrSection, zarr, code="convert.bad-option", error=ConfigError),
        series=series,
        reader=reader,
        axes=axes,
        overwrite=overwrite,
        threads=jobs,
        memory_bytes=memory_bytes(memory),
    )
    told = reporter(quiet=quiet, verbose=verbose, once=True)
    try:
        done = convert_source(request, told)
    finally:
        told.rest()
    if as_json:
        problems = {name: [problem_json(each) for each in getattr(done, name)] for name in ("problems", "warnings")}
        json.dump({"images": done.images, "files": done.files, "bytes": done.bytes, **problems}, sys.stdout, indent=2)
        print()
    elif not quiet and not done.problems:
        what = f"{counted(done.images, 'image')}, {counted(done.files, 'file')}, {size_words(done.bytes)}"
        click.echo(f"{output}: {what}, in {time.monotonic() - started:.1f} s.")
    return 1 if done.problems else 0
