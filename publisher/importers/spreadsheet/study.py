"""Keys of study.yaml from a table of keys and values, and from a table of authors."""

import re
from collections.abc import Iterable, Iterator, Sequence

from pydantic import ValidationError

from publisher.catalogue.schema import StudyDescription
from publisher.importers.draft import Todo, counted
from publisher.importers.idr.words import bare_doi, day, orcid, spdx
from publisher.importers.sheet import Sheet, SheetRow
from publisher.importers.spreadsheet.words import KEYS, PERSON, squeezed

Keys = dict[str, object]

_SEPARATOR = re.compile(r"\s*[;\n|]\s*")
_TERM = re.compile(r"(?P<name>.*\S)\s*[(\[](?P<accession>[A-Za-z]+[:_]\d+)[)\]]\Z", re.DOTALL)
_PAPER = "publication "


def is_key_table(sheet: Sheet) -> bool:
    """Whether a sheet has two columns of which the first names things that studies say of themselves."""
    if any(len(row.cells) > 2 and any(row.cells[2:]) for row in sheet.rows):
        return False
    known = sum(1 for row in sheet.rows if _key(row.cells[0]) in KEYS)
    return known >= 1 and known * 2 >= len(sheet.rows) - 1


def key_and_value(text: str) -> tuple[str, str] | None:
    """Both parts of one cell such as "Title: Cells that divide"; None where the first names nothing of a study."""
    label, _, value = text.partition(":")
    return (label, value.strip()) if value.strip() and _key(label) in KEYS else None


def _key(text: str) -> str:
    return squeezed(text.rstrip(" :"))


class StudyWords:
    """Collects what tables say of a study; ``todo`` is what could not be used as it stands."""

    def __init__(self) -> None:
        self.keys: Keys = {}
        self.extra: dict[str, str] = {}
        self.todo: list[Todo] = []
        self._paper: dict[str, str] = {}
        self._people: list[Keys] = []

    def add_rows(self, rows: Iterable[SheetRow], *, about: str) -> None:
        """Take in rows of a key and its value; a key that repeats goes on with what it said before."""
        said: dict[str, list[str]] = {}
        for row in rows:
            label, value = row.cells[0].rstrip(" :"), row.cells[1] if len(row.cells) > 1 else ""
            if value and (squeezed(label), squeezed(value)) != ("key", "value"):
                said.setdefault(label, []).append(value)
        for label, values in said.items():
            self._add(label, "\n".join(values), about)

    def _add(self, label: str, value: str, about: str) -> None:
        key = KEYS.get(_key(label))
        if key is None:
            self.extra[label] = " ".join(value.split())
            return
        if key.startswith(_PAPER):
            self._paper[key.removeprefix(_PAPER)] = bare_doi(value) or value if key.endswith("doi") else value
            return
        for name, found in _said(key, value).items():
            self._take(name, found, label, value, about)

    def _take(self, name: str, found: object, label: str, value: str, about: str) -> None:
        """Keep what the catalogue accepts; the rest stays as it was written, for the curator to mend."""
        merged = _together(self.keys.get(name), found)
        try:
            StudyDescription.model_validate({"title": "x", name: merged})
        except ValidationError as error:
            reason = str(error.errors()[0]["msg"])
            self.extra[label] = " ".join(value.split())
            self.todo.append(Todo(f"{label}: {value[:80]!r} cannot be used as {name}: {reason}", about))
        else:
            before = self.keys.get(name)
            if isinstance(before, str) and before != merged:
                self.todo.append(Todo(f"{label}: {merged!r} was taken, and not {before!r}, which is said too", about))
            self.keys[name] = merged

    def add_people(self, sheet: Sheet, header: SheetRow, rows: Sequence[SheetRow]) -> None:
        """Take in a table of authors."""
        meanings = [PERSON.get(squeezed(heading), "") for heading in header.cells]
        mails = 0
        for row in rows:
            said = {meaning: cell for meaning, cell in zip(meanings, row.cells, strict=False) if meaning and cell}
            mails += "email" in said
            if person := _person(said):
                self._people.append(person)
        if mails:
            message = (
                f"e-mail addresses of {counted(mails, 'author')} left out; give `email` to the one with `contact: true`"
            )
            self.todo.append(Todo(message, "authors"))

    def _with_people(self) -> list[Keys]:
        """Those of the table of authors, which says most of them, then others that a row of authors names."""
        named = {squeezed(str(person["name"])) for person in self._people}
        others = self.keys.pop("authors", [])
        rest = [each for each in others if squeezed(str(each["name"])) not in named] if isinstance(others, list) else []
        return [*self._people, *rest]

    def description(self, title: str) -> Keys:
        """The keys, the title first."""
        if paper := self._paper:
            paper.setdefault("title", paper.get("doi", "Publication"))
            self._take("publications", [dict(paper)], "Publication", ", ".join(paper.values()), "publications")
        if self._people:
            self._take("authors", self._with_people(), "Authors", "", "authors")
        authors = {"authors": self.keys["authors"]} if "authors" in self.keys else {}
        found = {"title": title} | authors | self.keys
        return found | ({"extra": self.extra} if self.extra else {})


def is_people_table(header: SheetRow) -> bool:
    """Whether a header is that of a table of authors: names, and ORCID, affiliation or e-mail."""
    words = {PERSON.get(squeezed(heading)) for heading in header.cells}
    return bool(words & {"name", "family"}) and bool(words & {"orcid", "affiliation", "email"})


def _person(said: dict[str, str]) -> Keys:
    first, family = said.get("first", ""), said.get("family", "")
    name = said.get("name") or f"{first} {family}".strip()
    where = said.get("affiliation", "")
    found: Keys = {
        "name": name,
        "family": family if first else "",
        "orcid": orcid(said.get("orcid", "")),
        "affiliation": {"name": where, "ror": said["ror"]} if where and "ror" in said else where,
        "roles": _list(said.get("roles", "")),
    }
    return {key: value for key, value in found.items() if value} if name else {}


def _said(key: str, value: str) -> Keys:
    """What a value says under a key, in the form that study.yaml has it."""
    if key in ("instrument", "parameters"):
        return {"acquisition": {key: value}}
    return {key: _read(key, value)}


def _read(key: str, value: str) -> object:
    match key:
        case "doi":
            return bare_doi(value) or value
        case "authors":
            return list(_authors(value))
        case "licence":
            return spdx(value)
        case "release_date":
            return day(value) or value
        case "keywords":
            return _words(value)
        case "organisms" | "imaging_methods":
            return _terms(value)
        case "funding":
            return [{"funder": part} for part in _list(value)]
    return value


def _list(text: str) -> list[str]:
    return [part for part in _SEPARATOR.split(text) if part]


def _words(text: str) -> list[str]:
    """Parts between semicolons or lines; where there are none, between commas."""
    found = _list(text)
    return [part.strip() for part in text.split(",") if part.strip()] if len(found) == 1 else found


def _terms(text: str) -> list[Keys]:
    return [
        {"name": found["name"], "accession": found["accession"]} if (found := _TERM.match(part)) else {"name": part}
        for part in _list(text)
    ]


def _authors(text: str) -> Iterator[Keys]:
    for part in _list(text) if _SEPARATOR.search(text) else _words(text):
        identifier = orcid(part)
        name = (
            re.sub(r"[(\[]?(https?://)?(orcid\.org/)?[\d-]{16,}[\dXx]?[)\]]?", "", part).strip(" ,")
            if identifier
            else part
        )
        if name:
            yield {"name": name, "orcid": identifier} if identifier else {"name": name}


def _together(before: object, found: object) -> object:
    """What two rows say under one key: lists and mappings go on."""
    if isinstance(before, dict) and isinstance(found, dict):
        return before | found
    if isinstance(before, list) and isinstance(found, list):
        return [*before, *found]
    return found
