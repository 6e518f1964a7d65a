"""How to cite a study or one of its images: text, BibTeX, RIS and CITATION.cff."""

import json
import re
from dataclasses import dataclass

from publisher.catalogue.schema import StudyDescription
from publisher.pages.links import bare_doi, doi_link
from publisher.pages.people import family_name, given_names, published_year, short_name


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation:
    """One citation in four forms, each ready to copy."""

    text: str
    bibtex: str
    ris: str
    cff: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Cited:
    """What is cited: ``key`` identifies it (accession), ``part`` names an image within the study, ``url`` its page."""

    study: StudyDescription
    key: str
    site: str
    part: str = ""
    url: str | None = None

    @property
    def title(self) -> str:
        """Title of the study, and the image where there is one."""
        return f"{self.study.title} [{self.part}]" if self.part else self.study.title

    @property
    def doi(self) -> str | None:
        """DOI of the data, else of the first publication."""
        published = next((paper.doi for paper in self.study.publications if paper.doi), None)
        return self.study.doi or published

    @property
    def address(self) -> str | None:
        """Where the reader finds it: the image's page, else the DOI, else the study's page."""
        return self.url if self.part or not self.doi else doi_link(self.doi)


def citation(cited: Cited) -> Citation:
    """All forms of one citation."""
    return Citation(text=citation_text(cited), bibtex=_bibtex(cited), ris=_ris(cited), cff=_cff(cited))


def citation_opening(study: StudyDescription) -> str:
    """Authors and year, as a printed citation begins: "Lawo S, Hasegan M (2016) "; "Lawo S. " without a year."""
    who = ", ".join(short_name(author) for author in study.authors)
    year = published_year(study)
    if who and not year:
        return f"{who.rstrip('.')}. "
    return " ".join(filter(None, (who, f"({year})" if year else ""))) + " " if year else ""


def citation_text(cited: Cited, opening: str | None = None) -> str:
    """The printed form alone; ``opening`` is `citation_opening` where it is at hand."""
    parts = [cited.study.title.rstrip("."), cited.part, f"{cited.site}, {cited.key}", cited.address or ""]
    return (citation_opening(cited.study) if opening is None else opening) + ". ".join(filter(None, parts))


def _tex(text: str) -> str:
    escaped = re.sub(r"([&%$#_{}])", r"\\\1", text.replace("\\", " "))
    return escaped.replace("~", r"\textasciitilde{}").replace("^", r"\textasciicircum{}")


def _bibtex(cited: Cited) -> str:
    names = [", ".join(filter(None, (family_name(a), given_names(a)))) for a in cited.study.authors]
    fields = {
        "author": _tex(" and ".join(names)),
        "title": "{" + _tex(cited.title) + "}",
        "year": published_year(cited.study),
        "publisher": _tex(cited.site),
        "doi": bare_doi(cited.doi) if cited.doi else "",
        "url": cited.address or "",
        "note": _tex(cited.key),
    }
    body = ",\n".join(f"  {name} = {{{value}}}" for name, value in fields.items() if value)
    return f"@misc{{{re.sub(r'[^A-Za-z0-9:_-]', '-', cited.key)},\n{body}\n}}"


def _ris(cited: Cited) -> str:
    names = [("AU", ", ".join(filter(None, (family_name(a), given_names(a))))) for a in cited.study.authors]
    fields = [
        ("TY", "DATA"),
        *names,
        ("TI", cited.title),
        ("PY", published_year(cited.study)),
        ("PB", cited.site),
        ("ID", cited.key),
        ("DO", bare_doi(cited.doi) if cited.doi else ""),
        ("UR", cited.address or ""),
    ]
    lines = [f"{tag}  - {' '.join(value.split())}" for tag, value in fields if value]
    return "\n".join([*lines, "ER  - "])


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)  # JSON strings are YAML strings


def _cff(cited: Cited) -> str:
    lines = [
        "cff-version: 1.2.0",
        "type: dataset",
        "message: If you use these images, please cite them.",
        f"title: {_quoted(cited.title)}",
    ]
    lines += ["authors:"] * bool(cited.study.authors)
    for author in cited.study.authors:
        lines.append(f"  - family-names: {_quoted(family_name(author))}")
        lines += [f"    given-names: {_quoted(given_names(author))}"] * bool(given_names(author))
        lines += [f"    orcid: https://orcid.org/{(author.orcid or '').rsplit('/', 1)[-1]}"] * bool(author.orcid)
    lines += [f"date-released: {cited.study.release_date}"] * bool(cited.study.release_date)
    lines += [f"license: {_quoted(cited.study.licence or '')}"] * bool(cited.study.licence)
    lines += [f"doi: {_quoted(bare_doi(cited.doi or ''))}"] * bool(cited.doi)
    lines += [f"url: {_quoted(cited.address or '')}"] * bool(cited.address)
    return "\n".join(lines)
