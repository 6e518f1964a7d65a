"""Accessions of ontology terms, and what the commonest of them are called."""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from publisher.model.terms import ontology_of, term_id

_ADDRESS = re.compile(r"https?://\S+[/#]([A-Za-z]+[_:][A-Za-z0-9]+)/?\Z")
_PARTS = re.compile(r"([A-Za-z][A-Za-z0-9]*)[:_](\S+)\Z")
_NO_WORD = re.compile(r"[\W_]+")


@dataclass(frozen=True, slots=True)
class Accession:
    """``NCBITaxon:9606`` in its parts; ``prefix`` as its ontology writes it, where that is known."""

    prefix: str
    number: str

    def __str__(self) -> str:
        return f"{self.prefix}:{self.number}"

    @property
    def is_known(self) -> bool:
        """Whether its ontology is known."""
        return ontology_of(self.prefix) is not None

    @property
    def is_well_formed(self) -> bool:
        """Whether the number is one that its ontology gives; of an unknown ontology every one is."""
        return not self.is_known or term_id(str(self)) is not None


def accession(text: str) -> Accession | None:
    """The accession in ``text``: ``NCBITaxon:9606``, ``FBbi_00000251`` or an address that ends in one; None if none."""
    bare = text.strip()
    if "://" in bare:
        found = _ADDRESS.match(bare)
        bare = found[1] if found else ""
    parts = _PARTS.match(bare)
    if parts is None:
        return None
    ontology = ontology_of(parts[1])
    return Accession(ontology.prefix if ontology else parts[1], parts[2])


def same_words(text: str) -> str:
    """What two spellings of a name have in common: no case, no punctuation."""
    return _NO_WORD.sub(" ", text).strip().casefold()


class KnownTerms:
    """Labels of the commonest accessions, read from known_terms.tsv when they are first asked for."""

    @cached_property
    def _words(self) -> dict[str, tuple[str, ...]]:
        lines = Path(__file__).with_name("known_terms.tsv").read_text(encoding="utf-8").splitlines()
        rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
        return {row[0]: (row[1], *(row[2].split("|") if len(row) > 2 else ())) for row in rows}

    @cached_property
    def _by_word(self) -> dict[str, str]:
        return {same_words(word): found for found, words in self._words.items() for word in words}

    def label(self, found: Accession) -> str | None:
        """What the term is called; None where it is not known here."""
        words = self._words.get(str(found))
        return words[0] if words else None

    def means(self, found: Accession, word: str) -> bool:
        """Whether ``word`` is one for the term."""
        return same_words(word) in map(same_words, self._words.get(str(found), ()))

    def accession_of(self, word: str) -> str | None:
        """The accession that ``word`` has; None where it is not known here."""
        return self._by_word.get(same_words(word))
