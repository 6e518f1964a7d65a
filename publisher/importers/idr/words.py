"""Words of IDR's tables in the spellings that study.yaml takes: identifiers, terms, licences, plain text."""

import re
from collections.abc import Iterable
from datetime import date

from publisher.model.terms import term_id

_DOI = re.compile(r"10\.\d{4,9}/[^\s\"<>]+")
_CREATIVE_COMMONS = re.compile(r"CC[ -]?(BY(?:[ -]NC)?(?:[ -](?:SA|ND))?)[ -]?(\d\.\d)\Z", re.IGNORECASE)
_CC0 = re.compile(r"CC[ -]?0(?:[ -]?1\.0)?\Z", re.IGNORECASE)
_ORCID = re.compile(r"\d{4}-\d{4}-\d{4}-\d{3}[\dX]")
_BARE_HOST = re.compile(r"[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}(/\S*)?\Z")
_URL = re.compile(r"(https?|ftp)://[^\s<>\"]+\Z")
_MARKS = re.compile(r"[\\`*\[]|(?<!\w)_|_(?!\w)")
_LINE_MARKS = re.compile(r"^([#>+-]|\d+\.)(?=\s)", re.MULTILINE)
_HTML = re.compile(r"<(?=[A-Za-z/!?])|&(?=#?\w+;)")


def bare_doi(text: str) -> str:
    """The DOI in ``text``, however it is spelled: bare, with ``doi:``, as an address; empty when it has none."""
    found = _DOI.search(text)
    return found[0].rstrip(".,;") if found else ""


def spdx(text: str) -> str:
    """A licence as SPDX writes it ("CC BY 4.0" is "CC-BY-4.0"); as it is where it is none of Creative Commons."""
    clean = " ".join(text.split())
    if found := _CREATIVE_COMMONS.match(clean):
        return f"CC-{found[1].upper().replace(' ', '-')}-{found[2]}"
    return "CC0-1.0" if _CC0.match(clean) else clean


def licence_url(identifier: str) -> str:
    """Where a licence of Creative Commons is explained, without scheme and slash at the end; empty for others."""
    if found := re.match(r"CC-(BY[A-Z-]*)-(\d\.\d)\Z", identifier):
        return f"creativecommons.org/licenses/{found[1].lower()}/{found[2]}"
    return "creativecommons.org/publicdomain/zero/1.0" if identifier == "CC0-1.0" else ""


def orcid(text: str) -> str:
    """The ORCID iD in ``text``; empty when it has none."""
    found = _ORCID.search(text.upper())
    return found[0] if found else ""


def day(text: str) -> date | None:
    """An ISO day; None of what is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def url(text: str) -> str:
    """An address that a page may link to; one without a scheme gets https. Empty of what is none."""
    if _URL.match(text):
        return text
    return f"https://{text}" if _BARE_HOST.match(text) else ""


def accession(source: str, identifier: str) -> str:
    """A term's identifier with the ontology it is of: "Fbbi" and "00000251" are "FBbi_00000251"."""
    source, identifier = source.strip(), identifier.strip()
    if source and identifier and "://" not in identifier and not re.search("[:_]", identifier):
        identifier = f"{source}_{identifier}"
    found = term_id(identifier)
    if found is None or "://" in identifier:
        return identifier
    prefix = found.ontology.prefix
    return prefix + identifier[len(prefix) :] if identifier.lower().startswith(prefix.lower()) else identifier


def terms(names: Iterable[str], sources: tuple[str, ...], identifiers: tuple[str, ...]) -> list[dict[str, str]]:
    """Names with their identifiers, by column; columns without a name are left out."""
    found = []
    for at, name in enumerate(names):
        key = accession(_at(sources, at), _at(identifiers, at))
        if name:
            found.append({"name": name, "accession": key} if key else {"name": name})
    return found


def _at(values: tuple[str, ...], index: int) -> str:
    return values[index] if index < len(values) else ""


def as_markdown(text: str) -> str:
    """Plain text as Markdown that shows it as it is; a ``\\n`` that was spelled out begins a line."""
    lines = "\n".join(line.strip() for line in text.replace("\\n", "\n").splitlines())
    escaped = _MARKS.sub(lambda found: "\\" + found[0], lines)
    escaped = _LINE_MARKS.sub(lambda found: f"{found[1][:-1]}\\{found[1][-1]}", escaped)
    return _HTML.sub(lambda found: "&lt;" if found[0] == "<" else "&amp;", escaped)
