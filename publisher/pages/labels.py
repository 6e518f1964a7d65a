"""Tags in the head of a page: species, imaging methods and other words of a study."""

from dataclasses import dataclass

from publisher.catalogue.schema import StudyDescription
from publisher.pages.links import term_link


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """A tag in the head: ``href`` defines it, ``italic`` for a species."""

    text: str
    href: str | None = None
    italic: bool = False


def study_labels(study: StudyDescription) -> tuple[Label, ...]:
    """Organisms, then imaging methods, each with the link of its ontology term."""
    organisms = [Label(text=term.name, href=term_link(term.accession), italic=True) for term in study.organisms]
    methods = [Label(text=term.name, href=term_link(term.accession)) for term in study.imaging_methods]
    return (*organisms, *methods)


def all_labels(study: StudyDescription) -> tuple[Label, ...]:
    """`study_labels`, then the kind of study and its keywords, each word once."""
    words = dict.fromkeys(filter(None, (study.study_type, *study.keywords)))
    return (*study_labels(study), *(Label(text=word) for word in words))
