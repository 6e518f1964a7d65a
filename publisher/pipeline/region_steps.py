"""Steps of regions: read once for a fileset, then measured, drawn and written for each of its images.

They stand apart from pixels and from metadata, so that a changed region costs no conversion.
"""

import dataclasses
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from publisher import urls
from publisher.assets.picture_set import PICTURE as PICTURE_FILE
from publisher.assets.region_set import OVERVIEW, REVISION
from publisher.errors import Problem, SourceError
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.ngff.plan import ITEM_SIZES
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.pipeline.region_sources import names_of
from publisher.pipeline.region_tasks import RegionsJob, RegionsRead, RegionsWanted, make_regions, read_regions
from publisher.pipeline.site import Site

READ_REVISION = 1
"""Rises when more, or other things, are told of the same regions."""


def read_regions_step(site: Site, fileset: FilesetPlan) -> Step | None:
    """Read the regions of all images of ``fileset``; None where none can have any. No pixel is read."""
    images = fileset.images_with_regions()
    if not images:
        return None
    wanted = tuple(
        RegionsWanted(image=one.image, names=names_of(one.entry, one.image), files=one.regions) for one in images
    )

    def read(stage: StepStage) -> Json:
        fileset.inspected.raise_if_broken()
        found: RegionsRead = site.call(
            read_regions,
            fileset.ref.location,
            fileset.inspected.address,
            wanted,
            site.redaction,
            stage.keep(),
            timeout_s=site.options.inspect_timeout_s,
        )
        files = [file.location for one in images for file in one.regions]
        site.warn(_placed(site, found.warnings, fileset, files))
        if found.problems:
            raise SourceError(*_placed(site, found.problems, fileset, files))
        return {str(series): list(record) for series, record in found.images.items()}

    files = {f"regions {file.path}": file.location for one in images for file in one.regions}
    names = [f"{one.image.series}.json" for one in images]
    return Step(
        name=fileset.regions_step,
        action=read,
        params={
            "images": [
                [
                    one.image.series,
                    one.image.ome_id,
                    one.image.roi_count,
                    list(one.image.pixels.shape),
                    list(words.names),
                ]
                for one, words in zip(images, wanted, strict=True)
            ],
            "files": [[file.path for file in one.regions] for one in images],
            "privacy": site.config.privacy.model_dump(mode="json"),
            "revision": [REVISION, READ_REVISION],
            "broken": [problem.message for problem in fileset.inspected.problems],
            "remote": fileset.inspected.remote_files(),
            "metadata": list(said.images) if (said := fileset.ref.metadata) else None,
        },
        files=fileset.described_by() | files,
        kept_is_whole=lambda folder: all((folder / name).is_file() for name in names),
        apart=True,
    )


def _placed(site: Site, problems: Iterable[Problem], fileset: FilesetPlan, files: Sequence[Path]) -> Iterator[Problem]:
    """Problems with the file they are about as people of this site know it; of a zip file with the entry in it."""
    for problem in problems:
        path = problem.path or ""
        file = next((each for each in files if path == str(each) or path.startswith(f"{each}/")), None)
        named = site.named(problem, file or fileset.ref.location)
        entry = path.removeprefix(str(file)) if file else ""
        yield dataclasses.replace(named, path=f"{named.path}{entry}")


def added_regions(fileset: FilesetPlan, results: Results) -> tuple[Path, dict[str, str]] | None:
    """Where regions stand that the source's document does not have, and a digest of those of each series."""
    read = results.value(fileset.regions_step) if fileset.images_with_regions() else None
    digests = {series: record[3] for series, record in (read or {}).items() if record[3]}
    return (results.kept(fileset.regions_step), digests) if digests else None


def region_file_steps(site: Site, fileset: FilesetPlan) -> Iterator[Deferred]:
    """Measure, draw and write the regions of each image."""
    for image in fileset.images_with_regions():
        yield _region_files(site, fileset, image)


def _region_files(site: Site, fileset: FilesetPlan, image: PlannedImage) -> Deferred:
    folder = urls.image(fileset.study.slug, image.entry.id).parent

    def make(results: Results) -> Step | None:
        read, pixels = results.value(fileset.regions_step), results.value(image.pixels_step)
        pictures = results.value(image.pictures_step)
        record = (read or {}).get(str(image.image.series))
        if record is None or not record[0] or pixels is None or pictures is None:
            return None
        job = _job(fileset, image, results.kept(fileset.regions_step), pictures)

        def write(stage: StepStage) -> Json:
            with site.cores.taken(1):
                timeout_s = site.options.convert_timeout_s
                made = site.call_holding(make_regions, fileset.ref.location, job, timeout_s=timeout_s)
            for name, data in made.files.items():
                stage.write(folder / name, data)
            sizes = {name: len(data) for name, data in made.files.items()}
            return made.summary | {"files": sizes, "overlay": [OVERVIEW, *job.picture]}

        return Step(
            name=image.regions_step,
            action=write,
            params={
                "regions": record[2],
                "pixels": [pixels["picture"], pixels["statistics"]],
                "plan": image.plan.to_json(),
                "job": dataclasses.asdict(dataclasses.replace(job, address=None, kept=None)),  # type: ignore[arg-type]  # what does not move with the site
                "revision": REVISION,
                "folder": str(folder),
            },
            apart=True,
        )

    return Deferred(
        name=image.regions_step, make=make, needs=(fileset.regions_step, image.pixels_step, image.pictures_step)
    )


def _job(fileset: FilesetPlan, image: PlannedImage, kept: Path, pictures: Json) -> RegionsJob:
    pixels, overrides = image.image.pixels, fileset.overrides()
    _, y_um, x_um = pixels.pixel_size_um
    named = (
        (overrides[index].label if index in overrides else None) or channel.name or channel.fluor
        for index, channel in enumerate(image.image.channels)
    )
    width, height = next((w, h) for name, _, w, h in pictures["files"] if name == PICTURE_FILE)
    return RegionsJob(
        address=fileset.inspected.address,
        series=image.image.series,
        kept=kept,
        image=image.entry.id,
        shape=pixels.shape,
        sample_bytes=ITEM_SIZES[image.plan.source_dtype],
        channels=tuple(named),
        pixel_size_um=(x_um, y_um) if x_um and y_um else None,
        shown=(image.picture.t, image.picture.z),
        picture=(width, height),
        projected=fileset.shows_projection(image),
    )
