"""Steps of the pages of one study: images, datasets, projects, the study itself, and its card."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from publisher import urls
from publisher.catalogue.tree import DatasetFiles, ProjectFiles
from publisher.graph.step import Deferred, Results, Step
from publisher.model.container import Entry
from publisher.pages.container_pages import Around, Slice, dataset_page, project_page
from publisher.pages.published import PublishedImage, StudyRecord
from publisher.pages.study_page import ProjectPart, StudyContents, study_page
from publisher.pages.summary import DatasetSummary, summarize
from publisher.pipeline.cards import card_name, card_step
from publisher.pipeline.published import Neighbour, PublishedImages
from publisher.pipeline.site import Site, page_name

Identity = tuple[str, str]
"""Id and name of a container."""


@dataclass(frozen=True, slots=True)
class StudyDataset:
    """A dataset with its project and all its entries; records without pixels come last."""

    files: DatasetFiles
    project: ProjectFiles | None
    entries: tuple[Entry, ...]
    records: Sequence[Entry] = field(default=())

    def __len__(self) -> int:
        return len(self.entries) + len(self.records)

    @property
    def identity(self) -> Identity:
        """Its id and name."""
        return self.files.id, self.files.name

    def all_entries(self) -> Iterator[Entry]:
        """Entries with pixels, then records."""
        yield from self.entries
        yield from self.records

    def slice(self, start: int, end: int) -> list[Entry]:
        """Entries ``start`` to ``end``."""
        count = len(self.entries)
        return [*self.entries[start:end], *self.records[max(start - count, 0) : max(end - count, 0)]]


class StudyPages:
    """Yields the steps of a study's pages; each is described when the pixels it shows are done."""

    def __init__(
        self, site: Site, record: StudyRecord, datasets: Sequence[StudyDataset], images: PublishedImages
    ) -> None:
        self._site = site
        self._record = record
        self._datasets = datasets
        self._images = images
        self._page_size = site.config.catalogue.page_size
        self._briefs: dict[str, DatasetSummary] = {}

    def steps(self, projects: Sequence[ProjectFiles], examples: Sequence[Entry]) -> Iterator[Deferred]:
        """All pages, those of images first; ``examples`` are shown large on the study's page."""
        for dataset in self._datasets:
            yield from self._image_pages(dataset)
            yield from self._dataset_pages(dataset)
        for project in projects:
            yield self._project_page(project)
        yield from self._study_page(projects, examples)

    def _image_pages(self, dataset: StudyDataset) -> Iterator[Deferred]:
        if not dataset.entries:
            return
        # Late: a study of rows alone has no image pages, and need not load what draws them.
        from publisher.pages.image_page import ImagePages, Place

        builder = ImagePages(self._record, self._site.facts)
        for number, entry in enumerate(dataset.entries):

            def make(item: PublishedImage, beside: tuple[Neighbour, Neighbour], number: int = number) -> Step:
                place = Place(
                    dataset_name=dataset.files.name,
                    dataset_id=dataset.files.id,
                    dataset_page=number // self._page_size + 1,
                    project_name=dataset.project.name if dataset.project else "",
                    project_id=dataset.project.id if dataset.project else "",
                    previous=beside[0],
                    next=beside[1],
                )
                return self._site.page_step(builder.page(item, place))

            before = dataset.entries[number - 1] if number else None
            after = dataset.entries[number + 1] if number + 1 < len(dataset.entries) else None
            yield self._images.page(entry, (before, after), make, self._record.slug)

    def _dataset_pages(self, dataset: StudyDataset) -> Iterator[Deferred]:
        size = self._page_size
        count = max(1, -(-len(dataset) // size))
        after = self._pixel_steps([dataset])
        around = self._around(dataset)
        for number in range(1, count + 1):

            def make(results: Results, number: int = number) -> Step:
                entries = dataset.slice((number - 1) * size, number * size)
                items = [self._images.item(entry, results) for entry in entries]
                part = Slice(number=number, count=count, size=size)
                brief = self._brief(dataset, results)
                return self._site.page_step(dataset_page(brief, items, part, self._record, around, self._site.facts))

            url = urls.dataset(self._record.slug, dataset.files.id, number)
            yield Deferred(name=page_name(url), after=after, make=make)

    def _around(self, dataset: StudyDataset) -> Around:
        beside = [other for other in self._datasets if other.project is dataset.project]
        place = beside.index(dataset)
        project = (dataset.project.id, dataset.project.name) if dataset.project else None
        return Around(
            project=project,
            previous=beside[place - 1].identity if place else None,
            next=beside[place + 1].identity if place + 1 < len(beside) else None,
        )

    def _project_page(self, project: ProjectFiles) -> Deferred:
        def make(results: Results) -> Step:
            briefs = self._part(project, results).datasets
            identity = (project.id, project.name)
            page = project_page(identity, project.description, briefs, self._record, self._site.facts)
            return self._site.page_step(page)

        after = self._pixel_steps([dataset for dataset in self._datasets if dataset.project is project])
        return Deferred(name=page_name(urls.project(self._record.slug, project.id)), after=after, make=make)

    def _study_page(self, projects: Sequence[ProjectFiles], examples: Sequence[Entry]) -> Iterator[Deferred]:
        slug, after = self._record.slug, self._pixel_steps(self._datasets)

        def contents(results: Results) -> StudyContents:
            parts = (self._part(project, results) for project in (*projects, None))
            items = tuple(self._images.item(entry, results) for entry in examples)
            return StudyContents(
                projects=tuple(part for part in parts if part.datasets),
                examples=items,
                has_quality=self._site.config.catalogue.quality_page,
            )

        def make(results: Results) -> Step:
            return self._site.page_step(study_page(self._record, contents(results), self._site.facts))

        yield Deferred(name=page_name(urls.study(slug)), after=after, make=make)
        yield Deferred(
            name=card_name(slug), after=after, make=lambda results: card_step(self._record, contents(results))
        )

    def _part(self, project: ProjectFiles | None, results: Results) -> ProjectPart:
        """A project with its datasets in brief; those without a project for None."""
        briefs = tuple(self._brief(dataset, results) for dataset in self._datasets if dataset.project is project)
        if project is None:
            return ProjectPart(identity=None, description="", datasets=briefs)
        return ProjectPart(identity=(project.id, project.name), description=project.description, datasets=briefs)

    def _brief(self, dataset: StudyDataset, results: Results) -> DatasetSummary:
        """The dataset in brief, gathered once when its pixels are done."""
        key = dataset.files.id
        if key not in self._briefs:
            items = (self._images.item(entry, results) for entry in dataset.all_entries())
            self._briefs[key] = summarize(dataset.identity, dataset.files.description, items)
        return self._briefs[key]

    def _pixel_steps(self, datasets: Sequence[StudyDataset]) -> tuple[str, ...]:
        """Steps that what is shown of these datasets comes from."""
        entries = (entry for dataset in datasets for entry in dataset.entries)
        return tuple(dict.fromkeys(name for entry in entries for name in self._images.shown_steps_of(entry)))
