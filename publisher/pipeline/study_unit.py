"""One study as a unit of steps: pixels, then pages, in the order in which they need each other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from publisher import urls
from publisher.catalogue.load import StudyFolder, is_published, load_study
from publisher.catalogue.resolve import DatasetFiles, ProjectFiles, RecordEntries, Rows, StudyTree, resolve
from publisher.errors import ContentError, Problem
from publisher.graph.step import Deferred, Results, Step
from publisher.model.container import Entry
from publisher.model.image import ImageRef
from publisher.pages.container_pages import Around, Slice, dataset_page, project_page
from publisher.pages.image_page import ImagePages, Place
from publisher.pages.published import PublishedImage, StudyRecord
from publisher.pages.study_page import ProjectPart, StudyContents, study_page
from publisher.pages.summary import DatasetSummary, summarize
from publisher.pipeline.cards import card_name, card_step
from publisher.pipeline.published import Neighbour, PublishedImages
from publisher.pipeline.site import Site, page_name

if TYPE_CHECKING:
    from publisher.pipeline.study_pixels import StudyPixels

EXAMPLES = 5


def study_steps(site: Site, folder: Path) -> Iterator[Step | Deferred]:
    """Steps of the study in ``folder``; none while it is a draft or under embargo."""
    study = load_study(folder, site.paths)
    site.ledger.remember(
        "embargo", study.slug, study.description.embargo_until and study.description.embargo_until.isoformat()
    )
    if is_published(study.description, today=site.options.today, drafts=site.options.drafts):
        yield from _StudySteps(site, study).steps()


@dataclass(frozen=True, slots=True)
class _Dataset:
    """A dataset with its project and all its entries; records without pixels come last."""

    files: DatasetFiles
    project: ProjectFiles | None
    entries: tuple[Entry, ...]
    records: Sequence[Entry] = field(default=())

    def __len__(self) -> int:
        return len(self.entries) + len(self.records)

    def slice(self, start: int, end: int) -> list[Entry]:
        """Entries ``start`` to ``end``."""
        count = len(self.entries)
        return [*self.entries[start:end], *self.records[max(start - count, 0) : max(end - count, 0)]]


class _StudySteps:
    def __init__(self, site: Site, study: StudyFolder) -> None:
        self._site = site
        self._study = study
        self._record = StudyRecord(
            slug=study.slug, description=study.description, licence=study.description.licence or site.config.licence
        )
        self._briefs: dict[str, DatasetSummary] = {}

    def steps(self) -> Iterator[Step | Deferred]:
        tree = resolve(self._study)
        self._site.warn(tree.warnings)
        self._site.ledger.remember("study-sources", self._study.slug, [str(root) for root in self._study.roots[1:]])
        datasets = self._datasets(tree)
        self._refuse_repeated_ids(datasets)
        for dataset in datasets:
            if dataset.entries:
                yield from self._pixels.steps(dataset.files, dataset.entries)
        images = PublishedImages(self._site, lambda: self._pixels)
        for dataset in datasets:
            yield from self._image_pages(dataset, images)
            yield from self._dataset_pages(dataset, datasets, images)
        yield from self._study_pages(tree, datasets, images)

    # What there is

    def _datasets(self, tree: StudyTree) -> list[_Dataset]:
        rows = Rows(self._study, tree)
        found = [
            (files, project, tuple(rows.entries(files, lambda ref: self._pixels.images_of(ref))))
            for project in (*tree.projects, None)
            for files in (project.datasets if project else tree.datasets)
        ]
        records: dict[str, RecordEntries] = rows.without_pixels()
        self._site.warn(rows.warnings())
        return [_Dataset(files, project, entries, records.get(files.id, ())) for files, project, entries in found]

    def _refuse_repeated_ids(self, datasets: list[_Dataset]) -> None:
        seen: dict[str, Entry] = {}
        problems = []
        for dataset in datasets:
            for entry in dataset.entries:
                other = seen.setdefault(entry.id.lower(), entry)
                if other is not entry:
                    message = f"two images have the id {entry.id!r}: {_where(other.ref)} and {_where(entry.ref)}"
                    problems.append(Problem(code="images.repeated-id", path=self._study.shown, message=message))
        if problems:
            raise ContentError(*problems)

    @cached_property
    def _pixels(self) -> "StudyPixels":
        """The study's source files; made for the first dataset that has any."""
        # Late: a study of rows alone needs no arrays, no XML and no readers.
        from publisher.pipeline.study_pixels import StudyPixels

        return StudyPixels(self._site, self._study, self._record)

    @cached_property
    def _page_builder(self) -> ImagePages:
        """Builder of image pages: what all of a study's share is made once."""
        return ImagePages(self._record, self._site.facts)

    # Pages

    def _image_pages(self, dataset: _Dataset, images: PublishedImages) -> Iterator[Deferred]:
        size = self._site.config.catalogue.page_size
        for number, entry in enumerate(dataset.entries):

            def make(item: PublishedImage, beside: tuple[Neighbour, Neighbour], number: int = number) -> Step:
                place = Place(
                    dataset_name=dataset.files.name,
                    dataset_id=dataset.files.id,
                    dataset_page=number // size + 1,
                    project_name=dataset.project.name if dataset.project else "",
                    project_id=dataset.project.id if dataset.project else "",
                    previous=beside[0],
                    next=beside[1],
                )
                return self._site.page_step(self._page_builder.page(item, place))

            beside = _at(dataset.entries, number - 1), _at(dataset.entries, number + 1)
            yield images.page(entry, beside, make, self._study.slug)

    def _dataset_pages(
        self, dataset: _Dataset, all_datasets: list[_Dataset], images: PublishedImages
    ) -> Iterator[Step | Deferred]:
        size = self._site.config.catalogue.page_size
        count = max(1, -(-len(dataset) // size))
        after = tuple(dict.fromkeys(name for entry in dataset.entries for name in images.steps_of(entry)))
        around = self._around(dataset, all_datasets)
        for number in range(1, count + 1):
            entries = dataset.slice((number - 1) * size, number * size)

            def make(results: Results, entries: list[Entry] = entries, number: int = number) -> Step:
                items = [images.item(entry, results) for entry in entries]
                part = Slice(number=number, count=count, size=size)
                brief = self._brief(dataset, images, results)
                return self._site.page_step(dataset_page(brief, items, part, self._record, around, self._site.facts))

            yield Deferred(
                name=page_name(urls.dataset(self._study.slug, dataset.files.id, number)), after=after, make=make
            )

    def _brief(self, dataset: _Dataset, images: PublishedImages, results: Results) -> DatasetSummary:
        """The dataset in brief, gathered once when its pixels are done."""
        key = dataset.files.id
        if key not in self._briefs:
            entries: Iterable[PublishedImage] = (
                images.item(entry, results) for entry in (*dataset.entries, *dataset.records)
            )
            self._briefs[key] = summarize((key, dataset.files.name), dataset.files.description, entries)
        return self._briefs[key]

    def _around(self, dataset: _Dataset, all_datasets: list[_Dataset]) -> Around:
        beside = [d for d in all_datasets if d.project is dataset.project]
        place = beside.index(dataset)

        def at(number: int) -> tuple[str, str] | None:
            return (beside[number].files.id, beside[number].files.name) if 0 <= number < len(beside) else None

        project = (dataset.project.id, dataset.project.name) if dataset.project else None
        return Around(project=project, previous=at(place - 1), next=at(place + 1))

    def _study_pages(self, tree: StudyTree, datasets: list[_Dataset], images: PublishedImages) -> Iterator[Deferred]:
        slug = self._study.slug
        after = tuple(name for dataset in datasets for entry in dataset.entries for name in images.steps_of(entry))

        def part(project: ProjectFiles | None, results: Results) -> ProjectPart:
            briefs = tuple(self._brief(d, images, results) for d in datasets if d.project is project)
            identity = (project.id, project.name) if project else None
            return ProjectPart(identity=identity, description=project.description if project else "", datasets=briefs)

        for project in tree.projects:

            def make_project(results: Results, project: ProjectFiles = project) -> Step:
                briefs = part(project, results).datasets
                identity = (project.id, project.name)
                return self._site.page_step(
                    project_page(identity, project.description, briefs, self._record, self._site.facts)
                )

            yield Deferred(name=page_name(urls.project(slug, project.id)), after=after, make=make_project)
        examples = self._examples(datasets)

        def contents(results: Results) -> StudyContents:
            parts = (part(project, results) for project in (*tree.projects, None))
            items = tuple(images.item(entry, results) for entry in examples)
            return StudyContents(projects=tuple(each for each in parts if each.datasets), examples=items)

        yield Deferred(
            name=page_name(urls.study(slug)),
            after=after,
            make=lambda results: self._site.page_step(study_page(self._record, contents(results), self._site.facts)),
        )
        yield Deferred(
            name=card_name(slug), after=after, make=lambda results: card_step(self._record, contents(results))
        )

    def _examples(self, datasets: list[_Dataset]) -> list[Entry]:
        """The curator's example images, else the first of each dataset in turn."""
        wanted = self._study.description.example_images
        entries = [entry for dataset in datasets for entry in dataset.entries]
        if wanted:
            found = [
                next((e for e in entries if word in (e.id, e.name) or (e.ref and e.ref.path == word)), None)
                for word in wanted
            ]
            missing = [word for word, entry in zip(wanted, found, strict=True) if entry is None]
            self._site.warn(
                self._study.file.fault(
                    "study.no-such-example", f"example image {word!r} is not in the study", ("example_images", n)
                )
                for n, word in enumerate(wanted)
                if word in missing
            )
            return [entry for entry in found if entry][:EXAMPLES]
        rounds = max((len(dataset.entries) for dataset in datasets), default=0)
        turns = (
            dataset.entries[n] for n in range(min(rounds, EXAMPLES)) for dataset in datasets if n < len(dataset.entries)
        )
        return [entry for _, entry in zip(range(EXAMPLES), turns, strict=False)]


def _where(ref: ImageRef | None) -> str:
    return f"{ref.path} series {ref.series}" if ref else "a row without pixels"


def _at(entries: Sequence[Entry], number: int) -> Entry | None:
    return entries[number] if 0 <= number < len(entries) else None
