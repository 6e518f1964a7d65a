"""Steps of filesets: arrays, then metadata, then pictures. Only the first reads pixels of the source."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from publisher import urls
from publisher.assets.kept_picture import picture_is_whole
from publisher.assets.picture_set import REVISION as PICTURES_REVISION
from publisher.assets.picture_set import PictureFile, PictureSizes
from publisher.formats.ome_xml_publish import PublishedImage as DocumentImage
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.model.rendering import RenderingSettings
from publisher.model.statistics import ImageStatistics
from publisher.ngff.describe import REVISION as DESCRIBE_REVISION
from publisher.ngff.describe import DescribedImage, describe
from publisher.ngff.plan import WRITER_REVISION
from publisher.ngff.rendering import rendering_settings, shared_statistics
from publisher.ngff.ro_crate import CrateFacts, Term
from publisher.pages.licence import licence
from publisher.pipeline.conversion_run import convert_within, cores_for
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.pipeline.manifest_step import manifest_step
from publisher.pipeline.ozx_steps import ozx_step
from publisher.pipeline.site import Site
from publisher.pipeline.worker_tasks import Conversion, Documents, draw_pictures, publish_documents
from publisher.reporting import Meter

HEAD_CHARACTERS = 2500
"""Characters of an image's OME-XML that its page shows."""


def fileset_steps(site: Site, title: str, filesets: Sequence[FilesetPlan]) -> Iterator[Step | Deferred]:
    """Steps of the filesets of one dataset. Where they share a window, all arrays come before any picture."""
    shared = any(fileset.shares_window for fileset in filesets)
    sizes = [image.plan.level_bytes for fileset in filesets for image in fileset.images.values()]
    meter = site.work(title, sum(sizes))
    if shared:
        for fileset in filesets:
            yield from _pixels_steps(site, fileset, len(sizes), meter)
    for fileset in filesets:
        if not shared:
            yield from _pixels_steps(site, fileset, len(sizes), meter)
        yield _describe_step(site, fileset, filesets)
        if site.config.downloads.originals == "copy":
            yield _originals_step(fileset)
        for image in fileset.images.values():
            yield _pictures_step(site, fileset, image, filesets)
        if site.config.downloads.ozx == "image":
            crate = _crate(fileset)
            yield from (ozx_step(fileset, image, crate) for image in fileset.images.values())
        yield manifest_step(fileset)


def rendering_of(
    fileset: FilesetPlan, image: PlannedImage, results: Results, dataset: Sequence[FilesetPlan]
) -> RenderingSettings | None:
    """How an image is shown; None when its pixels could not be written.

    ``dataset`` are the filesets that it may share a window with.
    """
    value = results.value(image.pixels_step)
    if value is None:
        return None
    statistics = ImageStatistics.from_json(value["statistics"])
    if len(statistics.channels) != len(image.image.channels):
        return None  # of an older source: its new pixels could not be written
    if fileset.shares_window:
        values = (results.value(name) for name in _window_steps(fileset, dataset))
        others = [ImageStatistics.from_json(other["statistics"]) for other in values if other]
        statistics = shared_statistics(statistics, others)
    said = fileset.rendering
    return rendering_settings(
        image.image,
        statistics,
        fileset.overrides(),
        None if said.default_z is None else said.default_z - 1,
        None if said.default_t is None else said.default_t - 1,
    )


def _window_steps(fileset: FilesetPlan, dataset: Sequence[FilesetPlan]) -> tuple[str, ...]:
    """Steps whose statistics decide on the window of a fileset's images, beside their own."""
    if not fileset.shares_window:
        return ()
    return tuple(image.pixels_step for other in dataset for image in other.images.values())


# Arrays


def _pixels_steps(site: Site, fileset: FilesetPlan, together: int, meter: Meter) -> Iterator[Step]:
    for image in fileset.images.values():
        yield _pixels_step(site, fileset, image, together, meter)


def _pixels_step(site: Site, fileset: FilesetPlan, image: PlannedImage, together: int, meter: Meter) -> Step:
    plan, inspected = image.plan, fileset.inspected
    cores = cores_for(site, plan.level_bytes, together)
    return Step(
        name=image.pixels_step,
        action=lambda stage: _write_arrays(site, fileset, image, cores, meter, stage),
        params={
            "plan": plan.to_json(),
            "reader": [inspected.inspection.reader, inspected.inspection.revision, inspected.address.axes],
            "writer": WRITER_REVISION,
            "picture": dataclasses.asdict(image.picture),
            "broken": [problem.message for problem in inspected.problems],
        },
        files=fileset.source_files(),
        expects=(plan.raw_bytes, plan.file_count),
        kept_is_whole=picture_is_whole,
        apart=True,
        settled=lambda: meter.finish(plan.level_bytes, image.pixels_step),
    )


def _write_arrays(
    site: Site, fileset: FilesetPlan, image: PlannedImage, cores: int, meter: Meter, stage: StepStage
) -> Json:
    fileset.inspected.raise_if_broken()
    target = urls.store(fileset.study.slug, fileset.id, image.plan.path)
    levels = [stage.folder(target / level.path) for level in image.plan.levels]
    job = Conversion(
        address=fileset.inspected.address,
        series=image.image.series,
        plan=image.plan,
        folder=levels[0].parent,
        keep=stage.keep(),
        picture=image.picture,
    )

    def progress(done: int) -> None:
        meter.within(done, image.pixels_step)

    progress(0)
    written = convert_within(site, fileset.ref.location, job, cores, progress)
    for level in image.plan.levels:
        prefix = level.path + "/"
        files = [
            (path.removeprefix(prefix), size, sha) for path, size, sha in written["files"] if path.startswith(prefix)
        ]
        stage.filled(target / level.path, files)
    size = sum(size for _, size, _ in written["files"])
    return {"statistics": written["statistics"], "picture": written["picture"], "bytes": size}


# Metadata


def _describe_step(site: Site, fileset: FilesetPlan, dataset: Sequence[FilesetPlan]) -> Deferred:
    pixels = tuple(image.pixels_step for image in fileset.images.values())

    def make(results: Results) -> Step | None:
        found = ((image, rendering_of(fileset, image, results, dataset)) for image in fileset.images.values())
        shown = [(image, rendering) for image, rendering in found if rendering]
        if not shown:
            return None
        documents = [_document_image(image, rendering) for image, rendering in shown]
        described = [DescribedImage(image=one.image, plan=one.plan, rendering=each) for one, each in shown]
        crate = _crate(fileset)
        return Step(
            name=fileset.describe_step,
            action=lambda stage: _write_metadata(site, fileset, documents, described, crate, stage),
            params={
                "entries": [one.entry.id for one, _ in shown],
                "images": [dataclasses.asdict(document) for document in documents],
                "plans": [one.plan.to_json() for one, _ in shown],
                "renderings": [dataclasses.asdict(rendering) for _, rendering in shown],
                "crate": dataclasses.asdict(crate),
                "privacy": site.config.privacy.model_dump(mode="json"),
                "revision": DESCRIBE_REVISION,
                "broken": [problem.message for problem in fileset.inspected.problems],
            },
            files=fileset.source_files(),
            apart=True,
        )

    single = pixels if len(pixels) == 1 else ()
    return Deferred(
        name=fileset.describe_step, make=make, needs=single, after=(*pixels, *_window_steps(fileset, dataset))
    )


def _document_image(image: PlannedImage, rendering: RenderingSettings) -> DocumentImage:
    return DocumentImage(
        series=image.image.series,
        image=image.image,
        name=image.entry.name,
        description=image.entry.description,
        dtype=image.plan.dtype,
        shape=image.plan.levels[0].shape,
        channels=tuple(
            dataclasses.replace(own, name=shown.label, color=shown.color)
            for own, shown in zip(image.image.channels, rendering.channels, strict=True)
        ),
        pairs=image.entry.pairs,
    )


def _crate(fileset: FilesetPlan) -> CrateFacts:
    about = fileset.study.description
    known = licence(fileset.study.licence)
    names = [image.entry.name or image.image.name for image in fileset.images.values()]
    return CrateFacts(
        name=names[0] if len(names) == 1 else f"{about.title}: {fileset.id}",
        description=about.title,
        licence=(known.url or "") if known else "",
        organisms=tuple(Term(name=term.name, id=term.accession or "") for term in about.organisms),
        imaging_methods=tuple(Term(name=term.name, id=term.accession or "") for term in about.imaging_methods),
    )


def _write_metadata(
    site: Site,
    fileset: FilesetPlan,
    images: Sequence[DocumentImage],
    described: Sequence[DescribedImage],
    crate: CrateFacts,
    stage: StepStage,
) -> Json:
    fileset.inspected.raise_if_broken()
    documents: Documents = site.call(
        publish_documents,
        fileset.ref.location,
        fileset.inspected.address,
        tuple(images),
        site.redaction,
        timeout_s=site.options.inspect_timeout_s,
    )
    site.warn(site.named(problem, fileset.ref.location) for problem in documents.warnings)
    root = urls.fileset(fileset.study.slug, fileset.id)
    for path, data in describe(described, documents.fileset, crate, version=site.config.zarr.version).items():
        stage.write(root / path, data)
    heads = {}
    for image, data in zip(images, documents.images, strict=True):
        entry = fileset.images[image.series].entry
        stage.write(urls.image_file(fileset.study.slug, entry.id, "ome.xml"), data)
        heads[str(image.series)] = {"size": len(data), "head": data.decode()[:HEAD_CHARACTERS]}
    return {"documents": heads}


# Originals


def _originals_step(fileset: FilesetPlan) -> Step:
    def write(stage: StepStage) -> Json:
        fileset.inspected.raise_if_broken()
        for path, source in fileset.source_files().items():
            stage.copy(urls.original(fileset.study.slug, path), source)

    return Step(
        name=f"originals {fileset.study.slug}/{fileset.id}",
        action=write,
        files=fileset.source_files(),
        apart=True,
    )


# Pictures


def _pictures_step(site: Site, fileset: FilesetPlan, image: PlannedImage, dataset: Sequence[FilesetPlan]) -> Deferred:
    folder = urls.image(fileset.study.slug, image.entry.id).parent

    def make(results: Results) -> Step:
        rendering = rendering_of(fileset, image, results, dataset)
        pixels, kept = results.value(image.pixels_step), results.kept(image.pixels_step)

        def write(stage: StepStage) -> Json:
            assert rendering is not None, "a step runs only when what it needs has run"
            assert pixels is not None, "as above"
            files = _drawn(site, fileset, image, kept, rendering)
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
                "pixels": [pixels["picture"], pixels["statistics"]] if pixels else None,
                "thumbnails": site.config.thumbnails.model_dump(),
                "revision": PICTURES_REVISION,
                "folder": str(folder),
            },
            apart=True,
        )

    return Deferred(
        name=image.pictures_step, make=make, needs=(image.pixels_step,), after=_window_steps(fileset, dataset)
    )


def _drawn(
    site: Site, fileset: FilesetPlan, image: PlannedImage, kept: Path, rendering: RenderingSettings
) -> dict[str, PictureFile]:
    said = site.config.thumbnails
    sizes = PictureSizes(size_px=said.size_px, picture_px=said.picture_px, quality=said.quality)
    with site.cores.taken(cores_for(site, image.plan.level_bytes, 1)) as held:
        return site.call_holding(draw_pictures, fileset.ref.location, kept, rendering, sizes, held)
