"""The gate: every fileset that a build wrote is checked before anybody else finds its faults, by the workers."""

import dataclasses
from collections.abc import Sequence
from pathlib import Path

from publisher.errors import Problem
from publisher.pipeline.site import Site
from publisher.pipeline.worker_tasks import check_filesets

AT_ONCE = 16
"""Filesets that one call checks."""


def check_written(site: Site, folders: Sequence[Path]) -> tuple[Problem, ...]:
    """Faults of the filesets ``folders`` in their order, with paths as people of this site know them."""
    empty_files = site.config.hosting.missing_keys != "404"
    parts = [tuple(folders[start : start + AT_ONCE]) for start in range(0, len(folders), AT_ONCE)]

    def check(part: tuple[Path, ...]) -> list[tuple[Problem, ...]]:
        timeout_s = site.options.convert_timeout_s
        return site.call(check_filesets, part[0], part, empty_files=empty_files, timeout_s=timeout_s)

    with site.workers.threads() as pool:
        found = [problem for each in pool.map(check, parts) for problems in each for problem in problems]
    return tuple(
        dataclasses.replace(problem, path=problem.path and site.paths.shown(Path(problem.path))) for problem in found
    )
