"""Steps of filesets: arrays, then metadata, then pictures. Only the first reads pixels of the source."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

from publisher import urls
from publisher.assets.kept_picture import PICTURE, PROJECTION, kept_is_whole, kept_names
from publisher.assets.picture_set import REVISION as PICTURES_REVISION
from publisher.assets.picture_set import PictureFile, PictureSizes
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.model.identity import fileset_id
from publisher.model.rendering import RenderingSettings
from publisher.ngff.plan import WRITER_REVISION
from publisher.pipeline.conversion_run import convert_within, cores_for, fill_levels
from publisher.pipeline.describe_step import crate_facts, describe_step
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.pipeline.forecast import becomes
from publisher.pipeline.label_steps import label_arrays_steps, label_list_step
from publisher.pipeline.manifest_step import manifest_step
from publisher.pipeline.ozx_steps import ozx_step
from publisher.pipeline.region_steps import read_regions_step, region_file_steps
from publisher.pipeline.site import Site
from publisher.pipeline.window_step import rendering_of, window_step, window_steps
from publisher.pipeline.worker_tasks import Conversion, draw_pictures
from publisher.reporting import Meter


def fileset_steps(site: Site, title: str, filesets: Sequence[FilesetPlan]) -> Iterator[Step | Deferred]:
    """Steps of the filesets of one dataset. Where they share a window, their arrays come before any picture."""
    sizes = [plan.level_bytes for fileset in filesets for plan in fileset.all_plans()]
    meter = site.work(title, sum(sizes))
    copied: set[str] = set()
    for window, group in groupby(filesets, key=lambda fileset: fileset.window_step):
        together = list(group)
        for fileset in together if window else ():
            yield from _pixels_steps(site, fileset, len(sizes), meter)
        if window:
            yield window_step(window, together)
        for fileset in together:
            if not window:
                yield from _pixels_steps(site, fileset, len(sizes), meter)
            if reading := read_regions_step(site, fileset):
                yield reading
            yield describe_step(site, fileset)
            if (
                site.config.downloads.originals == "copy"
                and not fileset.is_referenced
                and fileset.ref.path not in copied
            ):
                copied.add(fileset.ref.path)
                yield _originals_step(fileset)
            for image in fileset.images.values():
                yield _pictures_step(site, fileset, image)
                if image.labels:
                    yield label_list_step(site, fileset, image)
            yield from region_file_steps(site, fileset)
            if site.config.downloads.ozx == "image" and not fileset.is_referenced:
                crate = crate_facts(fileset)
                for image in fileset.images.values():
                    yield ozx_step(fileset, image, crate, tuple(labels.step for labels in image.labels))
            yield manifest_step(fileset, fileset.label_steps())


# Arrays


def _pixels_steps(site: Site, fileset: FilesetPlan, together: int, meter: Meter) -> Iterator[Step | Deferred]:
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


# Originals


def _originals_step(fileset: FilesetPlan) -> Step:
    def write(stage: StepStage) -> Json:
        fileset.inspected.raise_if_broken()
        for path, source in fileset.source_files().items():
            stage.copy(urls.original(fileset.study.slug, path), source)

    return Step(
        name=f"originals {fileset.study.slug}/{fileset_id(fileset.study.slug, fileset.ref.path)}",
        action=write,
        files=fileset.source_files(),
        apart=True,
    )


# Pictures


def _pictures_step(site: Site, fileset: FilesetPlan, image: PlannedImage) -> Deferred:
    folder = urls.image(fileset.study.slug, image.entry.id).parent

    def make(results: Results) -> Step:
        rendering = rendering_of(fileset, image, results, of_picture=True)
        shown = PROJECTION if fileset.shows_projection(image) else PICTURE
        pixels, kept = results.value(image.pixels_step), results.kept(image.pixels_step)

        def write(stage: StepStage) -> Json:
            assert rendering is not None, "a step runs only when what it needs has run"
            assert pixels is not None, "as above"
            files = _drawn(site, fileset, image, kept / shown, rendering)
            for name, file in files.items():
                stage.write(folder / name, file.data)
            stage.write(
                folder / "statistics.json", json.dumps(pixels["statistics"], separators=(",", ":")).encode() + b"\n"
            )
            return {
                "files": [[name, str(folder / name), file.width, file.height] for name, file in sorted(files.items())]
            }

        return Step(
            name=image.pictures_step,
            action=write,
            params={
                "rendering": dataclasses.asdict(rendering) if rendering else None,
                "shown": shown,
                "pixels": [pixels["picture"], pixels["statistics"]] if pixels else None,
                "thumbnails": site.config.thumbnails.model_dump(),
                "revision": PICTURES_REVISION,
                "folder": str(folder),
            },
            apart=True,
        )

    return Deferred(name=image.pictures_step, make=make, needs=(image.pixels_step,), after=window_steps(fileset))


def _drawn(
    site: Site, fileset: FilesetPlan, image: PlannedImage, pixels: Path, rendering: RenderingSettings
) -> dict[str, PictureFile]:
    said = site.config.thumbnails
    sizes = PictureSizes(size_px=said.size_px, picture_px=said.picture_px, quality=said.quality)
    with site.cores.taken(cores_for(site, image.plan.level_bytes, 1)) as held:
        return site.call_holding(draw_pictures, fileset.ref.location, pixels, rendering, sizes, held)
