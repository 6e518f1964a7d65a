"""What an IDR study.txt says of one screen or experiment: keys of a screen or project, and what is told of the study.

Short facts become key-value pairs, which its images inherit, as IDR shows them; whatever else a curator wrote is kept
as a list among the protocols.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from publisher.importers.idr import words as words
from publisher.importers.idr.study import Keys, Taken, column
from publisher.importers.idr.study_text import Block, Said, plain_key
from publisher.model.identity import slug
from publisher.model.screen import row_name

FACTS = (
    "Sample Type",
    "Organism",
    "Screen Type",
    "Technology Type",
    "Imaging Method",
    "Data Publisher",
    "Data DOI",
    "License",
    "External URL",
    "BioStudies Accession",
)
"""What is said of a screen or experiment in few words; the key is IDR's behind the word Screen or Experiment."""

IDR_FILES = "https://github.com/IDR/idr-metadata/blob/HEAD"
"""Where IDR keeps the files of its studies (its own pages link there)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BlockWords:
    """A screen or experiment: ``id`` ("experimentA"), its keys, and what study.yaml says at the top."""

    id: str
    name: str
    is_screen: bool
    keys: Keys
    imaging_methods: tuple[dict[str, str], ...]
    organisms: tuple[dict[str, str], ...]
    protocols: tuple[dict[str, str], ...]
    phenotypes: tuple[Keys, ...]
    annotation_files: tuple[str, ...] = ()


def block_words(block: Block, number: int, study: Keys) -> BlockWords:
    """Keys for ``block``, the ``number``-th (from 1); ``study`` are the keys of the study that it falls back to."""
    said, kind = Taken(block), block.kind
    said.all(f"{kind} Number")
    said.all(f"Comment[IDR {kind} Name]")
    organisms = said.terms(f"{kind} Organism")
    methods = said.terms(f"{kind} Imaging Method")
    pairs = _pairs(said, kind, organisms or study.get("organisms"), methods)
    description = words.as_markdown("\n".join(said.all(f"{kind} Description")))
    protocols, phenotypes = _protocols(said), _phenotypes(said)
    comments = words.as_markdown("\n\n".join(said.all(f"{kind} Comments")))
    identifier = block.name.rsplit("/", 1)[-1] or f"{kind.lower()}{row_name(number - 1)}"
    return BlockWords(
        id=slug(identifier) if not re.fullmatch(r"[A-Za-z0-9]+", identifier) else identifier,
        name=block.name or identifier,
        is_screen=kind == "Screen",
        keys={"description": "\n\n".join(filter(None, (description, comments))), "pairs": pairs},
        imaging_methods=tuple(methods),
        organisms=tuple(organisms),
        protocols=(*protocols, *notes(f"Notes on {identifier}", said.rest())),
        phenotypes=phenotypes,
    )


def _pairs(said: Taken, kind: str, organisms: object, methods: Sequence[dict[str, str]]) -> list[list[str]]:
    known = {"Organism": organisms, "Imaging Method": methods}
    pairs = []
    for fact in FACTS:
        if isinstance(terms := known.get(fact), Iterable):
            pairs += [[fact, term["name"]] for term in terms]
            continue
        key = fact if fact.startswith(kind) else f"{kind} {fact}"
        label = key if fact == "Technology Type" else fact
        for value in filter(None, said.all(key)):
            doi = words.bare_doi(value) if fact == "Data DOI" else ""
            pairs.append([label, f"https://doi.org/{doi}" if doi else value])
    return pairs


def _protocols(said: Taken) -> tuple[dict[str, str], ...]:
    names, kinds = said.all("Protocol Name"), said.all("Protocol Type")
    texts = said.all("Protocol Description")
    found = []
    for at in range(max(len(names), len(kinds), len(texts))):
        name, kind, text = column(names, at), column(kinds, at), words.as_markdown(column(texts, at))
        if text or (name and name != kind):
            protocol = {"name": name or kind or f"Protocol {at + 1}", "type": kind, "description": text}
            found.append({key: value for key, value in protocol.items() if value})
    return tuple(found)


def _phenotypes(said: Taken) -> tuple[Keys, ...]:
    """Phenotypes by column; the three lines of a term may stand more than once, each a further term of it."""
    names, texts = said.all("Phenotype Name"), said.all("Phenotype Description")
    scores = said.all("Phenotype Score Type")
    sources, labels, keys = (said.lines(f"Phenotype Term {word}") for word in ("Source REF", "Name", "Accession"))
    found: list[Keys] = []
    for at, name in enumerate(names):
        if not name:
            continue
        terms = []
        for nth, label in enumerate(labels):
            identifier = words.accession(_cell(sources, nth, at), _cell(keys, nth, at))
            if text := column(label.values, at) or identifier:
                terms.append({"name": text, **({"accession": identifier} if identifier else {})})
        score = f"Score type: {column(scores, at)}." if column(scores, at) else ""
        text = " ".join(filter(None, (column(texts, at), score)))
        found.append({"name": name, **({"description": text} if text else {}), **({"terms": terms} if terms else {})})
    return tuple(found)


def _cell(lines: Sequence[Said], number: int, at: int) -> str:
    return column(lines[number].values, at) if number < len(lines) else ""


def notes(name: str, rest: Sequence[Said]) -> tuple[dict[str, str], ...]:
    """Lines that have no key of their own in study.yaml, as a list that stands with the protocols; none of none."""
    text = _listed(rest)
    return ({"name": name, "type": "as in study.txt", "description": text},) if text else ()


def _listed(rest: Sequence[Said]) -> str:
    """Lines as a list; columns are parted by a dot."""
    keyed = {plain_key(each.key): each for each in rest}
    lines = []
    for each in rest:
        if not _is_told_elsewhere(each, keyed):
            values = " · ".join(words.as_markdown(value).replace("\n", " ") or "–" for value in each.values)
            lines.append(f"- **{words.as_markdown(each.key)}**: {values}")
    return "\n".join(lines)


def _is_told_elsewhere(each: Said, keyed: dict[str, Said]) -> bool:
    """Whether a line names ontologies alone, which the accessions below it name too, or which are of nothing."""
    base, mark, _ = each.key.partition(" Term Source REF")
    is_named = any(plain_key(f"{base} Term Accession{ending}") in keyed for ending in ("", " Number"))
    return bool(mark) and (is_named or plain_key(base) not in keyed)
