"""Steps of the filesets of a dataset in their order: arrays, then metadata, then pictures."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from publisher.graph.step import Deferred, Step
from publisher.pipeline.arrays_steps import arrays_steps
from publisher.pipeline.fileset_plan import FilesetPlan
from publisher.pipeline.site import Site
from publisher.pipeline.window_step import window_step


def fileset_steps(site: Site, title: str, filesets: Sequence[FilesetPlan]) -> Iterator[Step | Deferred]:
    """Steps of the filesets of one dataset. Where they share a window, their arrays come before any picture."""
    sizes = [plan.level_bytes for fileset in filesets for plan in fileset.all_plans()]
    meter = site.work(title, sum(sizes))
    copied: set[str] = set()
    for window, group in groupby(filesets, key=lambda fileset: fileset.window_step):
        together = list(group)
        for fileset in together if window else ():
            yield from arrays_steps(site, fileset, len(sizes), meter)
        if window:
            yield window_step(window, together)
        for fileset in together:
            if not window:
                yield from arrays_steps(site, fileset, len(sizes), meter)
            # Late: it loads while the first arrays are being written.
            from publisher.pipeline.derived_steps import derived_steps

            yield from derived_steps(site, fileset, meter, originals=_has_to_copy(site, fileset, copied))


def _has_to_copy(site: Site, fileset: FilesetPlan, copied: set[str]) -> bool:
    """Whether the source of ``fileset`` is to be copied now: of several filesets of one source the first does it."""
    if site.config.downloads.originals != "copy" or fileset.is_referenced or fileset.ref.path in copied:
        return False
    copied.add(fileset.ref.path)
    return True
