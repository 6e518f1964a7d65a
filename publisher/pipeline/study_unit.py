"""One study as a unit of steps: pixels, then pages, in the order in which they need each other."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from publisher.catalogue.guarded_rows import guarded_rows
from publisher.catalogue.load import StudyFolder, is_published, load_study
from publisher.catalogue.resolve import resolve
from publisher.errors import ContentError, Problem, Severity
from publisher.graph.step import Deferred, Step
from publisher.model.container import Entry
from publisher.model.image import ImageRef
from publisher.pages.published import StudyRecord
from publisher.pipeline.site import Site
from publisher.pipeline.study_parts import StudyParts, study_parts

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
        rows, left_out = guarded_rows(study.curation, site.redaction, study.shown)
        site.warn(left_out)
        yield from _StudySteps(site, replace(study, curation=rows)).steps()


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
        parts = study_parts(self._study, tree, lambda: self._pixels)
        self._site.warn(parts.warnings)
        self._refuse_repeated_ids(parts)
        if not parts.groups and not parts.plates and not any(map(len, parts.datasets)):
            self._site.warn([_no_images(self._study)])
        if tree.regions and parts.groups:
            self._pixels.take_regions(tree.regions, [(group.files, group.entries) for group in parts.groups])
        for group in parts.groups:
            yield from self._pixels.steps(group, parts.plate_names)
        yield from self._page_steps(parts)

    def _page_steps(self, parts: StudyParts) -> Iterator[Step | Deferred]:
        # Late: what makes pages loads while the first pixels are being written.
        from publisher.pipeline.container_notes import StudyNotes
        from publisher.pipeline.published import PublishedImages
        from publisher.pipeline.quality_step import quality_steps
        from publisher.pipeline.study_pages import StudyPages

        notes = StudyNotes(self._site, self._study)
        yield from notes.attachment_steps(parts.attachments())
        images = PublishedImages(self._site, lambda: self._pixels)
        yield from StudyPages(self._site, self._record, parts, images, notes).steps(self._examples(parts))
        yield from quality_steps(self._site, self._study, self._record, parts, self._pixels if parts.groups else None)

    @cached_property
    def _pixels(self) -> "StudyPixels":
        """The study's source files; made for the first dataset that has any."""
        # Late: a study of rows alone needs no arrays, no XML and no readers.
        from publisher.pipeline.study_pixels import StudyPixels

        return StudyPixels(self._site, self._study, self._record)

    def _refuse_repeated_ids(self, parts: StudyParts) -> None:
        seen: dict[str, Entry] = {}
        problems = []
        for entry in parts.all_entries():
            other = seen.setdefault(entry.id.lower(), entry)
            if other is not entry:
                message = f"two images have the id {entry.id!r}: {_where(other.ref)} and {_where(entry.ref)}"
                problems.append(Problem(code="images.repeated-id", path=self._study.shown, message=message))
        if problems:
            raise ContentError(*problems)

    def _examples(self, parts: StudyParts) -> list[Entry]:
        """The curator's example images, else the first of each dataset and plate in turn."""
        if self._study.description.example_images:
            return self._named_examples(list(parts.all_entries()))
        plates = [list(islice(plate.contents.entries(), EXAMPLES)) for plate in parts.plates]
        several = [*(dataset.entries for dataset in parts.datasets), *plates]
        turns = (entries[turn] for turn in range(EXAMPLES) for entries in several if turn < len(entries))
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
