"""Steps of a fileset that convert no pixel: metadata, pictures, originals, regions and their labels, checksums.

Loaded while the first arrays are being written, which must not wait for it.
"""

import dataclasses
import json
from collections.abc import Iterator
from pathlib import Path

from publisher import urls
from publisher.assets.kept_picture import PICTURE, PROJECTION
from publisher.assets.picture_set import REVISION as PICTURES_REVISION
from publisher.assets.picture_set import PictureFile, PictureSizes
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.model.identity import fileset_id
from publisher.model.rendering import RenderingSettings
from publisher.pipeline.conversion_run import cores_for
from publisher.pipeline.describe_step import crate_facts, describe_step
from publisher.pipeline.drawn_label_steps import drawn_label_steps
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.pipeline.label_steps import label_list_step
from publisher.pipeline.manifest_step import manifest_step
from publisher.pipeline.ozx_steps import ozx_step
from publisher.pipeline.region_steps import read_regions_step, region_file_steps
from publisher.pipeline.site import Site
from publisher.pipeline.window_step import rendering_of, window_steps
from publisher.pipeline.worker_tasks import draw_pictures
from publisher.reporting import Meter


def derived_steps(site: Site, fileset: FilesetPlan, meter: Meter, *, originals: bool) -> Iterator[Step | Deferred]:
    """All of them, in the order in which they need each other; with ``originals`` its source is copied, too."""
    if reading := read_regions_step(site, fileset):
        yield reading
    for image in fileset.images.values():
        yield from drawn_label_steps(site, fileset, image, meter)
    yield describe_step(site, fileset)
    if originals:
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
        drawn = site.call_holding(draw_pictures, fileset.ref.location, pixels, rendering, sizes, held)
    site.workers.load_for_gate()
    return drawn
