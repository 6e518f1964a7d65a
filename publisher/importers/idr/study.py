"""What an IDR study.txt says of the study as a whole, in the keys of study.yaml."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from publisher.importers.draft import Todo
from publisher.importers.idr import words as words
from publisher.importers.idr.study_text import Said, Section, StudyText, plain_key

Keys = dict[str, object]
_PRINTED = re.compile(r"(?P<family>\S.*?)\s+(?P<initials>[^\W\d_a-z]{1,4}(?:[.-]{1,2}[^\W\d_a-z]{0,3}){0,3})\Z")
"""A name as papers print it: "Gupta GD", "Lévy R."."""

_IS_OF_TERMS = re.compile(r"Term Source |.* Term (Source REF|Accession( Number)?)\Z")


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyWords:
    """Keys of study.yaml from a study.txt, what a curator should look at, and lines about ontologies."""

    keys: Keys
    todo: tuple[Todo, ...]
    rest: tuple[Said, ...] = ()


class Taken:
    """A section of which remembers what was taken from it, so that the rest can be kept too."""

    def __init__(self, section: Section) -> None:
        self._section = section
        self._taken: set[str] = set()

    def all(self, key: str) -> tuple[str, ...]:
        """Values of ``key`` by column; taken from now on."""
        self._taken.add(plain_key(key))
        return self._section.values(key)

    def lines(self, key: str) -> list[Said]:
        """Every line of ``key``; taken from now on."""
        self._taken.add(plain_key(key))
        return self._section.lines(key)

    def one(self, key: str) -> str:
        """The values of ``key`` as one text."""
        return "; ".join(value for value in self.all(key) if value)

    def terms(self, key: str, names: tuple[str, ...] | None = None) -> list[dict[str, str]]:
        """The values of ``key`` with the identifiers that stand below it."""
        own = self.all(key) if names is None else names
        sources, numbers = self.all(f"{key} Term Source REF"), self.all(f"{key} Term Accession Number")
        return words.terms(own, sources, self.all(f"{key} Term Accession") or numbers)

    def rest(self) -> list[Said]:
        """Lines with values that were not taken, in their order."""
        return [each for each in self._section.said if any(each.values) and plain_key(each.key) not in self._taken]


def study_words(text: StudyText, name: str) -> StudyWords:
    """Keys of study.yaml for ``text``; ``name`` is what the study's folder is called, for one without a title."""
    said, todo = Taken(text.study), []
    title = said.one("Study Title")
    if not title:
        todo.append(Todo("no title is given; the name of the folder stands for it", "title"))
    extra: dict[str, str] = {}
    publications = _publications(said, title or name, extra)
    keys: Keys = {
        "title": title or name,
        "accession": said.one("Comment[IDR Study Accession]"),
        "study_type": said.one("Study Type"),
        "description": words.as_markdown(said.one("Study Description")),
        "doi": _doi(said, extra),
        "authors": _authors(said, str(publications[0].get("authors", "")) if publications else ""),
        "publications": publications,
        **_rights(said, extra),
        **_release(said, extra),
        "keywords": [word.strip() for each in said.all("Study Key Words") for word in re.split("[;,]", each) if word],
        "organisms": said.terms("Study Organism"),
        "links": list(_links(said, extra)),
    }
    _counts(said, text, todo)
    rest = said.rest()
    for each in rest:
        if not _IS_OF_TERMS.match(each.key):
            _add(extra, each.key.removeprefix("Study "), "; ".join(filter(None, each.values)))
    keys["extra"] = extra
    todo += [Todo("could not be understood; it stands under extra", key) for key in extra if key.endswith("(as given)")]
    return StudyWords(
        keys={key: value for key, value in keys.items() if value},
        todo=tuple(todo),
        rest=tuple(each for each in rest if _IS_OF_TERMS.match(each.key)),
    )


def _add(extra: dict[str, str], key: str, value: str) -> None:
    if value:
        extra[key] = f"{extra[key]}; {value}" if key in extra else value


def _doi(said: Taken, extra: dict[str, str]) -> str:
    given = said.one("Study Data DOI")
    doi = words.bare_doi(given)
    if given and not doi:
        _add(extra, "Data DOI (as given)", given)
    return doi


def _rights(said: Taken, extra: dict[str, str]) -> Keys:
    licence, address = words.spdx(said.one("Study License")), said.one("Study License URL")
    known = words.licence_url(licence)
    if not known or known not in address.rstrip("/"):
        _add(extra, "License URL", address)
    return {"licence": licence, "copyright": said.one("Study Copyright")}


def _release(said: Taken, extra: dict[str, str]) -> Keys:
    given = said.one("Study Public Release Date")
    released = words.day(given)
    if given and released is None:
        _add(extra, "Release Date (as given)", given)
    return {"release_date": released}


def _publications(said: Taken, title: str, extra: dict[str, str]) -> list[dict[str, str]]:
    """Papers by column; an identifier that is none is kept apart."""
    given = {
        "title": said.all("Study Publication Title"),
        "authors": said.all("Study Author List"),
        "doi": said.all("Study DOI"),
        "pubmed": said.all("Study PubMed ID"),
        "pmc": said.all("Study PMC ID"),
    }
    papers = []
    for at in range(max(map(len, given.values()))):
        paper = {key: values[at] for key, values in given.items() if at < len(values) and values[at]}
        for key, label, mended in (
            ("doi", "Publication DOI", words.bare_doi(paper.get("doi", ""))),
            ("pubmed", "PubMed ID", _only(r"\d+", paper.get("pubmed", ""))),
            ("pmc", "PMC ID", _only(r"PMC\d+", paper.get("pmc", ""))),
        ):
            if key in paper and not mended:
                _add(extra, f"{label} (as given)", paper.pop(key))
            elif mended:
                paper[key] = mended
        if paper:
            papers.append({"title": title, **paper})
    return papers


def _only(pattern: str, text: str) -> str:
    """What of ``text`` is an identifier: alone, or at the end of an address."""
    found = re.search(rf"(?:^|/)({pattern})/?\Z", text.strip())
    return found[1] if found else ""


def _links(said: Taken, extra: dict[str, str]) -> Iterator[dict[str, str]]:
    for key, title in (("Study External URL", ""), ("Study Publication Preprint", "Preprint")):
        for given in filter(None, said.all(key)):
            if address := words.url(given):
                yield {"title": title or address, "url": address}
            else:
                _add(extra, f"{key.removeprefix('Study ')} (as given)", given)


def _counts(said: Taken, text: StudyText, todo: list[Todo]) -> None:
    for kind in ("Screen", "Experiment"):
        given = said.one(f"Study {kind}s Number")
        found = sum(block.kind == kind for block in text.blocks)
        if given and given != str(found):
            todo.append(Todo(f"says it has {given} {kind.lower()}s, and describes {found}", "study.txt"))


def _authors(said: Taken, printed: str) -> list[Keys]:
    """Those whom the paper names, in its order, with what is known of the people who sent the data; then the others."""
    people = _people(said)
    authors: list[Keys] = []
    for name in filter(None, (part.strip() for part in re.split(r"[,;]|\band\b", printed))):
        found = _PRINTED.match(name)
        first, family = (found["initials"], found["family"]) if found else (name, name.rsplit(None, 1)[-1])
        person = next((each for each in people if _is_same(each, family, first)), None)
        if person:
            people.remove(person)
        authors.append(person or ({"name": f"{first} {family}", "family": family} if found else {"name": name}))
    return [*authors, *people]


def _people(said: Taken) -> list[Keys]:
    """The people of a study.txt, by column."""
    columns = {
        key: said.all(f"Study Person {word}")
        for key, word in (
            ("family", "Last Name"),
            ("first", "First Name"),
            ("email", "Email"),
            ("affiliation", "Address"),
            ("orcid", "ORCID"),
            ("roles", "Roles"),
        )
    }
    people: list[Keys] = []
    for at in range(max(map(len, columns.values()))):
        given = {key: values[at] for key, values in columns.items() if at < len(values) and values[at]}
        name = " ".join(filter(None, (given.pop("first", ""), given.get("family", ""))))
        orcid, roles = words.orcid(given.pop("orcid", "")), given.pop("roles", "")
        if name:
            known = {"orcid": orcid, "roles": [role.strip() for role in roles.split(",")] if roles else None}
            people.append({"name": name, **given, **{key: value for key, value in known.items() if value}})
    return people


def _is_same(person: Keys, family: str, first: str) -> bool:
    """Whether a person has this family name, and a first name that begins alike."""
    is_family = _plain(str(person.get("family", ""))) == _plain(family)
    return is_family and _plain(str(person["name"]))[:1] == _plain(first)[:1]


def _plain(name: str) -> str:
    """A name to compare by: without accents and marks, in lower case."""
    decomposed = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in decomposed if letter.isalnum()).lower()


def column(values: Sequence[str], at: int) -> str:
    """The value of column ``at``; empty where the line is shorter."""
    return values[at] if at < len(values) else ""
