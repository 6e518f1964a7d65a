"""``publisher inspect``: what a reader sees in a file."""

import json
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from publisher.commands.options import Source, endpoint_option, json_option, reporter
from publisher.commands.words import counted
from publisher.errors import Problem, PublisherError
from publisher.model.image import Image
from publisher.model.location import Address, Location
from publisher.model.screen import Plate

if TYPE_CHECKING:
    from publisher.sources.inspect import Inspection

WORKER_BYTES = 8 << 30


@click.command(name="inspect")
@click.argument("sources", nargs=-1, required=True, type=Source())
@click.option("--reader", default=None, metavar="NAME", help="Reader to use, where the suffix does not tell.")
@click.option("--axes", default=None, metavar="AXES", help="Axes as they are stored, such as ZCYX.")
@endpoint_option
@json_option
def command(
    sources: tuple[Location, ...], reader: str | None, axes: str | None, endpoint: str | None, as_json: bool
) -> int:
    """Show what image files hold: images, dimensions, channels, plates, labels, annotations, warnings.

    A source is a file, a folder, or the address of an OME-Zarr on the web.
    """
    # Late: help must not wait for what only a run needs.
    from publisher.pipeline.worker_tasks import SourceAddress, inspect_source
    from publisher.sources.worker import LimitedWorker

    failed = False
    seen: list[Inspection] = []
    with LimitedWorker(WORKER_BYTES) as worker:
        for path in sources:
            address = SourceAddress(
                path=_absolute(path, endpoint), roots=_roots(path), reader=reader, axes=axes and axes.upper()
            )
            try:
                inspection = worker.call(inspect_source, address, about=path, timeout_s=120.0)
            except PublisherError as error:
                failed = True
                reporter().problems(_as_named(error.problems, path))
                continue
            seen.append(inspection)
            if not as_json:
                click.echo("\n".join(_lines(path, inspection)))
                reporter().problems(_as_named(inspection.warnings, path))
    if as_json:
        json.dump([inspection.document() for inspection in seen], sys.stdout, indent=2, sort_keys=True)
        print()
    return int(failed)


def _absolute(source: Location, endpoint: str | None) -> Location:
    return replace(source, endpoint=endpoint) if isinstance(source, Address) else source.absolute()


def _roots(source: Location) -> tuple[Path, ...]:
    """Folders that files named by the source may come from: its own; none for one on the web."""
    return () if isinstance(source, Address) else (source.absolute().parent,)


def _as_named(problems: Iterable[Problem], path: Location) -> list[Problem]:
    """Problems with the file as it was named on the command line."""
    full = str(path if isinstance(path, Address) else path.absolute())
    return [replace(problem, path=str(path)) if problem.path == full else problem for problem in problems]


def _lines(path: Location, inspection: "Inspection") -> Iterator[str]:
    count = len(inspection.images)
    files = len(inspection.files)
    yield f"{path}: {count} image{'s' * (count != 1)} in {files} file{'s' * (files != 1)}, read by {inspection.reader}"
    for plate in inspection.plates:
        yield from _plate_lines(plate)
    for image in inspection.images:
        yield from _image_lines(image)
        for label in inspection.labels:
            if label.of == image.series:
                known = f", {len(label.values)} values with colours or properties" if label.values else ""
                yield f"     labels {label.name}: {label.pixels.dtype}{known}"


def _plate_lines(plate: Plate) -> Iterator[str]:
    wells = [well for well in plate.wells if well.fields]
    fields = sum(len(well.fields) for well in wells)
    acquisitions = f", {counted(len(plate.acquisitions), 'acquisition')}" if plate.acquisitions else ""
    yield (
        f"  plate {plate.name or '(no name)'}: {counted(len(plate.rows), 'row')}, "
        f"{counted(len(plate.columns), 'column')}, {counted(len(wells), 'well')} with "
        f"{counted(fields, 'image')}{acquisitions}"
    )


def _image_lines(image: Image) -> Iterator[str]:
    pixels = image.pixels
    sizes = " ".join(f"{axis}{size}" for axis, size in zip("TCZYX", pixels.shape, strict=True))
    yield f"  {image.series}  {image.name or '(no name)'}: {sizes} {pixels.dtype}{' RGB' if image.rgb else ''}"
    z, y, x = pixels.pixel_size_um
    known = [f"{axis} {size:g}" for axis, size in (("x", x), ("y", y), ("z", z)) if size]
    if known:
        yield f"     pixel size in µm: {', '.join(known)}"
    named = [
        f"{channel.name or '(no name)'}{f' #{channel.color}' if channel.color else ''}" for channel in image.channels
    ]
    yield f"     channels: {', '.join(named)}"
    pairs = sum(len(annotation.pairs) for annotation in image.annotations)
    others = [each for each in image.annotations if each.kind != "Map"]
    notes = [f"{pairs} key-value pairs"] * bool(pairs) + [f"{len(others)} other annotations"] * bool(others)
    notes += [f"{image.roi_count} regions"] * bool(image.roi_count) + [f"acquired {image.acquired}"] * bool(
        image.acquired
    )
    if notes:
        yield f"     {', '.join(notes)}"
