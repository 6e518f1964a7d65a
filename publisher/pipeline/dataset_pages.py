"""Steps of the pages of datasets and projects, and of the images in them."""

from collections.abc import Iterator, Sequence

from publisher import urls
from publisher.catalogue.tree import ProjectFiles
from publisher.graph.step import Deferred, Results, Step
from publisher.pages.container_pages import Around, Slice, dataset_page, project_page
from publisher.pages.image_place import Place
from publisher.pages.plate_summary import PlateSummary
from publisher.pages.published import Inherited, StudyRecord
from publisher.pages.study_page import ProjectPart
from publisher.pages.summary import DatasetSummary, summarize
from publisher.pipeline.container_notes import StudyNotes
from publisher.pipeline.image_page_steps import ImagePageSteps
from publisher.pipeline.plate_pages import PlatePages
from publisher.pipeline.published import Neighbour, PublishedImages
from publisher.pipeline.site import Site, page_name
from publisher.pipeline.study_parts import StudyDataset, StudyParts


class DatasetPages:
    """Yields the steps of the pages of a study's datasets and projects."""

    def __init__(
        self,
        site: Site,
        record: StudyRecord,
        contents: StudyParts,
        images: PublishedImages,
        notes: StudyNotes,
        plates: PlatePages,
    ) -> None:
        self._site = site
        self._record = record
        self._contents = contents
        self._images = images
        self._notes = notes
        self._plates = plates
        self._pages = ImagePageSteps(site, record, images, notes)
        self._page_size = site.config.catalogue.page_size
        self._briefs: dict[str, DatasetSummary] = {}

    def steps(self) -> Iterator[Deferred]:
        """All pages, those of images first."""
        for dataset in self._contents.datasets:
            yield from self._image_pages(dataset)
            yield from self._dataset_pages(dataset)
        for project in self._contents.tree.projects:
            yield self._project_page(project)

    def _image_pages(self, dataset: StudyDataset) -> Iterator[Deferred]:
        entries, project = dataset.entries, dataset.project
        said = self._notes.steps_of(dataset.files.said, *((project.said,) if project else ()))

        def inherited(results: Results) -> tuple[Inherited, ...]:
            return self._notes.inherited_in(dataset, results)

        for number, entry in enumerate(entries):

            def place(beside: tuple[Neighbour, Neighbour], number: int = number) -> Place:
                return Place(
                    dataset_name=dataset.files.name,
                    dataset_id=dataset.files.id,
                    dataset_page=number // self._page_size + 1,
                    project_name=project.name if project else "",
                    project_id=project.id if project else "",
                    previous=beside[0],
                    next=beside[1],
                )

            before = entries[number - 1] if number else None
            after = entries[number + 1] if number + 1 < len(entries) else None
            yield self._pages.step(entry, (before, after), place, inherited, said)

    def _dataset_pages(self, dataset: StudyDataset) -> Iterator[Deferred]:
        size = self._page_size
        count = max(1, -(-len(dataset) // size))
        plates = [plate for plate in self._contents.plates if plate.contents.id in dataset.plates]
        after = (
            *self.pixel_steps([dataset]),
            *self._plates.pixel_steps(plates),
            *self._notes.steps_of(dataset.files.said),
        )
        for number in range(1, count + 1):

            def make(results: Results, number: int = number) -> Step:
                entries = dataset.slice((number - 1) * size, number * size)
                items = [self._images.item(entry, results) for entry in entries]
                part = Slice(number=number, count=count, size=size)
                brief = self._brief(dataset, results)
                around = self._around(dataset, [self._plates.brief(plate, results) for plate in plates], results)
                return self._site.page_step(dataset_page(brief, items, part, self._record, around, self._site.facts))

            url = urls.dataset(self._record.slug, dataset.files.id, number)
            yield Deferred(name=page_name(url), after=after, make=make)

    def _around(self, dataset: StudyDataset, plates: Sequence[PlateSummary], results: Results) -> Around:
        beside = [other for other in self._contents.datasets if other.project is dataset.project]
        place = beside.index(dataset)
        project = (dataset.project.id, dataset.project.name) if dataset.project else None
        return Around(
            project=project,
            previous=beside[place - 1].identity if place else None,
            next=beside[place + 1].identity if place + 1 < len(beside) else None,
            notes=self._notes.notes(dataset.files.said, results),
            plates=tuple(plates),
        )

    def _project_page(self, project: ProjectFiles) -> Deferred:
        def make(results: Results) -> Step:
            briefs = self._part(project, results).datasets
            identity, said = (project.id, project.name), self._notes.notes(project.said, results)
            page = project_page(identity, project.description, briefs, said, self._record, self._site.facts)
            return self._site.page_step(page)

        datasets = [dataset for dataset in self._contents.datasets if dataset.project is project]
        after = (*self.pixel_steps(datasets), *self._notes.steps_of(project.said))
        return Deferred(name=page_name(urls.project(self._record.slug, project.id)), after=after, make=make)

    def parts(self, results: Results) -> tuple[ProjectPart, ...]:
        """Projects with their datasets in brief, then datasets without a project."""
        found = (self._part(project, results) for project in (*self._contents.tree.projects, None))
        return tuple(part for part in found if part.datasets)

    def _part(self, project: ProjectFiles | None, results: Results) -> ProjectPart:
        """A project with its datasets in brief; those without a project for None."""
        datasets = [dataset for dataset in self._contents.datasets if dataset.project is project]
        briefs = tuple(self._brief(dataset, results) for dataset in datasets)
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

    def pixel_steps(self, datasets: Sequence[StudyDataset]) -> tuple[str, ...]:
        """Steps that what is shown of these datasets comes from."""
        entries = (entry for dataset in datasets for entry in dataset.entries)
        return tuple(dict.fromkeys(name for entry in entries for name in self._images.shown_steps_of(entry)))
