"""The page of a study."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from publisher import urls
from publisher.catalogue.schema import StudyDescription
from publisher.pages import channels, quantities
from publisher.pages.citation import Citation, Cited, citation
from publisher.pages.facts import Fact, Value
from publisher.pages.image_panels.download import FileLink, file_link
from publisher.pages.image_panels.picture import as_picture
from publisher.pages.labels import Label, all_labels
from publisher.pages.licence import Licence, licence
from publisher.pages.links import Linker, doi_link, term_link
from publisher.pages.markup import Html
from publisher.pages.page import JSON_TWIN, Crumb, Link, Page, Picture, SiteFacts, head_title, one_sentence, plain_text
from publisher.pages.people import Person, institutions, person
from publisher.pages.plate_summary import PlateSummary
from publisher.pages.published import FileFact, PictureFile, PublishedImage, StudyRecord
from publisher.pages.screen_pages import ScreenPart, ScreenRow, screen_count, screen_row
from publisher.pages.snippets import Snippet, image_snippets
from publisher.pages.store_address import opening, public_address
from publisher.pages.study_facts import method_facts, study_facts
from publisher.pages.summary import DatasetRow, DatasetSummary, dataset_row

MOST_PLATES = 24
"""Plates of a screen that its study's page lists; all of them are on the screen's page."""
EXAMPLES = 5
"""Pictures of the gallery: one large, four small."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Example:
    """A picture of the gallery with its name and its page."""

    name: str
    href: str
    picture: Picture


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectRow:
    """A project with its datasets; ``name`` is empty for datasets that stand in no project."""

    name: str
    href: str | None
    about: Html
    count: str
    datasets: tuple[DatasetRow, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ProtocolText:
    """A protocol: its name, its kind ("growth protocol"), and its text as sanitised HTML."""

    name: str
    type: str
    text: Html


@dataclass(frozen=True, slots=True, kw_only=True)
class PhenotypeText:
    """A phenotype with the ontology terms that define it."""

    name: str
    description: str
    terms: tuple[Value, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FundingRow:
    """A funder, linked by ROR where it is known, and the grant's number."""

    funder: str
    href: str | None
    grant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PublicationText:
    """A paper: title, then authors, journal and year in one line, then its DOI."""

    title: str
    where: str
    href: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class VersionRow:
    """One version: number, date and what changed; ``current`` marks the one shown."""

    version: str
    date: str
    notes: str
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyPage(Page):
    """A study.

    Head: ``people``, ``institutions`` (where they work), ``labels``, ``licence``, ``note`` (a fact to know before
    using the data). ``gallery`` are example images, ``all_images`` leads to the first dataset. ``facts`` is the side
    panel, IDR's fields first. ``about`` is the description. ``projects`` hold the datasets, ``count`` sums them up;
    ``screens`` and ``screen_count`` do so for plates. ``methods``, ``protocols``,
    ``phenotypes``, ``publications``, ``funding``, ``acknowledgements``, ``files``,
    ``snippets`` (``preview``: they show the preview server's address), ``versions`` and ``citation`` follow; a part
    without content is empty. ``quality`` leads to the page of the study's quality, where there is one.
    """

    template: ClassVar[str] = "study.html"
    kind: ClassVar[str] = "study"

    key: str
    people: tuple[Person, ...]
    institutions: tuple[Value, ...]
    labels: tuple[Label, ...]
    licence: Licence | None
    note: str
    gallery: tuple[Example, ...]
    all_images: Link | None
    facts: tuple[Fact, ...]
    about: Html
    count: str
    projects: tuple[ProjectRow, ...]
    screens: tuple[ScreenRow, ...]
    screen_count: str
    methods: tuple[Fact, ...]
    protocols: tuple[ProtocolText, ...]
    phenotypes: tuple[PhenotypeText, ...]
    publications: tuple[PublicationText, ...]
    funding: tuple[FundingRow, ...]
    acknowledgements: str
    files: tuple[FileLink, ...]
    snippets: tuple[Snippet, ...]
    preview: bool
    versions: tuple[VersionRow, ...]
    citation: Citation
    quality: Link | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProjectPart:
    """A project of the study: id, name and description, None for datasets without a project; its datasets in brief."""

    identity: tuple[str, str] | None
    description: str
    datasets: tuple[DatasetSummary, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyContents:
    """What a study holds: its projects and screens, its example images (first shown largest) and its files.

    ``has_quality``: there is a page of its quality.
    """

    projects: tuple[ProjectPart, ...]
    screens: tuple[ScreenPart, ...] = ()
    examples: tuple[PublishedImage, ...] = ()
    files: tuple[FileFact, ...] = ()
    has_quality: bool = False

    @property
    def datasets(self) -> tuple[DatasetSummary, ...]:
        """Datasets of all projects in order."""
        return tuple(dataset for part in self.projects for dataset in part.datasets)

    @property
    def plates(self) -> tuple[PlateSummary, ...]:
        """Plates of all screens in order."""
        return tuple(plate for part in self.screens for plate in part.plates)

    @property
    def summaries(self) -> tuple[DatasetSummary, ...]:
        """Datasets and plates, in brief."""
        return (*self.datasets, *(plate.images for plate in self.plates))


def study_page(study: StudyRecord, contents: StudyContents, site: SiteFacts) -> StudyPage:
    """The page of a study."""
    url, about = urls.study(study.slug), study.description
    linker, canonical, card = Linker(url), site.addresses.page(url), _card(contents.examples)
    cited = Cited(study=about, key=study.key, site=site.title, url=canonical)
    people = tuple(person(author) for author in about.authors)
    snippets, preview = _snippets(contents.examples, site)
    return StudyPage(
        url=url,
        title=about.title,
        head_title=head_title(f"{study.key}: {about.title}", site.title),
        description=one_sentence(plain_text(about.description) or about.title),
        breadcrumbs=(Crumb(title="Studies", href=linker.to(urls.HOME)), Crumb(title=study.key)),
        canonical=canonical,
        card_picture=site.addresses.page(card.path) if card else None,
        card_width=card.width if card else 0,
        card_height=card.height if card else 0,
        alternates=JSON_TWIN,
        key=study.key,
        people=people,
        institutions=institutions(people),
        labels=all_labels(about),
        licence=licence(study.licence),
        note=about.note,
        gallery=_gallery(contents.examples, study, linker),
        all_images=_all_images(contents, study, linker),
        facts=study_facts(study, contents.summaries),
        about=site.prose(about.description),
        count=_count(contents),
        projects=tuple(_project(part, study, linker, site) for part in contents.projects),
        screens=tuple(screen_row(part, MOST_PLATES, study, linker, site) for part in contents.screens),
        screen_count=_screen_count(contents),
        methods=method_facts(about),
        protocols=tuple(
            ProtocolText(name=part.name, type=part.type or "", text=site.prose(part.description))
            for part in about.protocols
        ),
        phenotypes=_phenotypes(about),
        publications=tuple(_publications(about)),
        funding=tuple(
            FundingRow(funder=grant.funder, href=_ror(grant.ror), grant=grant.grant or "") for grant in about.funding
        ),
        acknowledgements=about.acknowledgements,
        files=tuple(filter(None, (file_link(file, linker) for file in contents.files))),
        snippets=snippets,
        preview=preview,
        versions=_versions(about),
        citation=citation(cited),
        quality=Link(title="Quality of the data and its description", href=linker.to(urls.quality(study.slug)))
        if contents.has_quality
        else None,
    )


def _card(examples: Sequence[PublishedImage]) -> PictureFile | None:
    return next((item.pictures.card for item in examples if item.pictures and item.pictures.card), None)


def _gallery(examples: Sequence[PublishedImage], study: StudyRecord, linker: Linker) -> tuple[Example, ...]:
    return tuple(
        Example(
            name=item.name,
            href=linker.to(urls.image(study.slug, item.entry.id)),
            picture=as_picture(
                item.pictures.small or item.pictures.picture,
                f"{item.name}: {channels.names(channels.chips(item.image, item.rendering))}",
                linker,
                item.pictures.picture if number == 0 else item.pictures.thumbnail_large,
            ),
        )
        for number, item in enumerate(item for item in examples[:EXAMPLES] if item.pictures)
        if item.pictures and item.image
    )


def _all_images(contents: StudyContents, study: StudyRecord, linker: Linker) -> Link | None:
    images = sum(part.images for part in contents.summaries)
    if images < 2:
        return None
    pages = [urls.dataset(study.slug, dataset.id) for dataset in contents.datasets]
    pages += [urls.plate(study.slug, plate.contents.id) for plate in contents.plates]
    target = linker.to(pages[0]) if len(pages) == 1 else "#data" if contents.datasets else "#screens"
    return Link(title=f"See all {images:,}", href=target)


def _count(contents: StudyContents) -> str:
    images = sum(part.images for part in contents.datasets)
    return f"{len(contents.datasets):,} · {quantities.count(images, 'image')}"


def _screen_count(contents: StudyContents) -> str:
    screens = sum(part.identity is not None for part in contents.screens)
    return f"{screens:,} · {screen_count(contents.plates)}" if screens else screen_count(contents.plates)


def _project(part: ProjectPart, study: StudyRecord, linker: Linker, site: SiteFacts) -> ProjectRow:
    images = sum(dataset.images for dataset in part.datasets)
    return ProjectRow(
        name=part.identity[1] if part.identity else "",
        href=linker.to(urls.project(study.slug, part.identity[0])) if part.identity else None,
        about=site.prose(part.description),
        count=f"{quantities.count(len(part.datasets), 'dataset')} · {quantities.count(images, 'image')}",
        datasets=tuple(dataset_row(dataset, study.slug, linker) for dataset in part.datasets),
    )


def _phenotypes(about: StudyDescription) -> tuple[PhenotypeText, ...]:
    return tuple(
        PhenotypeText(
            name=part.name,
            description=part.description,
            terms=tuple(Value(text=t.name, href=term_link(t.accession), note=t.accession or "") for t in part.terms),
        )
        for part in about.phenotypes
    )


def _publications(about: StudyDescription) -> list[PublicationText]:
    return [
        PublicationText(
            title=paper.title,
            where=". ".join(filter(None, (paper.authors, paper.journal, str(paper.year) if paper.year else ""))),
            href=doi_link(paper.doi) if paper.doi else None,
        )
        for paper in about.publications
    ]


def _ror(ror: str | None) -> str | None:
    return f"https://ror.org/{ror.rstrip('/').rsplit('/', 1)[-1]}" if ror else None


def _versions(about: StudyDescription) -> tuple[VersionRow, ...]:
    return tuple(
        VersionRow(
            version=part.version,
            date=part.released.isoformat() if part.released else quantities.MISSING,
            notes=part.notes,
            current=index == 0,
        )
        for index, part in enumerate(about.versions)
    )


def _snippets(examples: Sequence[PublishedImage], site: SiteFacts) -> tuple[tuple[Snippet, ...], bool]:
    item = next((item for item in examples if item.store or item.elsewhere), None)
    if item is None:
        return (), False
    return image_snippets(opening(item, site)), public_address(item, site) is None
