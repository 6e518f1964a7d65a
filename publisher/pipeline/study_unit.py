"""One study as a unit of steps: pixels, then pages, in the order in which they need each other."""

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.catalogue.load import StudyFolder, is_published, load_study
from publisher.catalogue.resolve import resolve
from publisher.catalogue.rows import Rows
from publisher.catalogue.tree import DatasetFiles, StudyTree
from publisher.errors import ContentError, Problem, Severity
from publisher.graph.step import Deferred, Step
from publisher.model.container import Entry
from publisher.model.image import ImageRef
from publisher.pages.published import StudyRecord
from publisher.pipeline.published import PublishedImages
from publisher.pipeline.quality_step import quality_steps
from publisher.pipeline.site import Site
from publisher.pipeline.study_pages import StudyDataset, StudyPages

if TYPE_CHECKING:
    from publisher.pipeline.study_pixels import StudyPixels

EXAMPLES = 5
"""Images shown large on the page of a study."""


def study_steps(site: Site, folder: Path) -> Iterator[Step | Deferred]:
    """Steps of the study in ``folder``; none while it is a draft or under embargo."""
    study = load_study(folder, site.paths)
    said = study.description
    site.ledger.remember("embargo", study.slug, said.embargo_until and said.embargo_until.isoformat())
    if is_published(said, today=site.options.today, drafts=site.options.drafts):
        yield from _StudySteps(site, study).steps()


class _StudySteps:
    def __init__(self, site: Site, study: StudyFolder) -> None:
        self._site = site
        self._study = study
        licence = study.description.licence or site.config.licence
        self._record = StudyRecord(slug=study.slug, description=study.description, licence=licence)

    def steps(self) -> Iterator[Step | Deferred]:
        tree = resolve(self._study)
        self._site.warn(tree.warnings)
        self._site.ledger.remember("study-sources", self._study.slug, [str(root) for root in self._study.roots[1:]])
        rows = Rows(self._study, tree)
        datasets = self._datasets(tree, rows)
        self._refuse_repeated_ids(datasets)
        if not any(map(len, datasets)) and not self._study.description.screens:
            self._site.warn([_no_images(self._study)])
        for dataset in datasets:
            if dataset.files.files:
                yield from self._pixels.steps(dataset.files, dataset.entries)
        images = PublishedImages(self._site, lambda: self._pixels)
        pages = StudyPages(self._site, self._record, datasets, images)
        yield from pages.steps(tree.projects, self._examples(datasets))
        pixels = self._pixels if any(dataset.files.files for dataset in datasets) else None
        yield from quality_steps(self._site, self._study, self._record, datasets, rows.lost(), pixels)

    @cached_property
    def _pixels(self) -> "StudyPixels":
        """The study's source files; made for the first dataset that has any."""
        # Late: a study of rows alone needs no arrays, no XML and no readers.
        from publisher.pipeline.study_pixels import StudyPixels

        return StudyPixels(self._site, self._study, self._record)

    def _datasets(self, tree: StudyTree, rows: Rows) -> list[StudyDataset]:
        def entries(files: DatasetFiles) -> tuple[Entry, ...]:
            if files.files:
                self._pixels.prepare(files)
            return tuple(rows.entries(files, lambda ref: self._pixels.images_of(ref)))

        found = [
            (files, project, entries(files))
            for project in (*tree.projects, None)
            for files in (project.datasets if project else tree.datasets)
        ]
        records = rows.without_pixels()
        self._site.warn(rows.warnings())
        return [StudyDataset(files, project, entries, records.get(files.id, ())) for files, project, entries in found]

    def _refuse_repeated_ids(self, datasets: Sequence[StudyDataset]) -> None:
        seen: dict[str, Entry] = {}
        problems = []
        for entry in (entry for dataset in datasets for entry in dataset.entries):
            other = seen.setdefault(entry.id.lower(), entry)
            if other is not entry:
                message = f"two images have the id {entry.id!r}: {_where(other.ref)} and {_where(entry.ref)}"
                problems.append(Problem(code="images.repeated-id", path=self._study.shown, message=message))
        if problems:
            raise ContentError(*problems)

    def _examples(self, datasets: Sequence[StudyDataset]) -> list[Entry]:
        """The curator's example images, else the first of each dataset in turn."""
        if self._study.description.example_images:
            return self._named_examples([entry for dataset in datasets for entry in dataset.entries])
        turns = (
            dataset.entries[turn] for turn in range(EXAMPLES) for dataset in datasets if turn < len(dataset.entries)
        )
        return list(islice(turns, EXAMPLES))

    def _named_examples(self, entries: Sequence[Entry]) -> list[Entry]:
        found = []
        for number, word in enumerate(self._study.description.example_images):
            entry = next((e for e in entries if word in (e.id, e.name) or (e.ref and e.ref.path == word)), None)
            if entry is None:
                message = f"example image {word!r} is not in the study"
                hint = "name it by its path, its id or its name in images.csv"
                place = ("example_images", number)
                self._site.warn(
                    [self._study.file.fault("study.no-such-example", message, place, hint, Severity.WARNING)]
                )
            else:
                found.append(entry)
        return found[:EXAMPLES]


def _no_images(study: StudyFolder) -> Problem:
    message = "the study has no image that can be read, and no row in images.csv"
    hint = "put image files beside study.yaml, or name their folder under `sources`"
    return Problem(code="study.no-images", path=study.file.shown, message=message, hint=hint, severity=Severity.WARNING)


def _where(ref: ImageRef | None) -> str:
    return f"{ref.path} series {ref.series}" if ref else "a row without pixels"
