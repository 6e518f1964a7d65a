"""Steps of the pages of one study: images, datasets, projects, plates, screens, the study itself, and its card."""

from collections.abc import Iterator, Sequence

from publisher import urls
from publisher.graph.step import Deferred, Results, Step
from publisher.model.container import Entry
from publisher.pages.published import StudyRecord
from publisher.pages.study_page import StudyContents, study_page
from publisher.pipeline.cards import card_name, card_step
from publisher.pipeline.container_notes import StudyNotes
from publisher.pipeline.dataset_pages import DatasetPages
from publisher.pipeline.plate_pages import PlatePages
from publisher.pipeline.published import PublishedImages
from publisher.pipeline.site import Site, page_name
from publisher.pipeline.study_parts import StudyParts


class StudyPages:
    """Yields the steps of a study's pages; each is described when the pixels it shows are done."""

    def __init__(
        self, site: Site, record: StudyRecord, parts: StudyParts, images: PublishedImages, notes: StudyNotes
    ) -> None:
        self._site = site
        self._record = record
        self._parts = parts
        self._images = images
        self._notes = notes
        self._plates = PlatePages(site, record, parts, images, notes)
        self._datasets = DatasetPages(site, record, parts, images, notes, self._plates)

    def steps(self, examples: Sequence[Entry]) -> Iterator[Deferred]:
        """All pages, those of images first; ``examples`` are shown large on the study's page."""
        yield from self._datasets.steps()
        yield from self._plates.steps()
        yield from self._study_page(examples)

    def _study_page(self, examples: Sequence[Entry]) -> Iterator[Deferred]:
        slug, attached = self._record.slug, self._parts.tree.attachments
        after = (
            *self._datasets.pixel_steps(self._parts.datasets),
            *self._plates.pixel_steps(self._parts.plates),
            *self._notes.steps_of_files(attached),
        )

        def contents(results: Results) -> StudyContents:
            return StudyContents(
                projects=self._datasets.parts(results),
                screens=self._plates.parts(results),
                examples=tuple(self._images.item(entry, results) for entry in examples),
                files=self._notes.files(attached, results),
                has_quality=self._site.config.catalogue.quality_page,
            )

        def make(results: Results) -> Step:
            return self._site.page_step(study_page(self._record, contents(results), self._site.facts))

        yield Deferred(name=page_name(urls.study(slug)), after=after, make=make)
        yield Deferred(
            name=card_name(slug), after=after, make=lambda results: card_step(self._record, contents(results))
        )
