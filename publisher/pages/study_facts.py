"""The side panel of a study: IDR's fields, in IDR's order and wording, then what IDR lacks."""

from collections.abc import Sequence

from publisher.catalogue.schema import StudyDescription
from publisher.model.annotation import Pair
from publisher.pages import quantities
from publisher.pages.facts import Fact, Value, fact, pair_facts
from publisher.pages.licence import licence
from publisher.pages.links import bare_doi, doi_link, external, term_link
from publisher.pages.published import StudyRecord
from publisher.pages.summary import DatasetSummary


def study_facts(study: StudyRecord, datasets: Sequence[DatasetSummary]) -> tuple[Fact, ...]:
    """Rows that have a value, IDR's in IDR's order: ID, Release Date, DOIs, License, PubMed, PMC, External URL."""
    about = study.description
    known = licence(study.licence)
    rows = [
        fact("ID", study.key, mono=True),
        fact("Release Date", about.release_date.isoformat() if about.release_date else ""),
        Fact(label="Publication DOI", values=tuple(_doi(paper.doi) for paper in about.publications if paper.doi)),
        Fact(label="Data DOI", values=(_doi(about.doi),) if about.doi else ()),
        Fact(label="License", values=(Value(text=known.name, href=known.url),) if known else ()),
        Fact(label="PubMed ID", values=tuple(_pubmed(paper.pubmed) for paper in about.publications if paper.pubmed)),
        Fact(label="PMC ID", values=tuple(_pmc(paper.pmc) for paper in about.publications if paper.pmc)),
        Fact(
            label="External URL", values=tuple(Value(text=link.title, href=external(link.url)) for link in about.links)
        ),
        fact("Copyright", about.copyright or ""),
        fact("Study Type", about.study_type or ""),
        *_pixels(datasets),
        *pair_facts(Pair(key, value) for key, value in about.extra.items()),
    ]
    return tuple(row for row in rows if any(value.text for value in row.values) or row.channels)


def _doi(doi: str) -> Value:
    return Value(text=bare_doi(doi), href=doi_link(doi))


def _pubmed(number: str) -> Value:
    return Value(text=number, href=f"https://pubmed.ncbi.nlm.nih.gov/{number}/")


def _pmc(number: str) -> Value:
    return Value(text=number, href=f"https://pmc.ncbi.nlm.nih.gov/articles/{number}/")


def _pixels(datasets: Sequence[DatasetSummary]) -> tuple[Fact, ...]:
    images, size = sum(part.images for part in datasets), sum(part.bytes for part in datasets)
    sizes = sorted({part.size_xy for part in datasets if part.size_xy})
    dimensions = sizes[0] if len(sizes) == 1 else "various" if sizes else ""
    volume = f" · {quantities.byte_size(size)}" if size else ""
    return fact("Size", quantities.count(images, "image") + volume), fact("Dimensions (XY)", dimensions)


def method_facts(about: StudyDescription) -> tuple[Fact, ...]:
    """Biosample, specimen and acquisition in REMBI's order; only what the curator gave."""
    rows = (
        Fact(label="Organism", values=tuple(_term(term.name, term.accession) for term in about.organisms)),
        fact("Biosample", about.biosample),
        fact("Specimen", about.specimen),
        Fact(label="Imaging Method", values=tuple(_term(term.name, term.accession) for term in about.imaging_methods)),
        fact("Instrument", about.acquisition.instrument),
        fact("Image acquisition parameters", about.acquisition.parameters),
        fact("Image analysis", about.analysis),
    )
    return tuple(row for row in rows if any(value.text for value in row.values))


def _term(name: str, accession: str | None) -> Value:
    return Value(text=name, href=term_link(accession), note=accession or "")
