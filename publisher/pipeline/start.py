"""The beginning of a build: the first worker starts before the site has been read, while this process loads the rest.

Of a first build's time to its first pixel a third was the worker's start, which waited for nothing but its turn.
"""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.paths import WORK_NAME
from publisher.pipeline.options import BuildOptions
from publisher.pipeline.workers import Workers
from publisher.reporting import Reporter

if TYPE_CHECKING:
    from publisher.pipeline.site_build import Outcome

TEXTS = (".yaml", ".yml", ".csv", ".tsv", ".md", ".txt")
"""Files of a study that are never images, by their endings."""


def build(root: Path, options: BuildOptions, reporter: Reporter, *, output: Path | None = None) -> "Outcome":
    """Bring the site at ``root`` up to date. One faulty file or study is reported; the rest is built."""
    with Workers(options) as workers:
        if _will_convert(root):
            workers.warm_up()
        from publisher.pipeline.site_build import run  # late: the worker loads beside it

        return run(root, options, workers, reporter, output, dry_run=False)


def plan(root: Path, options: BuildOptions, reporter: Reporter, *, output: Path | None = None) -> "Outcome":
    """Say what `build` would do and why; writes nothing to the output."""
    from publisher.pipeline.site_build import run  # late, as above

    with Workers(options) as workers:
        return run(root, options, workers, reporter, output, dry_run=True)


def _will_convert(root: Path) -> bool:
    """Whether a site that was never built holds files that may be images, where studies usually are.

    A guess, from names alone, because no settings were read yet: taken wrongly it costs a process that starts in vain,
    or one that starts later.
    """
    if (root / WORK_NAME).exists():
        return False
    names = (name for _, _, files in os.walk(root / "content" / "studies") for name in files)
    return any(not name.startswith(".") and not name.lower().endswith(TEXTS) for name in names)
