"""Steps of label images: arrays, and the files beside the image's page that list and show them."""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import PurePosixPath

from publisher import urls
from publisher.assets.kept_picture import OBJECTS, PICTURE, PROJECTION, kept_is_whole, load_kept
from publisher.assets.label_overlay import REVISION as OVERLAY_REVISION
from publisher.assets.label_overlay import label_overlay
from publisher.assets.label_table import label_table
from publisher.assets.picture_file import lossless_webp
from publisher.errors import ConversionError
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.model.labels import LabelValue
from publisher.ngff.describe import DescribedLabels
from publisher.ngff.label_values import published_values
from publisher.ngff.plan import WRITER_REVISION, ImagePlan
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.pipeline.label_sources import label_files
from publisher.pipeline.planned_labels import PlannedLabels, WrittenLabels, level_sizes, written_labels
from publisher.pipeline.site import Site
from publisher.pipeline.worker_tasks import Conversion, convert_labels
from publisher.reporting import Meter

LIST = "labels.json"


# Arrays


def label_arrays_steps(site: Site, fileset: FilesetPlan, image: PlannedImage, meter: Meter) -> Iterator[Step]:
    """Write each label image of ``image``; one that cannot be published fails alone."""
    for labels in image.labels:
        if labels.plan is None:
            yield _failing_step(labels)
        else:
            yield _arrays_step(site, fileset, image, labels, labels.plan, meter)
            meter.finish(labels.plan.level_bytes)


def _failing_step(labels: PlannedLabels) -> Step:
    def fail(_stage: StepStage) -> None:
        raise ConversionError(*labels.problems)

    return Step(name=labels.step, action=fail)


def _arrays_step(
    site: Site, fileset: FilesetPlan, image: PlannedImage, labels: PlannedLabels, plan: ImagePlan, meter: Meter
) -> Step:
    source, inspection = labels.source, labels.source.inspected and labels.source.inspected.inspection
    assert inspection is not None, "labels with a plan have a source"
    kept = [PICTURE] if plan.levels[0].shape[2] == 1 else [PICTURE, PROJECTION]
    return Step(
        name=labels.step,
        action=lambda stage: _write_arrays(site, fileset, image, labels, plan, meter, stage),
        params={
            "plan": plan.to_json(),
            "reader": [inspection.reader, inspection.revision, source.address.axes],
            "place": [source.labels.series, source.channel],
            "writer": WRITER_REVISION,
            "picture": dataclasses.asdict(image.picture),
        },
        files=label_files(source, fileset.root),
        expects=(plan.raw_bytes, plan.file_count),
        kept_is_whole=lambda folder: kept_is_whole(folder, kept),
    )


def _write_arrays(
    site: Site,
    fileset: FilesetPlan,
    image: PlannedImage,
    labels: PlannedLabels,
    plan: ImagePlan,
    meter: Meter,
    stage: StepStage,
) -> Json:
    target = urls.store(fileset.study.slug, fileset.id, plan.path)
    folders = [stage.folder(target / level.path) for level in plan.levels]
    job = Conversion(
        address=labels.source.address,
        series=labels.labels.series,
        plan=plan,
        folder=folders[0].parent,
        keep=stage.keep(),
        threads=site.threads,
        memory_bytes=site.options.memory_bytes,
        picture=image.picture,
    )
    meter.within(0)
    written = site.call(
        convert_labels,
        labels.source.address.path,
        job,
        labels.source.channel,
        timeout_s=site.options.convert_timeout_s,
        progress=meter.within,
    )
    for level in plan.levels:
        prefix = level.path + "/"
        files = [(path[len(prefix) :], size, sha) for path, size, sha in written["files"] if path.startswith(prefix)]
        stage.filled(target / level.path, files)
    return {
        "dtype": plan.dtype,
        "levels": level_sizes(plan),
        "count": written["count"],
        "values": written["values"],
        "kept": written["kept"],
        "bytes": sum(size for _, size, _ in written["files"]),
    }


# Metadata


def described_labels(image: PlannedImage, results: Results) -> tuple[DescribedLabels, ...]:
    """The label images of ``image`` whose arrays stand, with the values to describe."""
    return tuple(
        DescribedLabels(name=one.planned.labels.name, values=values_of(one))
        for one in written_labels(image.labels, image.plan, results)
    )


def values_of(labels: WrittenLabels) -> tuple[LabelValue, ...]:
    """What is published of the values of a label image."""
    return published_values(labels.planned.labels.values, labels.values)


# The list, the tables and the overlays


def label_list_step(fileset: FilesetPlan, image: PlannedImage) -> Deferred:
    """Writes labels.json, and of each label image a table of its objects and a picture to lay over the image's."""
    folder = urls.image(fileset.study.slug, image.entry.id).parent

    def make(results: Results) -> Step | None:
        written = list(written_labels(image.labels, image.plan, results))
        if not written:
            return None
        width, height = _picture_size(results.value(image.pictures_step))
        plane = PROJECTION if fileset.shows_projection(image) else PICTURE

        def write(stage: StepStage) -> Json:
            said = [_write_one(one, results, stage, folder, (plane, width, height)) for one in written]
            document = json.dumps({"version": 1, "labels": [entry for entry, _ in said]}, ensure_ascii=False)
            stage.write(folder / LIST, document.encode() + b"\n")
            return {"labels": [{**entry, **shown} for entry, shown in said]}

        kept = [(results.value(one.planned.step) or {}).get("kept") for one in written]
        return Step(
            name=image.labels_step,
            action=write,
            params={
                "labels": [dataclasses.asdict(one.planned.labels) for one in written],
                "kept": kept,
                "picture": [plane, width, height],
                "revision": OVERLAY_REVISION,
                "folder": str(folder),
            },
        )

    return Deferred(
        name=image.labels_step,
        make=make,
        needs=(image.pictures_step,),
        after=tuple(labels.step for labels in image.labels),
    )


def _picture_size(pictures: Json) -> tuple[int, int]:
    return next((width, height) for name, _, width, height in pictures["files"] if name == "picture.webp")


def _write_one(
    one: WrittenLabels, results: Results, stage: StepStage, folder: PurePosixPath, picture: tuple[str, int, int]
) -> tuple[Json, Json]:
    """Table and overlay of one label image: its entry in the list, and what its page needs beside it."""
    labels, values = one.planned.labels, values_of(one)
    kept = results.kept(one.planned.step)
    plane, width, height = picture
    colors = {value.value: value.rgba for value in values if value.rgba}
    overlay = lossless_webp(label_overlay(load_kept(kept, plane)[0], colors, width, height))
    stage.write(folder / overlay_file(labels.name), overlay.data)
    entry: dict[str, Json] = {
        "name": labels.name,
        "path": f"labels/{labels.name}",
        "dtype": one.dtype,
        "levels": len((results.value(one.planned.step) or {})["levels"]),
        "count": one.count,
    }
    if labels.source:
        entry["source"] = labels.source
    if colors and len(colors) == len(values):
        entry["colors"] = [{"value": value, "rgba": list(rgba)} for value, rgba in colors.items()]
    if one.count is not None:
        table = label_table(load_kept(kept, OBJECTS), labels.values)
        stage.write(folder / table_file(labels.name), table)
        entry["table"] = table_file(labels.name)
    shown = {"overlay": [overlay_file(labels.name), overlay.width, overlay.height], "bytes": one.bytes}
    return entry, shown


def overlay_file(name: str) -> str:
    """Name of the picture of the labels ``name``, beside the image's page."""
    return f"labels-{name}.webp"


def table_file(name: str) -> str:
    """Name of the table of the labels ``name``."""
    return f"labels-{name}.csv"
