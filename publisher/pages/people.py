"""People of a study as pages show and citations print them."""

from collections.abc import Iterable
from dataclasses import dataclass

from publisher.catalogue.schema import Author, StudyDescription
from publisher.pages.facts import Value
from publisher.pages.links import external


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """An author; ``orcid``, ``institution_link`` (ROR) and ``email`` (of a contact only) are addresses to link to."""

    name: str
    orcid: str | None = None
    roles: tuple[str, ...] = ()
    institution: str = ""
    institution_link: str | None = None
    email: str | None = None


def person(author: Author) -> Person:
    """An author of study.yaml; the e-mail only where the author is the contact."""
    place = author.affiliation
    institution = place if isinstance(place, str) else place.name if place else ""
    ror = None if place is None or isinstance(place, str) or not place.ror else _record(place.ror, "https://ror.org/")
    return Person(
        name=author.name,
        orcid=_record(author.orcid, "https://orcid.org/") if author.orcid else None,
        roles=author.roles,
        institution=institution,
        institution_link=ror,
        email=external(f"mailto:{author.email}") if author.contact and author.email else None,
    )


def _record(identifier: str, register: str) -> str:
    return register + identifier.rstrip("/").rsplit("/", 1)[-1]


def institutions(people: Iterable[Person]) -> tuple[Value, ...]:
    """Where the authors work, each once, with the ROR record where it is known."""
    found: dict[str, Value] = {}
    for each in people:
        if each.institution and (each.institution not in found or each.institution_link):
            found[each.institution] = Value(text=each.institution, href=each.institution_link)
    return tuple(found.values())


def family_name(author: Author) -> str:
    """Family name: the curator's, else the last word."""
    return author.family or author.name.split()[-1]


def given_names(author: Author) -> str:
    """All of the name but the family name."""
    return author.name.removesuffix(family_name(author)).strip()


def short_name(author: Author) -> str:
    """Family name and initials: "Lawo S"; groups keep their whole name."""
    initials = "".join(part[0].upper() for part in given_names(author).replace("-", " ").split())
    return f"{family_name(author)} {initials}" if initials else author.name


def byline(study: StudyDescription) -> str:
    """First author and year of a card: "Barr AR & Bakal C · 2017", "Lawo S et al. · 2016"."""
    names = [short_name(author) for author in study.authors]
    who = " & ".join(names) if len(names) < 3 else f"{names[0]} et al."
    if not names and study.publications and study.publications[0].authors:
        who = study.publications[0].authors.split(",")[0] + " et al."
    return " · ".join(filter(None, (who, published_year(study))))


def published_year(study: StudyDescription) -> str:
    """Year of release, else of the first publication, else empty."""
    if study.release_date:
        return str(study.release_date.year)
    return str(study.publications[0].year) if study.publications and study.publications[0].year else ""
