"""Faults of ontology terms: words without an accession, accessions that are none or belong to another word."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from publisher.lint.finding import Finding, Severity, some
from publisher.lint.known_terms import KnownTerms, accession, same_words
from publisher.lint.subject import Subject

_ACCESSION = "accession"


@dataclass(frozen=True, slots=True)
class Said:
    """A word and the accession that a curator gave it, with the place where they stand."""

    word: str
    accession: str
    path: str
    line: int


def term_rules(subject: Subject) -> Iterator[Finding]:
    """Findings about the terms of study.yaml and of the rows."""
    known = KnownTerms()
    described = list(_of_description(subject))
    yield from _without_accession(described, known)
    every = [*described, *_of_rows(subject)]
    for said in _once(every):
        yield from _judged(said, known)
    yield from _clashes(every, known)


def _of_description(subject: Subject) -> Iterator[Said]:
    about, path = subject.study.description, subject.yaml
    for key, terms in (("organisms", about.organisms), ("imaging_methods", about.imaging_methods)):
        for number, term in enumerate(terms):
            yield Said(term.name, term.accession or "", path, subject.line(key, number))
    for number, phenotype in enumerate(about.phenotypes):
        for place, term in enumerate(phenotype.terms):
            yield Said(term.name, term.accession or "", path, subject.line("phenotypes", number, "terms", place))


def _of_rows(subject: Subject) -> Iterator[Said]:
    """Terms of columns called "... Accession", with the word that they stand for, as IDR writes them.

    The word is in the column of the same name with "Name" for "Accession", else in the nearest column to the left that
    is not about the source of the term ("Term Source 1 REF").
    """
    curation = subject.study.curation
    columns = curation.columns
    wanted = [(at, word) for at, key in columns if (word := _word_column(at, key, columns)) is not None]
    if not wanted:
        return
    seen: set[tuple[int, str, str]] = set()
    path = f"{subject.study.shown}/{curation.file_name}"
    for number in range(len(curation)):
        cells = curation.cells(number)
        for at, word in wanted:
            given = (at, cells[word].strip(), cells[at].strip())
            if given[2] and given not in seen:
                seen.add(given)
                yield Said(given[1], given[2], path, curation.line(number))


def _word_column(at: int, key: str, columns: Iterable[tuple[int, str]]) -> int | None:
    """Where the word of the accessions in column ``at`` stands."""
    name = key.lower()
    if not name.endswith(_ACCESSION) or not ("term" in name or name == _ACCESSION):
        return None
    twin = f"{name.removesuffix(_ACCESSION)}name"
    left = [(place, other.lower()) for place, other in columns if place < at]
    exact = next((place for place, other in reversed(left) if other == twin), None)
    return exact if exact is not None else next((p for p, other in reversed(left) if "term source" not in other), None)


def _once(every: Iterable[Said]) -> Iterable[Said]:
    """Each word with each accession, where it stands first."""
    first: dict[tuple[str, str], Said] = {}
    for said in every:
        first.setdefault((said.word, said.accession), said)
    return [said for said in first.values() if said.accession]


def _without_accession(described: Iterable[Said], known: KnownTerms) -> Iterator[Finding]:
    for said in described:
        if not said.accession:
            found = known.accession_of(said.word)
            yield Finding(
                code="lint.term-without-accession",
                severity="warning",
                path=said.path,
                line=said.line,
                message=f"{said.word!r} has no accession: people who search by terms will not find it",
                hint=f"add `accession: {found}`" if found else "look it up in www.ebi.ac.uk/ols4 and add `accession:`",
            )


def _judged(said: Said, known: KnownTerms) -> Iterator[Finding]:
    found = accession(said.accession)
    if found is None:
        yield _finding(
            said,
            "lint.bad-accession",
            "error",
            f"{said.accession!r} is no accession",
            "write prefix and number, such as NCBITaxon:9606 or FBbi:00000251",
        )
    elif not found.is_well_formed:
        yield _finding(
            said,
            "lint.bad-accession",
            "error",
            f"{said.accession!r} is no accession of {found.prefix}",
            "look the term up in www.ebi.ac.uk/ols4; numbers keep their leading zeros",
        )
    elif not found.is_known:
        yield _finding(
            said,
            "lint.unknown-prefix",
            "warning",
            f"the ontology {found.prefix!r} of {said.accession!r} is not known here, so that it cannot be checked",
            "check the spelling of the prefix, or write the whole address of the term",
        )
    elif said.word and (label := known.label(found)) and not known.means(found, said.word):
        other = known.accession_of(said.word)
        right = f"{said.word!r} is {other}" if other else "check which of the two is meant"
        severity: Severity = "error" if other else "warning"
        words = f"{found} is {label!r}, not {said.word!r}"
        yield _finding(said, "lint.term-mismatch", severity, words, right)


def _clashes(every: Iterable[Said], known: KnownTerms) -> Iterator[Finding]:
    """One accession with two words: of terms that are not known here this is all that can be told."""
    words: dict[str, dict[str, Said]] = {}
    for said in every:
        found = accession(said.accession) if said.accession and said.word else None
        if found and known.label(found) is None:
            words.setdefault(str(found), {}).setdefault(same_words(said.word), said)
    for name, said_by in words.items():
        if len(said_by) > 1:
            last = list(said_by.values())[-1]
            yield _finding(
                last,
                "lint.two-words",
                "warning",
                f"{name} stands for different words: {some(said.word for said in said_by.values())}",
                "check which is meant",
            )


def _finding(said: Said, code: str, severity: Severity, message: str, hint: str) -> Finding:
    return Finding(code=code, severity=severity, path=said.path, line=said.line, message=message, hint=hint)
