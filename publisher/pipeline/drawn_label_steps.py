"""Steps that draw regions as label images: once the regions are read, and again when they change."""

import dataclasses
from collections.abc import Iterator

from publisher import urls
from publisher.assets.kept_picture import kept_is_whole, kept_names
from publisher.errors import Problem
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.model.region_labels import Drawn, label_dtype
from publisher.ngff.label_plan import plan_labels
from publisher.ngff.plan import WRITER_REVISION, ImagePlan
from publisher.pipeline.conversion_run import convert_within, cores_for
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.pipeline.label_steps import written_arrays
from publisher.pipeline.planned_labels import PlannedLabels
from publisher.pipeline.site import Site
from publisher.pipeline.worker_tasks import Conversion, RegionsToDraw
from publisher.reporting import Meter
from publisher.sources.damage import warning

REVISION = 1
"""Rises when the same regions give other labels."""
_COUNTED: dict[Drawn, int] = {"masks": 4, "all": 5}
"""Where the record of `RegionsRead` has the number of regions to draw."""


def drawn_label_steps(site: Site, fileset: FilesetPlan, image: PlannedImage, meter: Meter) -> Iterator[Deferred]:
    """Draw the label image of the regions of ``image``, if one is planned; where there turn out to be none, nothing."""
    for labels in image.labels:
        if labels.source.drawn and labels.plan:
            yield _arrays_step(site, fileset, image, (labels, labels.plan, labels.source.drawn), meter)


def _arrays_step(
    site: Site, fileset: FilesetPlan, image: PlannedImage, planned: tuple[PlannedLabels, ImagePlan, Drawn], meter: Meter
) -> Deferred:
    labels, expected, drawn = planned

    def make(results: Results) -> Step | None:
        record = (results.value(fileset.regions_step) or {}).get(str(image.image.series))
        if not record or not record[_COUNTED[drawn]]:
            meter.finish(expected.level_bytes, labels.step)
            return None
        plan = _plan(site, image, labels, label_dtype(record[_COUNTED[drawn]]))
        names = kept_names(plan.levels[0].shape[2])
        regions = RegionsToDraw(folder=results.kept(fileset.regions_step), drawn=drawn)
        return Step(
            name=labels.step,
            action=lambda stage: _draw(site, fileset, image, (labels, plan, regions), meter, stage),
            params={
                "plan": plan.to_json(),
                "regions": [record[2], drawn],
                "writer": WRITER_REVISION,
                "revision": REVISION,
                "picture": dataclasses.asdict(image.picture),
            },
            expects=(plan.raw_bytes, plan.file_count),
            kept_is_whole=lambda folder: kept_is_whole(folder, names),
            apart=True,
            settled=lambda: meter.finish(expected.level_bytes, labels.step),
        )

    return Deferred(
        name=labels.step,
        needs=(image.pixels_step, fileset.regions_step),
        make=make,
        expects=(expected.raw_bytes, expected.file_count),
    )


def _plan(site: Site, image: PlannedImage, labels: PlannedLabels, dtype: str) -> ImagePlan:
    """The plan with the type that numbers the regions which were read."""
    pixels = dataclasses.replace(labels.labels.pixels, dtype=dtype)
    typed = dataclasses.replace(labels.labels, pixels=pixels)
    return plan_labels(typed, image.image, image.plan, site.config.zarr, site.config.hosting)


def _draw(
    site: Site,
    fileset: FilesetPlan,
    image: PlannedImage,
    drawing: tuple[PlannedLabels, ImagePlan, RegionsToDraw],
    meter: Meter,
    stage: StepStage,
) -> Json:
    labels, plan, regions = drawing
    target = urls.store(fileset.study.slug, fileset.id, plan.path)
    folders = [stage.folder(target / level.path) for level in plan.levels]
    job = Conversion(
        address=fileset.inspected.address,
        series=image.image.series,
        plan=plan,
        folder=folders[0].parent,
        keep=stage.keep(),
        picture=image.picture,
        regions=regions,
    )
    cores = cores_for(site, plan.level_bytes, 1)
    written = convert_within(site, fileset.ref.location, job, cores, lambda done: meter.within(done, labels.step))
    shown = f"{site.shown(fileset.ref.location)}: {image.entry.name or image.entry.id}"
    site.warn(_lost(shown, labels.labels.name, written))
    return written_arrays(plan, target, written, stage) | {"known": written["known"]}


def _lost(shown: str, name: str, written: dict[str, int | None]) -> Iterator[Problem]:
    """What of the regions the label image cannot say."""
    if hidden := written["hidden"]:
        message = f"labels {name!r}: {hidden:,} pixels of regions are covered by later regions, whose values they have"
        yield warning(shown, "labels.regions-overlap", message, hint="regions.json and the other files have all shapes")
    if unseen := written["unseen"]:
        message = f"labels {name!r}: {unseen:,} regions have no pixel: they are empty, covered, or not on the image"
        yield warning(shown, "labels.regions-unseen", message, hint="regions.json and the other files have all shapes")
