"""The step that writes a fileset's metadata, and the OME-XML of each of its images: from values, no chunk is read."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from publisher import urls
from publisher.formats.ome_xml.publish import PublishedImage as DocumentImage
from publisher.formats.ome_xml.publish import PublishedPlates
from publisher.graph.record import Json
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.model.rendering import RenderingSettings
from publisher.ngff.describe import REVISION as DESCRIBE_REVISION
from publisher.ngff.describe import DescribedImage, DescribedPlate, describe
from publisher.ngff.ro_crate import CrateFacts, Term
from publisher.pages.licence import licence
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage
from publisher.pipeline.label_steps import described_labels
from publisher.pipeline.planned_labels import label_parts
from publisher.pipeline.region_steps import added_regions
from publisher.pipeline.site import Site
from publisher.pipeline.window_step import rendering_of, window_steps
from publisher.pipeline.worker_tasks import Documents, publish_documents

HEAD_CHARACTERS = 2500
"""Characters of an image's OME-XML that its page shows."""


def describe_step(site: Site, fileset: FilesetPlan) -> Deferred:
    """Write the documents of ``fileset`` and the OME-XML of each of its images; it needs no chunk."""
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
        added = added_regions(fileset, results)
        facts = _FilesetFacts(
            crate=dataclasses.replace(crate_facts(fileset), labels=tuple(parts)),
            plate=plate,
            regions=added[0] if added else None,
        )
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
                "regions": added[1] if added else None,
                "revision": DESCRIBE_REVISION,
                "broken": [problem.message for problem in fileset.inspected.problems],
                "remote": fileset.inspected.remote_files(),
                **({"metadata": list(said.images)} if (said := fileset.ref.metadata) else {}),
            },
            files=fileset.described_by(),
            apart=True,
        )

    single = pixels if len(pixels) == 1 else ()
    read = (fileset.regions_step,) if fileset.images_with_regions() else ()
    after = (*pixels, *fileset.label_steps(), *window_steps(fileset), *read)
    return Deferred(name=fileset.describe_step, make=make, needs=single, after=after)


@dataclass(frozen=True, slots=True, kw_only=True)
class _FilesetFacts:
    """What a fileset's metadata say beside its images."""

    crate: CrateFacts
    plate: DescribedPlate | None
    regions: Path | None = None


def _shown_plate(fileset: FilesetPlan, shown: Sequence[PlannedImage]) -> DescribedPlate | None:
    """The plate with the images alone whose pixels could be written."""
    plate = fileset.plate
    return plate and dataclasses.replace(plate, layout=plate.layout.only({one.image.series for one in shown}))


def _document_image(image: PlannedImage, rendering: RenderingSettings, place: int | None) -> DocumentImage:
    return DocumentImage(
        series=image.image.series,
        # The document is made from the source's own: of the record only what describes the pixels is needed.
        image=dataclasses.replace(image.image, acquisition=(), original=None),
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


def crate_facts(fileset: FilesetPlan) -> CrateFacts:
    """What the RO-Crate of ``fileset`` says of it."""
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
        facts.regions,
        timeout_s=site.options.inspect_timeout_s,
    )
    site.warn(site.named(problem, fileset.ref.location) for problem in documents.warnings)
    root = urls.fileset(fileset.study.slug, fileset.id)
    files = describe(described, documents.fileset, facts.crate, facts.plate, version=site.config.zarr.version)
    for path, data in files.items() if not fileset.is_referenced else ():
        stage.write(root / path, data)
    heads = {}
    parts = zip(images, documents.images, documents.planes, documents.xml, strict=True)
    for image, data, planes, xml in parts:
        slug, entry = fileset.study.slug, fileset.images[image.series].entry
        stage.write(urls.image_file(slug, entry.id, "ome.xml"), data)
        told: dict[str, Json] = {"size": len(data), "head": data.decode()[:HEAD_CHARACTERS]}
        if planes:
            stage.write(urls.image_file(slug, entry.id, "planes.csv"), planes.csv)
            told["planes"] = [len(planes.csv), list(map(list, planes.section.values)), list(planes.exposures)]
        if xml:
            told["xml"] = [[text.id, text.text, text.characters] for text in xml]
        heads[str(image.series)] = told
    return {"documents": heads}
