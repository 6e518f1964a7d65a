"""Steps of label images: arrays, and the files beside the image's page that list and show them."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import Any

from publisher import urls
from publisher.assets.kept_picture import PICTURE, PROJECTION, kept_is_whole, kept_names
from publisher.assets.picture_set import LABELS_REVISION, overlay_file
from publisher.assets.picture_set import PICTURE as PICTURE_FILE
from publisher.errors import ConversionError
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.model.labels import LabelValue
from publisher.ngff.describe import DescribedLabels
from publisher.ngff.label_values import published_values
from publisher.ngff.plan import WRITER_REVISION, ImagePlan
from publisher.pipeline.conversion_run import convert_within, cores_for, fill_levels
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.pipeline.label_sources import label_files
from publisher.pipeline.planned_labels import PlannedLabels, WrittenLabels, level_sizes, written_labels
from publisher.pipeline.site import Site
from publisher.pipeline.worker_tasks import Conversion, draw_labels
from publisher.reporting import Meter

LIST = "labels.json"


# Arrays


def label_arrays_steps(
    site: Site, fileset: FilesetPlan, image: PlannedImage, together: int, meter: Meter
) -> Iterator[Step | Deferred]:
    """Write each label image of ``image`` that is read from files; one that cannot be published fails alone.

    Without the image they would lie there undescribed; but its new pixels do not make them anew.
    """
    for labels in image.labels:
        if labels.plan is None:
            yield _failing_step(labels)
        elif not labels.source.drawn:
            cores = cores_for(site, labels.plan.level_bytes, together)
            step = _arrays_step(site, fileset, image, labels, labels.plan, cores, meter)
            yield Deferred(
                name=step.name,
                needs=(image.pixels_step,),
                make=lambda _results, step=step: step,  # type: ignore[misc]  # mypy cannot infer a lambda's default
                expects=step.expects,
            )


def _failing_step(labels: PlannedLabels) -> Step:
    def fail(_stage: StepStage) -> None:
        raise ConversionError(*labels.problems)

    return Step(name=labels.step, action=fail)


def _arrays_step(
    site: Site,
    fileset: FilesetPlan,
    image: PlannedImage,
    labels: PlannedLabels,
    plan: ImagePlan,
    cores: int,
    meter: Meter,
) -> Step:
    source, inspected = labels.source, labels.source.inspected
    assert inspected is not None, "labels with a plan have a source"
    names = kept_names(plan.levels[0].shape[2])
    target = urls.store(fileset.study.slug, fileset.id, plan.path)

    def write(stage: StepStage) -> Json:
        folders = [stage.folder(target / level.path) for level in plan.levels]
        job = Conversion(
            address=source.address,
            series=source.labels.series,
            plan=plan,
            folder=folders[0].parent,
            keep=stage.keep(),
            picture=image.picture,
            channel=source.channel,
        )
        written = convert_within(site, source.address.path, job, cores, lambda done: meter.within(done, labels.step))
        return written_arrays(plan, target, written, stage)

    return Step(
        name=labels.step,
        action=write,
        params={
            "plan": plan.to_json(),
            "reader": [inspected.inspection.reader, inspected.inspection.revision, source.address.axes],
            "place": [source.labels.series, source.channel],
            "remote": inspected.remote_files(),
            "writer": WRITER_REVISION,
            "picture": dataclasses.asdict(image.picture),
        },
        files=label_files(source, fileset.root),
        expects=(plan.raw_bytes, plan.file_count),
        kept_is_whole=lambda folder: kept_is_whole(folder, names),
        apart=True,
        settled=lambda: meter.finish(plan.level_bytes, labels.step),
    )


def written_arrays(plan: ImagePlan, target: PurePosixPath, written: dict[str, Any], stage: StepStage) -> Json:
    """Tell ``stage`` of the arrays of a label image; the value of the step that wrote them."""
    size = fill_levels(stage, target, plan.levels, written["files"])
    return {
        "dtype": plan.dtype,
        "levels": level_sizes(plan),
        "count": written["count"],
        "values": written["values"],
        "kept": written["kept"],
        "bytes": size,
    }


# Metadata


def described_labels(image: PlannedImage, results: Results) -> tuple[DescribedLabels, ...]:
    """The label images of ``image`` whose arrays stand, with the values to describe."""
    return tuple(
        DescribedLabels(
            name=one.planned.labels.name,
            values=values_of(one),
            levels=one.planned.plan.levels if one.planned.plan else (),
        )
        for one in written_labels(image.labels, image.plan, results)
    )


def values_of(labels: WrittenLabels) -> tuple[LabelValue, ...]:
    """What is published of the values of a label image."""
    return published_values(labels.known, labels.values)


# The list, the tables and the overlays


def label_list_step(site: Site, fileset: FilesetPlan, image: PlannedImage) -> Deferred:
    """Writes labels.json, and of each label image a table of its objects and a picture to lay over the image's."""
    folder = urls.image(fileset.study.slug, image.entry.id).parent
    plane = PROJECTION if fileset.shows_projection(image) else PICTURE

    def make(results: Results) -> Step | None:
        written = list(written_labels(image.labels, image.plan, results))
        pictures = results.value(image.pictures_step)
        if not written or pictures is None:
            return None
        size = _picture_size(pictures)
        kept = [results.kept(one.planned.step) for one in written]

        def write(stage: StepStage) -> Json:
            entries, shown = [], []
            for one, place in zip(written, kept, strict=True):
                entry = _entry(one)
                entries.append(entry)
                shown.append(_draw(site, fileset, one, (place, plane, size), stage, folder) | entry)
            document = json.dumps({"version": 1, "labels": entries}, ensure_ascii=False)
            stage.write(folder / LIST, document.encode() + b"\n")
            return {"labels": shown}

        return Step(
            name=image.labels_step,
            action=write,
            params={
                "labels": [
                    dataclasses.asdict(dataclasses.replace(one.planned.labels, values=one.known)) for one in written
                ],
                "kept": [one.kept for one in written],
                "picture": [plane, *size],
                "revision": LABELS_REVISION,
                "folder": str(folder),
            },
            apart=True,
        )

    return Deferred(
        name=image.labels_step,
        make=make,
        needs=(image.pictures_step,),
        after=tuple(labels.step for labels in image.labels),
    )


def _picture_size(pictures: Json) -> tuple[int, int]:
    return next((width, height) for name, _, width, height in pictures["files"] if name == PICTURE_FILE)


def _entry(one: WrittenLabels) -> dict[str, Json]:
    """A label image in the list of labels (docs/design/seams/labels.schema.json)."""
    labels, values = one.planned.labels, values_of(one)
    entry: dict[str, Json] = {
        "name": labels.name,
        "path": f"labels/{labels.name}",
        "dtype": one.dtype,
        "levels": one.levels,
        "count": one.count,
    }
    if labels.source:
        entry["source"] = labels.source
    if values and all(value.rgba for value in values):
        entry["colors"] = [{"value": value.value, "rgba": list(value.rgba or ())} for value in values]
    if one.count is not None:
        entry["table"] = table_file(labels.name)
    return entry


def _draw(
    site: Site,
    fileset: FilesetPlan,
    one: WrittenLabels,
    kept: tuple[Path, str, tuple[int, int]],
    stage: StepStage,
    folder: PurePosixPath,
) -> dict[str, Json]:
    """Write the overlay and the table of one label image; what its page needs to know of them."""
    labels = one.planned.labels
    place, plane, size = kept
    colors = {value.value: value.rgba for value in one.known if value.rgba}
    known = None if one.count is None else one.known
    with site.cores.taken(1):
        overlay, table = site.call_holding(draw_labels, fileset.ref.location, place, plane, colors, size, known)
    name = overlay_file(labels.name)
    stage.write(folder / name, overlay.data)
    if one.count is not None:
        stage.write(folder / table_file(labels.name), table)
    return {"overlay": [name, overlay.width, overlay.height], "bytes": one.bytes}


def table_file(labels: str) -> str:
    """Name of the table of the labels of that name."""
    return f"labels-{labels}.csv"
