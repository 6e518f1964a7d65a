"""The front page: studies as cards in groups, with counters and facets."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import ClassVar

from publisher import urls
from publisher.config.model import CatalogueGroup, CatalogueSection
from publisher.pages import quantities
from publisher.pages.image_panels.picture import as_picture
from publisher.pages.licence import Licence, licence
from publisher.pages.links import Linker
from publisher.pages.page import JSON_TWIN, Page, Picture, SiteFacts, head_title, one_sentence
from publisher.pages.people import byline
from publisher.pages.published import PictureFile
from publisher.pages.summary import StudySummary

SUGGESTIONS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyCard:
    """A study on the front page.

    ``picture`` is None for a study without pixels. ``organisms``, ``methods``, ``authors``, ``keywords`` and
    ``has`` are what facets and the filter look at; ``released`` (ISO date) and ``images`` what
    sorting looks at.
    """

    key: str
    title: str
    href: str
    byline: str
    picture: Picture | None
    organisms: tuple[str, ...]
    methods: tuple[str, ...]
    authors: str
    keywords: tuple[str, ...]
    has: tuple[str, ...]
    licence: Licence | None
    released: str
    images: int
    count: str
    count_word: str
    parts: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CardGroup:
    """Studies under one heading; ``title`` is empty when the site has no groups."""

    title: str
    description: str
    cards: tuple[StudyCard, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FacetValue:
    """One value with the number of studies that have it."""

    text: str
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facet:
    """A group of checkboxes; ``name`` is its parameter in the URL, ``italic`` for species."""

    title: str
    name: str
    italic: bool
    values: tuple[FacetValue, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A figure of the front band: ``value`` in words, ``label`` below it."""

    value: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Featured:
    """The picture of the front band with its credit and its page."""

    picture: Picture
    credit: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HomePage(Page):
    """The front page: ``sentence`` (h1), ``introduction`` below it, ``counters``, ``featured``, ``facets``, ``groups``.

    ``count`` says how many studies; ``suggestions`` are words to try in the search box.
    """

    template: ClassVar[str] = "home.html"
    kind: ClassVar[str] = "home"

    introduction: str
    counters: tuple[Figure, ...]
    featured: Featured | None
    facets: tuple[Facet, ...]
    groups: tuple[CardGroup, ...]
    count: str
    suggestions: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FeaturedImage:
    """What the site's `catalogue.featured` names: a picture, ``small`` the same for phones, its credit, its page."""

    file: PictureFile
    credit: str
    target_study: str
    target_image: str | None = None
    small: PictureFile | None = None


def home_page(
    studies: Sequence[StudySummary],
    catalogue: CatalogueSection,
    description: str,
    featured: FeaturedImage | None,
    site: SiteFacts,
) -> HomePage:
    """The front page of a site with these studies, newest first."""
    linker = Linker(urls.HOME)
    ordered = sorted(studies, key=lambda study: study.record.key)
    ordered.sort(key=lambda study: study.record.description.release_date or date.min, reverse=True)
    cards = {study.record.slug: study_card(study, linker) for study in ordered}
    title = catalogue.sentence or site.title
    return HomePage(
        url=urls.HOME,
        title=title,
        head_title=head_title(f"{site.title}: {description}" if description else site.title, ""),
        description=one_sentence(description or title),
        canonical=site.addresses.page(urls.HOME),
        alternates=JSON_TWIN,
        introduction=description if catalogue.sentence else "",
        counters=_counters(ordered),
        featured=_featured(featured, linker),
        facets=_facets(tuple(cards.values())),
        groups=_groups(ordered, cards, catalogue.groups),
        count=quantities.count(len(cards), "study", "studies"),
        suggestions=_suggestions(tuple(cards.values())),
    )


def study_card(study: StudySummary, linker: Linker) -> StudyCard:
    """A study as a card."""
    about, record = study.record.description, study.record
    alt = f"{study.picture_name}, an image of {record.key}" if study.picture_name else f"Image of {record.key}"
    return StudyCard(
        key=record.key,
        title=about.title,
        href=linker.to(urls.study(record.slug)),
        byline=byline(about),
        picture=as_picture(study.picture, alt, linker, study.picture_small) if study.picture else None,
        organisms=tuple(term.name for term in about.organisms),
        methods=tuple(term.name for term in about.imaging_methods),
        authors=", ".join(author.name for author in about.authors),
        keywords=about.keywords,
        has=_has(study),
        licence=licence(record.licence),
        released=about.release_date.isoformat() if about.release_date else "",
        images=study.images,
        count=f"{study.images:,}",
        count_word="image" if study.images == 1 else "images",
        parts=_parts(study),
    )


def _parts(study: StudySummary) -> str:
    """Containers in figures: "2 datasets", "1 screen · 4 plates"."""
    counts = (("dataset", study.datasets), ("screen", study.screens), ("plate", study.plates))
    shown = [quantities.count(number, word) for word, number in counts if number]
    return " · ".join(shown or [quantities.count(0, "dataset")])


def _has(study: StudySummary) -> tuple[str, ...]:
    depth, times = study.largest
    about = study.record.description
    found = {
        "3D stacks": depth > 1,
        "Time series": times > 1,
        "Plates": study.plates > 0,
        "Result tables": bool(about.tables),
        "Regions": bool(about.regions),
        "Metadata only": not study.has_pixels,
    }
    return tuple(word for word, true in found.items() if true)


def _counters(studies: Sequence[StudySummary]) -> tuple[Figure, ...]:
    images, size = sum(study.images for study in studies), sum(study.bytes for study in studies)
    counters = [
        Figure(value=f"{len(studies):,}", label="study" if len(studies) == 1 else "studies"),
        Figure(value=f"{images:,}", label="image" if images == 1 else "images"),
    ]
    return (*counters, *((Figure(value=quantities.byte_size(size), label="of pixels"),) if size else ()))


def _facets(cards: Sequence[StudyCard]) -> tuple[Facet, ...]:
    found = (
        ("Organism", "organism", True, [card.organisms for card in cards]),
        ("Imaging method", "method", False, [card.methods for card in cards]),
        ("Licence", "licence", False, [(card.licence.name,) if card.licence else () for card in cards]),
        ("With", "has", False, [card.has for card in cards]),
    )
    facets = (
        Facet(title=title, name=name, italic=italic, values=_values(values)) for title, name, italic, values in found
    )
    return tuple(facet for facet in facets if facet.values)


def _values(values: Sequence[tuple[str, ...]]) -> tuple[FacetValue, ...]:
    counts = Counter(value for each in values for value in each)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return tuple(FacetValue(text=text, count=count) for text, count in ordered)


def _groups(
    studies: Sequence[StudySummary], cards: dict[str, StudyCard], wanted: Sequence[CatalogueGroup]
) -> tuple[CardGroup, ...]:
    left = {study.record.slug: study for study in studies}
    groups = []
    for group in wanted:
        chosen = [slug for slug, study in left.items() if _fits(study, group.where)]
        groups.append(
            CardGroup(title=group.title, description=group.description, cards=tuple(cards[slug] for slug in chosen))
        )
        left = {slug: study for slug, study in left.items() if slug not in chosen}
    rest = tuple(cards[slug] for slug in left)
    groups.append(CardGroup(title="Other studies" if groups else "", description="", cards=rest))
    return tuple(group for group in groups if group.cards)


def _fits(study: StudySummary, where: dict[str, str]) -> bool:
    about = study.record.description
    fields = {
        "organism": [term.name for term in about.organisms],
        "imaging_method": [term.name for term in about.imaging_methods],
        "keyword": list(about.keywords),
        "study_type": [about.study_type or ""],
        "licence": [study.record.licence or ""],
    }
    return all(value.lower() in (word.lower() for word in fields.get(field, ())) for field, value in where.items())


def _suggestions(cards: Sequence[StudyCard]) -> tuple[str, ...]:
    words = Counter(word for card in cards for word in (*card.keywords, *card.organisms))
    return tuple(word for word, _ in sorted(words.items(), key=lambda item: (-item[1], item[0]))[:SUGGESTIONS])


def _featured(featured: FeaturedImage | None, linker: Linker) -> Featured | None:
    if featured is None:
        return None
    study, image = featured.target_study, featured.target_image
    return Featured(
        picture=as_picture(featured.file, "", linker, featured.small),
        credit=featured.credit,
        href=linker.to(urls.image(study, image) if image else urls.study(study)),
    )
