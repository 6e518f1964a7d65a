"""Steps of filesets: arrays, then metadata, then pictures. Only the first reads pixels of the source."""

import dataclasses
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

from publisher import urls
from publisher.assets.kept_picture import PICTURE, PROJECTION, kept_is_whole, kept_names
from publisher.assets.picture_set import REVISION as PICTURES_REVISION
from publisher.assets.picture_set import PictureFile, PictureSizes
from publisher.formats.ome_xml_publish import PublishedImage as DocumentImage
from publisher.formats.ome_xml_publish import PublishedPlates
from publisher.graph.fingerprint import digest_json
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.model.identity import fileset_id
from publisher.model.rendering import RenderingSettings
from publisher.model.statistics import ImageStatistics
from publisher.ngff.describe import REVISION as DESCRIBE_REVISION
from publisher.ngff.describe import DescribedImage, DescribedPlate, describe
from publisher.ngff.plan import WRITER_REVISION
from publisher.ngff.rendering import rendering_settings
from publisher.ngff.ro_crate import CrateFacts, Term
from publisher.ngff.shared_window import REVISION as WINDOW_REVISION
from publisher.ngff.shared_window import shared_windows, with_windows
from publisher.pages.licence import licence
from publisher.pipeline.conversion_run import convert_within, cores_for
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.pipeline.forecast import becomes
from publisher.pipeline.label_steps import described_labels, label_arrays_steps, label_list_step
from publisher.pipeline.manifest_step import manifest_step
from publisher.pipeline.ozx_steps import ozx_step
from publisher.pipeline.planned_labels import label_parts
from publisher.pipeline.site import Site
from publisher.pipeline.worker_tasks import Conversion, Documents, draw_pictures, publish_documents
from publisher.reporting import Meter

HEAD_CHARACTERS = 2500
"""Characters of an image's OME-XML that its page shows."""


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
            yield _window_step(window, together)
        for fileset in together:
            if not window:
                yield from _pixels_steps(site, fileset, len(sizes), meter)
            yield _describe_step(site, fileset)
            if site.config.downloads.originals == "copy" and fileset.ref.path not in copied:
                copied.add(fileset.ref.path)
                yield _originals_step(fileset)
            for image in fileset.images.values():
                yield _pictures_step(site, fileset, image)
                if image.labels:
                    yield label_list_step(site, fileset, image)
            if site.config.downloads.ozx == "image" and not fileset.is_referenced:
                crate = _crate(fileset)
                for image in fileset.images.values():
                    yield ozx_step(fileset, image, crate, tuple(labels.step for labels in image.labels))
            yield manifest_step(fileset, fileset.label_steps())


def rendering_of(
    fileset: FilesetPlan, image: PlannedImage, results: Results, *, of_picture: bool = False
) -> RenderingSettings | None:
    """How an image is shown; None when its pixels could not be written.

    ``of_picture``: how its pictures show it, which may be of the maximum over z, brighter than any plane.
    """
    projected = of_picture and fileset.shows_projection(image)
    value = results.value(image.pixels_step)
    if value is None:
        return None
    statistics = _statistics(value, projected=projected)
    if len(statistics.channels) != len(image.image.channels):
        return None  # of an older source: its new pixels could not be written
    shared = results.value(fileset.window_step) if fileset.window_step else None
    if shared:
        windows = shared[_window_key(len(statistics.channels), projected=projected)]
        statistics = with_windows(statistics, [(low, high) for low, high in windows])
    said = fileset.rendering
    return rendering_settings(
        image.image,
        statistics,
        fileset.overrides(),
        None if said.default_z is None else said.default_z - 1,
        None if said.default_t is None else said.default_t - 1,
    )


def _statistics(value: Json, *, projected: bool) -> ImageStatistics:
    statistics = ImageStatistics.from_json(value["statistics"])
    return statistics.projected() if projected else statistics


# Windows


def _window_step(name: str, filesets: Sequence[FilesetPlan]) -> Deferred:
    """The step that finds the window which the images of ``filesets`` share; writes no file."""
    pixels = tuple(image.pixels_step for fileset in filesets for image in fileset.images.values())
    projected = any(fileset.shows_projection(image) for fileset in filesets for image in fileset.images.values())

    def make(results: Results) -> Step | None:
        known = [digest_json(value["statistics"]) for step in pixels if (value := results.value(step))]
        params = {"statistics": known, "projected": projected, "revision": WINDOW_REVISION}
        return Step(name=name, params=params, action=lambda _stage: find(results)) if known else None

    def find(results: Results) -> Json:
        found = {}
        for of_projection in (False, True) if projected else (False,):
            values = (results.value(step) for step in pixels)
            windows = shared_windows(_statistics(value, projected=of_projection) for value in values if value)
            for channels, each in windows.items():
                found[_window_key(channels, projected=of_projection)] = [list(window) for window in each]
        return found

    return Deferred(name=name, make=make, after=pixels)


def _window_key(channels: int, *, projected: bool) -> str:
    """Images with equally many channels share their windows, and so do their projections."""
    return f"{channels} max" if projected else str(channels)


def _window_steps(fileset: FilesetPlan) -> tuple[str, ...]:
    return (fileset.window_step,) if fileset.window_step else ()


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
    for level in written_levels:
        prefix = level.path + "/"
        files = [
            (path.removeprefix(prefix), size, sha) for path, size, sha in written["files"] if path.startswith(prefix)
        ]
        stage.filled(target / level.path, files)
    size = sum(size for _, size, _ in written["files"])
    return {"statistics": written["statistics"], "picture": written["picture"], "bytes": size}


# Metadata


def _describe_step(site: Site, fileset: FilesetPlan) -> Deferred:
    pixels = tuple(image.pixels_step for image in fileset.images.values())

    def make(results: Results) -> Step | None:
        found = ((image, rendering_of(fileset, image, results)) for image in fileset.images.values())
        shown = [(image, rendering) for image, rendering in found if rendering]
        if not shown:
            return None
        plate = _shown_plate(fileset, [one for one, _ in shown])
        documents = [
            _document_image(image, rendering, place if plate else None)
            for place, (image, rendering) in enumerate(shown)
        ]
        described = [
            DescribedImage(image=one.image, plan=one.plan, rendering=each, labels=described_labels(one, results))
            for one, each in shown
        ]
        parts = [part for one, _ in shown for part in label_parts(one.plan.path, one.labels, one.plan, results)]
        facts = _FilesetFacts(crate=dataclasses.replace(_crate(fileset), labels=tuple(parts)), plate=plate)
        return Step(
            name=fileset.describe_step,
            action=lambda stage: _write_metadata(site, fileset, documents, described, facts, stage),
            params={
                "entries": [one.entry.id for one, _ in shown],
                "images": [dataclasses.asdict(document) for document in documents],
                "plans": [one.plan.to_json() for one, _ in shown],
                "renderings": [dataclasses.asdict(rendering) for _, rendering in shown],
                "labels": [[dataclasses.asdict(labels) for labels in one.labels] for one in described],
                "crate": dataclasses.asdict(facts.crate),
                "plate": dataclasses.asdict(plate) if plate else None,
                "elsewhere": [fileset.other_plates, fileset.other_images],
                "privacy": site.config.privacy.model_dump(mode="json"),
                "revision": DESCRIBE_REVISION,
                "broken": [problem.message for problem in fileset.inspected.problems],
                "remote": fileset.inspected.remote_files(),
            },
            files=fileset.source_files(),
            apart=True,
        )

    single = pixels if len(pixels) == 1 else ()
    after = (*pixels, *fileset.label_steps(), *_window_steps(fileset))
    return Deferred(name=fileset.describe_step, make=make, needs=single, after=after)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FilesetFacts:
    """What a fileset's metadata say beside its images."""

    crate: CrateFacts
    plate: DescribedPlate | None


def _shown_plate(fileset: FilesetPlan, shown: Sequence[PlannedImage]) -> DescribedPlate | None:
    """The plate with the images alone whose pixels could be written."""
    plate = fileset.plate
    return plate and dataclasses.replace(plate, layout=plate.layout.only({one.image.series for one in shown}))


def _document_image(image: PlannedImage, rendering: RenderingSettings, place: int | None) -> DocumentImage:
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
        place=place,
    )


def _crate(fileset: FilesetPlan) -> CrateFacts:
    about = fileset.study.description
    known = licence(fileset.study.licence)
    names = [image.entry.name or image.image.name for image in fileset.images.values()]
    names = [fileset.plate.name] if fileset.plate else names
    return CrateFacts(
        name=names[0] if len(names) == 1 else f"{about.title}: {fileset.id}",
        description=about.title,
        licence=(known.url or "") if known else "",
        published=about.release_date.isoformat() if about.release_date else "",
        organisms=tuple(Term(name=term.name, id=term.accession or "") for term in about.organisms),
        imaging_methods=tuple(Term(name=term.name, id=term.accession or "") for term in about.imaging_methods),
    )


def _write_metadata(
    site: Site,
    fileset: FilesetPlan,
    images: Sequence[DocumentImage],
    described: Sequence[DescribedImage],
    facts: _FilesetFacts,
    stage: StepStage,
) -> Json:
    fileset.inspected.raise_if_broken()
    documents: Documents = site.call(
        publish_documents,
        fileset.ref.location,
        fileset.inspected.address,
        tuple(images),
        site.redaction,
        PublishedPlates(
            layout=facts.plate.layout if facts.plate else None,
            elsewhere=fileset.other_plates,
            images_elsewhere=fileset.other_images,
        ),
        timeout_s=site.options.inspect_timeout_s,
    )
    site.warn(site.named(problem, fileset.ref.location) for problem in documents.warnings)
    root = urls.fileset(fileset.study.slug, fileset.id)
    files = describe(described, documents.fileset, facts.crate, facts.plate, version=site.config.zarr.version)
    for path, data in files.items() if not fileset.is_referenced else ():
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

    return Deferred(name=image.pictures_step, make=make, needs=(image.pixels_step,), after=_window_steps(fileset))


def _drawn(
    site: Site, fileset: FilesetPlan, image: PlannedImage, pixels: Path, rendering: RenderingSettings
) -> dict[str, PictureFile]:
    said = site.config.thumbnails
    sizes = PictureSizes(size_px=said.size_px, picture_px=said.picture_px, quality=said.quality)
    with site.cores.taken(cores_for(site, image.plan.level_bytes, 1)) as held:
        return site.call_holding(draw_pictures, fileset.ref.location, pixels, rendering, sizes, held)
