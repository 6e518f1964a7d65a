"""The page of a study's quality: a step after its images are converted, remade when what it says changes."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from publisher import urls
from publisher.catalogue.load import StudyFolder
from publisher.graph.step import Deferred, Results, Step
from publisher.pages.published import StudyRecord
from publisher.pages.quality_page import quality_page
from publisher.pipeline.linted import PIXEL_STEPS, Known, grouped, linted_study
from publisher.pipeline.site import Site, page_name
from publisher.pipeline.study_parts import StudyParts

if TYPE_CHECKING:
    from publisher.pipeline.study_pixels import StudyPixels


def quality_steps(
    site: Site,
    study: StudyFolder,
    record: StudyRecord,
    parts: StudyParts,
    pixels: "StudyPixels | None",
) -> Iterator[Deferred]:
    """The step that writes the page, where pages of quality are wanted.

    In any case it is written down for `publisher lint` which step converts which image. ``pixels`` is None for a study
    of rows alone.
    """
    steps = _pixel_steps(parts, pixels) if pixels else {}
    site.ledger.remember(PIXEL_STEPS, record.slug, steps)
    if not site.config.catalogue.quality_page:
        return

    def make(_results: Results) -> Step:
        known = Known(
            ledger=site.ledger,
            redaction=site.redaction,
            images_of=pixels.images_of if pixels else lambda _: (),
            step_of=lambda entry: steps.get(entry.id),
            spoken_of=parts.spoken_of,
        )
        groups = map(grouped, parts.lint_groups())
        report = linted_study(study, record.licence, groups, parts.records, parts.lost, known)
        return site.page_step(quality_page(report, record, site.facts))

    yield Deferred(name=page_name(urls.quality(record.slug)), after=tuple(dict.fromkeys(steps.values())), make=make)


def _pixel_steps(parts: StudyParts, pixels: "StudyPixels") -> dict[str, str]:
    """Name of the step that converts an image, by the id of its page."""
    planned = ((entry, pixels.planned(entry)) for entry in parts.all_entries())
    return {entry.id: plan[1].pixels_step for entry, plan in planned if plan}
