"""Steps that write arrays: the only ones that read pixels of a source."""

import dataclasses
from collections.abc import Iterator

from publisher import urls
from publisher.assets.kept_picture import kept_is_whole, kept_names
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Step
from publisher.ngff.plan import WRITER_REVISION
from publisher.pipeline.conversion_run import convert_within, cores_for, fill_levels
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.pipeline.forecast import becomes
from publisher.pipeline.label_steps import label_arrays_steps
from publisher.pipeline.site import Site
from publisher.pipeline.worker_tasks import Conversion
from publisher.reporting import Meter


def arrays_steps(site: Site, fileset: FilesetPlan, together: int, meter: Meter) -> Iterator[Step | Deferred]:
    """Steps that write the arrays of a fileset, labels after their image; ``together`` are those of its dataset."""
    for image in fileset.images.values():
        yield _pixels_step(site, fileset, image, together, meter)
        yield from label_arrays_steps(site, fileset, image, together, meter)


def _pixels_step(site: Site, fileset: FilesetPlan, image: PlannedImage, together: int, meter: Meter) -> Step:
    plan, inspected = image.plan, fileset.inspected
    cores = cores_for(site, plan.level_bytes, together)
    names = kept_names(plan.levels[0].shape[2])
    return Step(
        name=image.pixels_step,
        about=becomes(plan),
        action=lambda stage: _write_arrays(site, fileset, image, cores, meter, stage),
        params={
            "plan": plan.to_json(),
            "reader": [inspected.inspection.reader, inspected.inspection.revision, inspected.address.axes],
            "writer": WRITER_REVISION,
            "picture": dataclasses.asdict(image.picture),
            "broken": [problem.message for problem in inspected.problems],
            "remote": fileset.inspected.remote_files(),
        },
        files=fileset.source_files(),
        expects=(plan.raw_bytes, plan.file_count),
        kept_is_whole=lambda folder: kept_is_whole(folder, names),
        apart=True,
        settled=lambda: meter.finish(plan.level_bytes, image.pixels_step),
    )


def _write_arrays(
    site: Site, fileset: FilesetPlan, image: PlannedImage, cores: int, meter: Meter, stage: StepStage
) -> Json:
    fileset.inspected.raise_if_broken()
    target = urls.store(fileset.study.slug, fileset.id, image.plan.path)
    written_levels = () if image.plan.referenced else image.plan.levels
    levels = [stage.folder(target / level.path) for level in written_levels]
    job = Conversion(
        address=fileset.inspected.address,
        series=image.image.series,
        plan=image.plan,
        folder=levels[0].parent if levels else stage.keep(),
        keep=stage.keep(),
        picture=image.picture,
    )

    def progress(done: int) -> None:
        meter.within(done, image.pixels_step)

    progress(0)
    written = convert_within(site, fileset.ref.location, job, cores, progress)
    size = fill_levels(stage, target, written_levels, written["files"])
    return {"statistics": written["statistics"], "picture": written["picture"], "bytes": size}
