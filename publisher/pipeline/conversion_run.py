"""One conversion beside the others: how many cores and how much memory it gets, and what the stage is told of it."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from publisher.errors import ConversionError
from publisher.graph.stage import StepStage
from publisher.model.location import Location
from publisher.ngff.plan import LevelPlan
from publisher.pipeline.site import Site
from publisher.pipeline.worker_tasks import Conversion, convert

CORE_BYTES = 32 << 20
"""Pixels worth another core: with less, a thread is started for a few blocks, and files beside each other gain more."""
MOST_CORES = 8
"""Cores of one conversion where others wait; beyond them Python's lock is felt before the processor's limits."""


def cores_for(site: Site, level_bytes: int, together: int) -> int:
    """Cores for a conversion of so many bytes, one of ``together`` that may run beside each other."""
    share = max(MOST_CORES, site.cores.count // max(together, 1))
    return max(1, min(level_bytes // CORE_BYTES, share, site.cores.count))


def convert_within(
    site: Site, path: Location, job: Conversion, cores: int, progress: Callable[[int], None]
) -> dict[str, Any]:
    """Run ``job`` in a worker with ``cores`` and their share of the memory, or with all where that is too little."""
    try:
        return _with_cores(site, path, job, cores, progress)
    except ConversionError as error:
        if cores >= site.cores.count or any(problem.code != "pixels.memory" for problem in error.problems):
            raise
    return _with_cores(site, path, job, site.cores.count, progress)


def _with_cores(
    site: Site, path: Location, job: Conversion, wanted: int, progress: Callable[[int], None]
) -> dict[str, Any]:
    with site.cores.taken(wanted) as held:
        if held == site.cores.count:
            site.workers.make_room()
        given = replace(job, threads=held, memory_bytes=site.workers.memory_for(held))
        timeout_s = site.options.convert_timeout_s
        return site.call_holding(convert, path, given, timeout_s=timeout_s, progress=progress)


def fill_levels(
    stage: StepStage, target: PurePosixPath, levels: Iterable[LevelPlan], files: Sequence[tuple[str, int, str]]
) -> int:
    """Tell ``stage`` of the ``files`` (path below ``target``, size, SHA-256) of each level; returns their bytes."""
    for level in levels:
        prefix = f"{level.path}/"
        own = [(path.removeprefix(prefix), size, sha256) for path, size, sha256 in files if path.startswith(prefix)]
        stage.filled(target / level.path, own)
    return sum(size for _, size, _ in files)
