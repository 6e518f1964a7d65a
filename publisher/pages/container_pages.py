"""Pages of projects and datasets."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from publisher import urls
from publisher.model.annotation import Pair
from publisher.pages import channels, quantities
from publisher.pages.channels import Chip
from publisher.pages.container_facts import Above, breadcrumbs, container_facts
from publisher.pages.facts import Fact
from publisher.pages.image_panels.picture import as_picture
from publisher.pages.labels import Label, study_labels
from publisher.pages.links import Linker
from publisher.pages.markup import Html
from publisher.pages.notes import Notes, notes
from publisher.pages.page import JSON_TWIN, Link, Page, Picture, SiteFacts, head_title, one_sentence, plain_text
from publisher.pages.plate_summary import PlateRow, PlateSummary, plate_row
from publisher.pages.published import ContainerNotes, PublishedImage, StudyRecord
from publisher.pages.summary import DatasetRow, DatasetSummary, dataset_row


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetItem:
    """One image of a dataset; a record without pixels has no page (``href``), ``thumbnail`` or sizes, but
    its ``pairs`` and ``description``.

    ``date`` is ISO 8601 or "–"; sizes are pixels, planes, time points, channels.
    """

    name: str
    href: str | None
    thumbnail: Picture | None
    date: str
    size_x: int | None = None
    size_y: int | None = None
    size_z: int | None = None
    size_t: int | None = None
    size_c: int | None = None
    channels: tuple[Chip, ...] = ()
    pairs: tuple[Pair, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLink:
    """A numbered page of a dataset; ``href`` is None for the page itself, ``number`` 0 stands for pages left out."""

    number: int
    href: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetPage(Page):
    """One page of a dataset's images, ``first`` to ``last`` (from 1) of ``total``.

    ``facts`` are sizes and channels all its images share, ``notes`` its annotations, ``plates`` those that its files
    hold, whose images are listed there.
    ``pages`` are the numbered pages, ``previous_page`` and ``next_page`` links to those beside this one;
    ``previous`` and ``next`` are neighbouring datasets. ``shown`` is "1–48 of 80".
    ``has_records`` is true when some entries have no pixels, ``has_pictures`` when some have.
    """

    template: ClassVar[str] = "dataset.html"
    kind: ClassVar[str] = "dataset"

    labels: tuple[Label, ...]
    about: Html
    items: tuple[DatasetItem, ...]
    first: int
    last: int
    total: int
    count: str
    shown: str
    has_records: bool
    has_pictures: bool
    facts: tuple[Fact, ...]
    notes: Notes
    plates: tuple[PlateRow, ...]
    pages: tuple[PageLink, ...]
    previous_page: str | None
    next_page: str | None
    previous: Link | None
    next: Link | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPage(Page):
    """A project with its annotations and its datasets."""

    template: ClassVar[str] = "project.html"
    kind: ClassVar[str] = "project"

    labels: tuple[Label, ...]
    about: Html
    count: str
    notes: Notes
    datasets: tuple[DatasetRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Slice:
    """Which page of a dataset: ``number`` of ``count`` pages of ``size`` images, counted from 1."""

    number: int
    count: int
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Around:
    """What stands above and beside a dataset: its project (id, name), its neighbours (id, name), what is said of it.

    ``plates`` are those that its files hold.
    """

    project: tuple[str, str] | None = None
    previous: tuple[str, str] | None = None
    next: tuple[str, str] | None = None
    notes: ContainerNotes = field(default_factory=ContainerNotes)
    plates: tuple[PlateSummary, ...] = ()


def dataset_item(item: PublishedImage, study: StudyRecord, linker: Linker) -> DatasetItem:
    """One entry as a thumbnail and as a row."""
    if item.image is None:
        return DatasetItem(
            name=item.name,
            href=None,
            thumbnail=None,
            date=quantities.MISSING,
            pairs=item.entry.pairs,
            description=item.entry.description,
        )
    pixels, shown = item.image.pixels, channels.chips(item.image, item.rendering)
    files = item.pictures
    return DatasetItem(
        name=item.name,
        href=linker.to(urls.image(study.slug, item.entry.id)),
        thumbnail=as_picture(files.thumbnail, "", linker, files.thumbnail_large) if files else None,
        date=quantities.day(item.image.acquired),
        size_x=pixels.size_x,
        size_y=pixels.size_y,
        size_z=pixels.size_z,
        size_t=pixels.size_t,
        size_c=pixels.size_c,
        channels=shown,
    )


def dataset_page(
    summary: DatasetSummary,
    items: Sequence[PublishedImage],
    part: Slice,
    study: StudyRecord,
    around: Around,
    site: SiteFacts,
) -> DatasetPage:
    """Page ``part.number`` of a dataset; ``items`` are the entries on it."""
    url = urls.dataset(study.slug, summary.id, part.number)
    linker = Linker(url)
    first = (part.number - 1) * part.size + 1
    suffix = f", page {part.number}" if part.number > 1 else ""
    pages = tuple(_page_link(number, part, study.slug, summary.id, linker) for number in _numbers(part))
    return DatasetPage(
        url=url,
        title=summary.name,
        head_title=head_title(f"{summary.name}{suffix}, {study.key}", site.title),
        description=one_sentence(
            plain_text(summary.description)
            or f"{quantities.count(summary.images, 'image')} of {summary.name} in {study.description.title}"
        ),
        breadcrumbs=breadcrumbs(summary.name, study, _project(around.project, study), linker),
        canonical=site.addresses.page(url),
        alternates=JSON_TWIN,
        labels=study_labels(study.description),
        about=site.prose(summary.description),
        items=tuple(dataset_item(item, study, linker) for item in items),
        first=first if items else 0,
        last=first + len(items) - 1,
        total=summary.images,
        count=quantities.count(summary.images, "image"),
        shown=f"{first}–{first + len(items) - 1} of {summary.images:,}",
        has_records=any(item.image is None for item in items),
        has_pictures=any(item.image is not None for item in items),
        facts=container_facts(summary, study),
        notes=notes(around.notes, linker),
        plates=tuple(plate_row(plate, study.slug, linker) for plate in around.plates),
        pages=pages if part.count > 1 else (),
        previous_page=linker.to(urls.dataset(study.slug, summary.id, part.number - 1)) if part.number > 1 else None,
        next_page=linker.to(urls.dataset(study.slug, summary.id, part.number + 1))
        if part.number < part.count
        else None,
        previous=_dataset_link(around.previous, study, linker),
        next=_dataset_link(around.next, study, linker),
    )


def project_page(
    identity: tuple[str, str],
    description: str,
    datasets: Sequence[DatasetSummary],
    said: ContainerNotes,
    study: StudyRecord,
    site: SiteFacts,
) -> ProjectPage:
    """Page of a project, ``identity`` is its id and name, ``said`` its annotations."""
    url = urls.project(study.slug, identity[0])
    linker = Linker(url)
    images = sum(dataset.images for dataset in datasets)
    count = f"{quantities.count(len(datasets), 'dataset')} · {quantities.count(images, 'image')}"
    return ProjectPage(
        url=url,
        title=identity[1],
        head_title=head_title(f"{identity[1]}, {study.key}", site.title),
        description=one_sentence(plain_text(description) or f"{identity[1]}: {count} of {study.description.title}"),
        breadcrumbs=breadcrumbs(identity[1], study, (), linker),
        canonical=site.addresses.page(url),
        alternates=JSON_TWIN,
        labels=study_labels(study.description),
        about=site.prose(description),
        count=count,
        notes=notes(said, linker),
        datasets=tuple(dataset_row(dataset, study.slug, linker) for dataset in datasets),
    )


def _numbers(part: Slice) -> list[int]:
    near = range(part.number - 2, part.number + 3)
    shown = sorted({1, part.count, *(number for number in near if 1 <= number <= part.count)})
    gapped: list[int] = []
    for number in shown:
        gapped += [0] if gapped and number - gapped[-1] > 1 else []
        gapped.append(number)
    return gapped


def _page_link(number: int, part: Slice, slug: str, dataset_id: str, linker: Linker) -> PageLink:
    if number in (0, part.number):
        return PageLink(number=number)
    return PageLink(number=number, href=linker.to(urls.dataset(slug, dataset_id, number)))


def _project(project: tuple[str, str] | None, study: StudyRecord) -> Above:
    return ((project[1], urls.project(study.slug, project[0])),) if project else ()


def _dataset_link(neighbour: tuple[str, str] | None, study: StudyRecord, linker: Linker) -> Link | None:
    return Link(title=neighbour[1], href=linker.to(urls.dataset(study.slug, neighbour[0]))) if neighbour else None
