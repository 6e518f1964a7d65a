"""The page of a screen: its plates as a table."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from publisher import urls
from publisher.pages import quantities
from publisher.pages.container_facts import breadcrumbs
from publisher.pages.labels import Label, study_labels
from publisher.pages.links import Linker
from publisher.pages.markup import Html
from publisher.pages.notes import Notes, notes
from publisher.pages.page import JSON_TWIN, Link, Page, SiteFacts, head_title, one_sentence, plain_text
from publisher.pages.plate_summary import PlateRow, PlateSummary, plate_row
from publisher.pages.published import ContainerNotes, StudyRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenPage(Page):
    """A screen with its annotations and its plates; ``previous`` and ``next`` are the study's other screens."""

    template: ClassVar[str] = "screen.html"
    kind: ClassVar[str] = "screen"

    labels: tuple[Label, ...]
    about: Html
    count: str
    plates: tuple[PlateRow, ...]
    notes: Notes
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenPart:
    """A screen of a study: id, name and description, None for plates without a screen; its plates in brief."""

    identity: tuple[str, str] | None
    description: str
    plates: tuple[PlateSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ScreenRow:
    """A screen with its first plates; ``name`` is empty for plates in no screen. ``more`` leads to the others."""

    name: str
    href: str | None
    about: Html
    count: str
    plates: tuple[PlateRow, ...]
    more: Link | None = None


def screen_page(
    part: ScreenPart,
    said: ContainerNotes,
    beside: tuple[tuple[str, str] | None, tuple[str, str] | None],
    study: StudyRecord,
    site: SiteFacts,
) -> ScreenPage:
    """Page of a screen; ``said`` are its annotations, ``beside`` the screens before and after it (id and name)."""
    assert part.identity is not None, "plates without a screen have no page of their own together"
    identifier, name = part.identity
    url = urls.screen(study.slug, identifier)
    linker = Linker(url)
    count = screen_count(part.plates)
    before, after = (
        Link(title=other[1], href=linker.to(urls.screen(study.slug, other[0]))) if other else None for other in beside
    )
    return ScreenPage(
        url=url,
        title=name,
        head_title=head_title(f"{name}, {study.key}", site.title),
        description=one_sentence(plain_text(part.description) or f"{name}: {count} of {study.description.title}"),
        breadcrumbs=breadcrumbs(name, study, (), linker),
        canonical=site.addresses.page(url),
        alternates=JSON_TWIN,
        labels=study_labels(study.description),
        about=site.prose(part.description),
        count=count,
        plates=tuple(plate_row(plate, study.slug, linker) for plate in part.plates),
        notes=notes(said, linker),
        previous=before,
        next=after,
    )


def screen_count(plates: Sequence[PlateSummary]) -> str:
    """Plates in figures: "4 plates · 48 images"."""
    images = sum(plate.images.images for plate in plates)
    return f"{quantities.count(len(plates), 'plate')} · {quantities.count(images, 'image')}"


def screen_row(part: ScreenPart, most: int, study: StudyRecord, linker: Linker, site: SiteFacts) -> ScreenRow:
    """A screen on its study's page, with ``most`` of its plates at most; plates in no screen are all shown."""
    if part.identity is None:
        most = len(part.plates)
    href = linker.to(urls.screen(study.slug, part.identity[0])) if part.identity else None
    more = Link(title=f"See all {len(part.plates):,} plates", href=href) if href and len(part.plates) > most else None
    return ScreenRow(
        name=part.identity[1] if part.identity else "",
        href=href,
        about=site.prose(part.description),
        count=screen_count(part.plates),
        plates=tuple(plate_row(plate, study.slug, linker) for plate in part.plates[:most]),
        more=more,
    )
