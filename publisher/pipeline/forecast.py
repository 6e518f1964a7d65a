"""What a conversion will cost, in sentences for a curator: told by a plan, before any work begins."""

from collections.abc import Iterator
from math import prod

from publisher.ngff.geometry import memory_needed
from publisher.ngff.plan import ITEM_SIZES, ImagePlan
from publisher.pages.quantities import byte_size
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.sources.protocol import TileGrid

_KEPT = 0.53
"""Share of its raw bytes that a slide decoded from JPEG takes as OME-Zarr (846 MB of 1,600 MB with all levels)."""
_WORTH_SAYING = 2.0
_LARGE_UNIT_BYTES = 128 << 20
"""Decoded bytes of one strip or tile from which on it decides on the memory of a conversion."""


def becomes(plan: ImagePlan) -> str:
    """What an image becomes: ``uint8, 6 levels from 20,000 × 20,000, at most 1.6 GB in 44 files``."""
    height, width = plan.levels[0].shape[3:]
    levels = f"{len(plan.levels)} level{'s' * (len(plan.levels) > 1)} from {width:,} × {height:,}"
    planes = prod(plan.levels[0].shape[:3])
    counted = f"{planes:,} planes, " if planes > 1 else ""
    return f"{plan.dtype}, {counted}{levels}, at most {byte_size(plan.raw_bytes)} in {plan.file_count:,} files"


def forecasts(name: str, fileset: FilesetPlan, threads: int) -> Iterator[str]:
    """What is to be known of the fileset made of the file ``name``; nothing of most."""
    grids = fileset.inspected.inspection.grids
    images = [(image, grids[series]) for series, image in fileset.images.items() if series < len(grids)]
    yield from _growth(name, fileset, images)
    for image, grid in images:
        yield from _memory(name, image, grid, threads)


def _growth(name: str, fileset: FilesetPlan, images: list[tuple[PlannedImage, TileGrid]]) -> Iterator[str]:
    """ "Lossy sources grow 12-15x as lossless Zarr: the plan says so, with the expected size." """
    source = sum(file.size for file in fileset.inspected.files)
    expected = sum(image.plan.raw_bytes for image, _ in images) * _KEPT
    if source and any(grid.lossy for _, grid in images) and expected > _WORTH_SAYING * source:
        times = f"{expected / source:.0f} times as much"
        yield (
            f"{name}: {byte_size(source)}, compressed with loss; as OME-Zarr, which keeps every sample as it is "
            f"decoded, about {byte_size(int(expected))}, {times}"
        )


def _memory(name: str, image: PlannedImage, grid: TileGrid, threads: int) -> Iterator[str]:
    """A plane that is one compressed strip is decoded whole, whatever the blocks are."""
    _, _, _, height, width = image.plan.levels[0].shape
    unit = (min(grid.height, height), min(grid.width, width))
    decoded = prod(unit) * grid.samples * ITEM_SIZES[image.plan.dtype]
    if not grid.compressed or decoded < _LARGE_UNIT_BYTES:
        return
    need = byte_size(memory_needed(image.plan, grid, threads))
    yield (
        f"{name}: stored in pieces of {unit[1]:,} × {unit[0]:,} pixels, each of which must be decoded as a whole: "
        f"{need} of memory with {threads} thread{'s' * (threads > 1)}; with a smaller --memory fewer work at once, or "
        "the image is refused"
    )
