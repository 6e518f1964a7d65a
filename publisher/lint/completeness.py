"""How much of what a study should say it says, by the modules of REMBI and MIFA, and what to add next.

REMBI: Sarkans et al., Nature Methods 18 (2021), doi:10.1038/s41592-021-01166-8. Which fields are required follows the
models that the BioImage Archive publishes of it (rembi-mifa 0.1.2); a licence is what MIFA (arXiv:2311.10443) asks for.
What is recommended beyond it makes a study citable (DataCite) and found (ORCID, funders, papers).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from publisher.catalogue.schema import StudyDescription, Term
from publisher.lint.subject import Subject

Level = Literal["required", "recommended"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One thing that a study should say: ``module`` and ``field`` in REMBI's words, ``key`` where it is written.

    ``hint`` says what to write; ``given``, whether it is there.
    """

    module: str
    field: str
    key: str
    level: Level
    hint: str
    given: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    module: str
    field: str
    key: str
    hint: str
    given: Callable[[StudyDescription, Subject], object]
    applies: Callable[[Subject], object] = lambda _: True


def completeness(subject: Subject) -> tuple[Item, ...]:
    """Every item that applies to the study, in REMBI's order; images are asked only where there are any."""
    about = subject.study.description
    levels: tuple[tuple[Level, tuple[_Asked, ...]], ...] = (("required", _REQUIRED), ("recommended", _RECOMMENDED))
    return tuple(
        Item(
            module=asked.module,
            field=asked.field,
            key=asked.key,
            level=level,
            hint=asked.hint,
            given=bool(asked.given(about, subject)),
        )
        for level, every in levels
        for asked in every
        if asked.applies(subject)
    )


def _have_accessions(terms: tuple[Term, ...]) -> bool:
    return bool(terms) and all(term.accession for term in terms)


def _have_pixel_sizes(subject: Subject) -> bool:
    return all(None not in each.image.pixels.pixel_size_um[1:] for each in subject.images)


def _have_channel_names(subject: Subject) -> bool:
    return all(each.image.rgb or all(each.channels) for each in subject.images)


_REQUIRED = (
    _Asked("Study", "Title", "title", "what was asked, in one line", lambda about, _: about.title),
    _Asked("Study", "Description", "description", "what was asked, done and seen", lambda about, _: about.description),
    _Asked("Study", "Keywords", "keywords", "words that people would search for", lambda about, _: about.keywords),
    _Asked("Study", "Authors", "authors", "who made the data", lambda about, _: about.authors),
    _Asked("Study", "Licence", "licence", "an SPDX identifier, such as CC-BY-4.0", lambda _, study: study.licence),
    _Asked(
        "Study component",
        "Description of each dataset",
        "datasets: description",
        "what sets it apart from the others",
        lambda _, study: all(dataset.described for dataset in study.datasets),
        lambda study: len(study.datasets) > 1,
    ),
    _Asked("Biosample", "Organism", "organisms: name", "the scientific name", lambda about, _: about.organisms),
    _Asked(
        "Biosample",
        "Organism, NCBI Taxonomy",
        "organisms: accession",
        "such as NCBITaxon:9606",
        lambda about, _: _have_accessions(about.organisms),
    ),
    _Asked(
        "Biosample", "Biological entity", "biosample", "the cells, tissue or organ", lambda about, _: about.biosample
    ),
    _Asked(
        "Specimen",
        "Sample preparation",
        "specimen",
        "how it was fixed, stained and mounted",
        lambda about, _: about.specimen or about.protocols,
    ),
    _Asked(
        "Image acquisition",
        "Imaging method",
        "imaging_methods: name",
        "such as confocal microscopy",
        lambda about, _: about.imaging_methods,
    ),
    _Asked(
        "Image acquisition",
        "Imaging method, FBbi",
        "imaging_methods: accession",
        "such as FBbi:00000251",
        lambda about, _: _have_accessions(about.imaging_methods),
    ),
    _Asked(
        "Image acquisition",
        "Imaging instrument",
        "acquisition: instrument",
        "make and model",
        lambda about, _: about.acquisition.instrument,
    ),
    _Asked(
        "Image acquisition",
        "Image acquisition parameters",
        "acquisition: parameters",
        "objective, lasers, filters, exposure",
        lambda about, _: about.acquisition.parameters,
    ),
    _Asked(
        "Image data",
        "Pixel size",
        "PhysicalSizeX, PhysicalSizeY",
        "in the image files",
        lambda _, study: _have_pixel_sizes(study),
        lambda study: study.images,
    ),
    _Asked(
        "Image data",
        "Channel information",
        "rendering: channels",
        "what each channel shows",
        lambda _, study: _have_channel_names(study),
        lambda study: study.images,
    ),
)

_RECOMMENDED = (
    _Asked(
        "Image analysis", "Analysis overview", "analysis", "how images were analysed", lambda about, _: about.analysis
    ),
    _Asked(
        "Image data",
        "What each image shows",
        "images.csv",
        "a row an image: treatment, gene, replicate",
        lambda _, study: len(study.study.curation),
        lambda study: study.images,
    ),
    _Asked(
        "Image analysis",
        "Phenotypes as terms",
        "phenotypes: terms",
        "of CMPO or another ontology",
        lambda about, _: all(phenotype.terms for phenotype in about.phenotypes),
        lambda study: study.study.description.phenotypes,
    ),
    _Asked("Citation", "DOI of the data", "doi", "the one it was registered under", lambda about, _: about.doi),
    _Asked(
        "Citation",
        "ORCID of each author",
        "authors: orcid",
        "orcid.org gives one",
        lambda about, _: about.authors and all(author.orcid for author in about.authors),
    ),
    _Asked(
        "Citation",
        "Affiliation of each author",
        "authors: affiliation",
        "name and ROR",
        lambda about, _: about.authors and all(author.affiliation for author in about.authors),
    ),
    _Asked(
        "Citation", "Publication", "publications", "title and DOI of the paper", lambda about, _: about.publications
    ),
    _Asked("Citation", "Funding", "funding", "funder and grant", lambda about, _: about.funding),
    _Asked("Citation", "Release date", "release_date", "the day it is published", lambda about, _: about.release_date),
)
