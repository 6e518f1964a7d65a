"""The part of a study that has pixels: its source files, their plans and steps.

Imported only for studies with image files: arrays, XML and readers cost half a second.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from publisher.catalogue.attachments import AttachmentRef
from publisher.catalogue.load import StudyFolder
from publisher.catalogue.plate_draft import SourcePlate
from publisher.catalogue.tree import DatasetFiles, FileRef
from publisher.errors import ConversionError, SourceError
from publisher.graph.stage import StepStage
from publisher.graph.step import Deferred, Results, Step
from publisher.model.container import Entry
from publisher.model.image import Image
from publisher.model.rendering import RenderingSettings
from publisher.pages.published import StudyRecord
from publisher.pipeline.drawn_labels import drawn_labels_of
from publisher.pipeline.fileset_plan import FilesetPlan, PlannedImage, RefusedImage, SourcePlanner
from publisher.pipeline.fileset_steps import fileset_steps
from publisher.pipeline.forecast import forecasts
from publisher.pipeline.inspected import StudySources
from publisher.pipeline.label_sources import labels_of
from publisher.pipeline.region_sources import region_files
from publisher.pipeline.region_tasks import RegionFile
from publisher.pipeline.site import Site
from publisher.pipeline.source_plates import plates_of
from publisher.pipeline.study_parts import PixelGroup
from publisher.pipeline.window_step import rendering_of


class StudyPixels:
    """Plans of one study's filesets, by the path of their source."""

    def __init__(self, site: Site, study: StudyFolder, record: StudyRecord) -> None:
        self._site = site
        self._record = record
        self._sources = StudySources(site, study)
        self._filesets: dict[str, tuple[FilesetPlan, ...]] = {}
        self._regions: Mapping[str, tuple[RegionFile, ...]] = {}

    def prepare(self, dataset: DatasetFiles) -> None:
        """Look at the files of a dataset beside each other, before they are asked for one by one."""
        self._sources.prepare(dataset.files)

    def take_regions(
        self, files: Sequence[AttachmentRef], datasets: Iterable[tuple[DatasetFiles, Sequence[Entry]]]
    ) -> None:
        """Find the images that files with regions belong to; called before any `steps`."""
        images = (
            (entry, image) for dataset, entries in datasets for entry, image in self._with_images(dataset, entries)
        )
        self._regions = region_files(self._site, files, images)

    def _with_images(self, dataset: DatasetFiles, entries: Sequence[Entry]) -> Iterator[tuple[Entry, Image]]:
        held = {(ref.path, image.series): image for ref in dataset.files for image in self.images_of(ref)}
        for entry in entries:
            if entry.ref and (image := held.get((entry.ref.path, entry.ref.series))):
                yield entry, image

    def images_of(self, ref: FileRef) -> Sequence[Image]:
        """What a file holds."""
        return self._sources.images_of(ref)

    def plates_of(self, ref: FileRef) -> tuple[SourcePlate, ...]:
        """The plates that a file describes."""
        inspected = self._sources.inspection(ref)
        return plates_of(self._record.slug, ref, inspected, self._site.redaction) if inspected else ()

    def steps(self, group: PixelGroup, plate_names: Mapping[str, str]) -> Iterator[Step | Deferred]:
        """Plan the filesets of a dataset, or of a plate, and yield their steps."""
        dataset, entries = group.files, group.entries
        by_path: dict[str, list[Entry]] = {}
        for entry in entries:
            if entry.ref:
                by_path.setdefault(entry.ref.path, []).append(entry)
        planner = SourcePlanner(
            site=self._site,
            study=self._record,
            dataset_id=dataset.id,
            rendering=dataset.rendering,
            plate_id=dataset.id if group.is_plate else "",
            plate_names=plate_names,
            regions=self._regions,
        )
        filesets: list[FilesetPlan] = []
        for ref in dataset.files:
            inspected = self._sources.inspection(ref)
            if inspected is None and ref.path in self._sources.unreadable:
                yield self._unreadable_step(ref)
            if inspected:
                labels = labels_of(ref, inspected, self._sources, self._site.redaction)
                published = by_path.get(ref.path, ())
                drawn = drawn_labels_of(ref, inspected, published, self._regions, labels)
                own = replace(planner, rendering=ref.wants.rendering or planner.rendering)
                self._filesets[ref.path] = own.filesets(ref, inspected, published, (*labels, *drawn))
                filesets.extend(self._filesets[ref.path])
                self._foretell(ref, self._filesets[ref.path])
                for fileset in self._filesets[ref.path]:
                    yield from map(_refused_step, fileset.refused)
        yield from fileset_steps(self._site, f"{self._record.slug}: {dataset.name}", filesets)

    def _foretell(self, ref: FileRef, filesets: Sequence[FilesetPlan]) -> None:
        """Note what the conversion of a file costs that was not converted yet."""
        for fileset in filesets:
            if all(self._site.ledger.step(image.pixels_step) is None for image in fileset.images.values()):
                for words in forecasts(f"{self._record.slug}/{ref.path}", fileset, self._site.cores.count):
                    self._site.note(words)

    def _unreadable_step(self, ref: FileRef) -> Step:
        """A step that fails: the problem is reported again by every build until the file is mended."""

        def fail(_stage: StepStage) -> None:
            raise SourceError(*self._sources.unreadable[ref.path])

        return Step(name=f"source {self._record.slug}/{ref.path}", action=fail)

    def planned(self, entry: Entry) -> tuple[FilesetPlan, PlannedImage] | None:
        """The plan of an entry's image; None for a record without pixels."""
        if entry.ref:
            for fileset in self._filesets.get(entry.ref.path, ()):
                if image := fileset.images.get(entry.ref.series):
                    return fileset, image
        return None

    def refused_step(self, entry: Entry) -> str | None:
        """The step that tells why nothing is published of an entry's image; None for any other."""
        for fileset in self._filesets.get(entry.ref.path, ()) if entry.ref else ():
            for image in fileset.refused:
                if image.entry.id == entry.id:
                    return image.step
        return None

    def rendering(
        self, fileset: FilesetPlan, image: PlannedImage, results: Results, *, of_picture: bool = False
    ) -> RenderingSettings | None:
        """How an image, or its pictures, is shown; None when its pixels could not be written."""
        return rendering_of(fileset, image, results, of_picture=of_picture)


def _refused_step(image: RefusedImage) -> Step:
    """A step that fails: what can never be written is told by every build, and costs no other image."""

    def fail(_stage: StepStage) -> None:
        raise ConversionError(*image.problems)

    return Step(name=image.step, action=fail)
