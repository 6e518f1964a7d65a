"""What an RO-Crate says of a study, in the keys of study.yaml.

Read are the words of RO-Crate and schema.org, those of the BioImage Archive (bia:Study, as in S-BIAD843), and of GIDE's
profile for search (about, measurementMethod).
"""

import re
from collections.abc import Iterable, Iterator

from publisher.importers.draft import Todo, counted
from publisher.importers.idr.words import accession, as_markdown, bare_doi, day, orcid, url
from publisher.importers.ro_crate.graph import Crate, Entity

Keys = dict[str, object]

_CREATIVE_COMMONS = re.compile(r"creativecommons\.org/licenses/([a-z-]+)/(\d\.\d)", re.IGNORECASE)
_SPDX = re.compile(r"spdx\.org/licenses/([A-Za-z0-9.+-]+?)(?:\.html|\.json)?/?\Z", re.IGNORECASE)
_TAXON = re.compile(r"(?:NCBI:txid|NCBITaxon[_:]|wwwtax\.cgi\?(?:mode=Info&)?id=|taxonomy/)(\d+)", re.IGNORECASE)
_FBBI = re.compile(r"FBbi[_:](\d{8})", re.IGNORECASE)
_ROR = re.compile(r"https?://ror\.org/[0-9a-z]+", re.IGNORECASE)
_PAPERS = frozenset({"ScholarlyArticle", "Publication", "Article"})
_CORRESPONDING = ("corresponding", "contact")


def study_keys(crate: Crate, fallback: str) -> Keys:
    """The keys that say of the study what its root and the things it names say; those that say nothing are left out."""
    root = crate.root
    released = day(root.text("datePublished", "releaseDate"))
    identifier = root.text("accessionId", "identifier")
    found: Keys = {
        "title": root.text("name", "title", "headline") or fallback,
        "description": _paragraphs(root.texts("description", "abstract")),
        "accession": identifier if identifier and "/" not in identifier and " " not in identifier else "",
        "doi": next((doi for each in _identifiers(root) if (doi := bare_doi(each))), ""),
        "authors": [_author(each) for each in root.entities("contributor", "author", "creator") if each.name],
        "publications": [each for each in map(_publication, _publications(root)) if each],
        "licence": _licence(root),
        "release_date": released,
        "keywords": list(_keywords(root)),
        "organisms": list(_organisms(crate)),
        "imaging_methods": list(_imaging_methods(crate)),
        "biosample": _paragraphs(_of_entities(crate.all("BioSample"), _BIOSAMPLE)),
        "specimen": _paragraphs([*_of_entities(crate.all(_PREPARATION), _PROTOCOL), *_channels(crate)]),
        "acquisition": _acquisition(crate),
        "analysis": _paragraphs(_of_entities(crate.all("ImageAnalysisMethod"), _PROTOCOL)),
        "protocols": list(_protocols(crate)),
        "funding": [grant for grant in _funding(root) if grant.get("funder")],
        "acknowledgements": _paragraphs(root.texts("acknowledgement", "acknowledgements")),
        "links": list(_links(root)),
    }
    return {key: value for key, value in found.items() if value}


def left_out(crate: Crate) -> Iterator[Todo]:
    """What the curator should know of people."""
    mails = [
        each for each in crate.root.entities("contributor", "author", "creator") if each.text("contactEmail", "email")
    ]
    if mails:
        message = f"e-mail addresses of {counted(len(mails), 'author')} left out"
        yield Todo(f"{message}; give `email` to the one with `contact: true`", "authors")


_PREPARATION = "SpecimenImagingPreparationProtocol"
_BIOSAMPLE = ("biologicalEntityDescription", "description")
_PROTOCOL = ("protocolDescription", "description", "methodDescription")


def _identifiers(root: Entity) -> Iterator[str]:
    yield from root.texts("doi")
    yield from root.texts("identifier")
    yield from (each.id for each in root.entities("identifier", "cite-as"))
    yield from root.texts("cite-as", "sameAs")
    yield root.id


def _paragraphs(texts: Iterable[str]) -> str:
    return "\n\n".join(dict.fromkeys(as_markdown(text) for text in texts if text.strip()))


def _of_entities(found: Iterable[Entity], keys: tuple[str, ...]) -> list[str]:
    return [text for each in found for text in each.texts(*keys)]


def _author(person: Entity) -> Keys:
    roles = [role.strip() for role in person.texts("role", "roles", "jobTitle") if role.strip()]
    where = next(iter(person.entities("affiliation", "memberOf")), None)
    keys: Keys = {
        "name": person.name,
        "family": person.text("familyName"),
        "orcid": orcid(person.id) or orcid(person.text("orcid", "identifier")),
        "affiliation": _affiliation(where) if where else person.text("affiliation"),
        "roles": roles,
        "contact": any(word in role.lower() for role in roles for word in _CORRESPONDING),
    }
    return {key: value for key, value in keys.items() if value}


def _affiliation(where: Entity) -> object:
    ror = next(
        (found[0] for each in (where.id, *where.texts("identifier", "ror", "url")) if (found := _ROR.search(each))), ""
    )
    return {"name": where.name, "ror": ror} if ror else where.name


def _publications(root: Entity) -> tuple[Entity, ...]:
    named = root.entities("relatedPublication", "publication", "citation", "subjectOf", "isReferencedBy")
    return tuple(each for each in named if each.types & _PAPERS or bare_doi(each.id))


def _publication(paper: Entity) -> Keys:
    year = re.match(r"\d{4}", paper.text("year", "datePublished"))
    pubmed = re.search(r"\d+", paper.text("pubmedId", "pubmed_id", "pmid"))
    pmc = re.search(r"PMC\d+", paper.text("pmcId", "pmc_id", "pmcid"))
    keys: Keys = {
        "title": paper.text("name", "title", "headline") or bare_doi(paper.id),
        "authors": paper.text("authorNames") or ", ".join(paper.texts("author")),
        "journal": paper.text("journal", "isPartOf"),
        "year": int(year[0]) if year else None,
        "doi": bare_doi(paper.text("doi", "identifier")) or bare_doi(paper.id),
        "pubmed": pubmed[0] if pubmed else "",
        "pmc": pmc[0] if pmc else "",
    }
    return {key: value for key, value in keys.items() if value} if keys["title"] else {}


def _licence(root: Entity) -> str:
    """A licence as SPDX writes it; as it is where its address is not known."""
    said = [each.id for each in root.entities("license", "licence")] + list(root.texts("license", "licence"))
    for text in said:
        if found := _CREATIVE_COMMONS.search(text):
            return f"CC-{found[1].upper()}-{found[2]}"
        if "creativecommons.org/publicdomain/zero/1.0" in text.lower():
            return "CC0-1.0"
        if found := _SPDX.search(text):
            return found[1]
    return next(iter(root.texts("license", "licence")), "")


def _keywords(root: Entity) -> Iterator[str]:
    for text in root.texts("keywords", "keyword"):
        yield from (word.strip() for word in text.split(",") if word.strip())


def _organisms(crate: Crate) -> Iterator[Keys]:
    """Taxa that the graph speaks of, and identifiers of taxa that samples name without more."""
    seen: set[str] = set()
    samples = [*crate.all("BioSample", "biosample"), crate.root]
    keys = ("organismClassification", "organism_classification", "taxonomicRange", "about")
    named = [each for sample in samples for each in sample.entities(*keys)]
    for taxon in (*crate.all("Taxon"), *(each for each in named if _TAXON.search(each.id))):
        found = _TAXON.search(taxon.id) or _TAXON.search(" ".join(taxon.texts("identifier", "ncbiId", "sameAs")))
        name = taxon.text("scientificName", "name") or (f"NCBITaxon:{found[1]}" if found else taxon.name)
        if (key := found[1] if found else name) not in seen:
            seen.add(key)
            yield {"name": name, "accession": f"NCBITaxon:{found[1]}"} if found else {"name": name}


def _imaging_methods(crate: Crate) -> Iterator[Keys]:
    seen: set[str] = set()
    for protocol in crate.all("ImageAcquisitionProtocol", "image_acquisition"):
        names = protocol.texts("imagingMethodName") or (protocol.name,)
        numbers = [found[1] for text in protocol.texts("fbbiId", "fbbi_id") if (found := _FBBI.search(text))]
        numbers += [found[1] for each in protocol.entities("fbbi_id") if (found := _FBBI.search(each.id))]
        for at, name in enumerate(names):
            if name not in seen:
                seen.add(name)
                yield {"name": name, "accession": f"FBbi_{numbers[at]}"} if at < len(numbers) else {"name": name}
    for method in crate.root.entities("measurementMethod", "measurementTechnique"):
        found = _FBBI.search(method.id)
        if method.name not in seen:
            seen.add(method.name)
            said = method.name if method.said else ""
            identifier = f"FBbi_{found[1]}" if found else accession("", method.text("identifier", "termCode"))
            yield {"name": said or identifier, "accession": identifier} if identifier else {"name": method.name}
    for name in crate.root.texts("measurementMethod", "measurementTechnique"):
        if name not in seen and not crate.root.entities("measurementMethod", "measurementTechnique"):
            seen.add(name)
            yield {"name": name}


def _acquisition(crate: Crate) -> Keys:
    protocols = list(crate.all("ImageAcquisitionProtocol"))
    instruments = dict.fromkeys(text for each in protocols for text in each.texts("imagingInstrumentDescription"))
    several = len(protocols) > 1
    words = [
        f"{each.called}: {text}" if several else text
        for each in protocols
        for text in each.texts("protocolDescription", "description")
    ]
    keys: Keys = {"instrument": "; ".join(instruments), "parameters": _paragraphs(words)}
    return {key: value for key, value in keys.items() if value}


def _channels(crate: Crate) -> Iterator[str]:
    """What each channel shows, in a sentence."""
    for channel in crate.all("SignalChannel"):
        label = channel.text("channelLabel") or channel.name
        shown = channel.text("channelContentDescription")
        what = channel.text("channelBiologicalEntity")
        how = channel.text("signalContrastMechanismDescription")
        words = ", ".join(filter(None, (shown, what, how)))
        if words:
            yield f"Channel {label}: {words}"


def _protocols(crate: Crate) -> Iterator[Keys]:
    """Methods that study.yaml has no key of their own for: how annotations were made, and protocols of any kind."""
    for method in crate.all("AnnotationMethod", "Protocol", "ImageCorrelationMethod", "GrowthProtocol"):
        words = [
            *method.texts("title", "description"),
            *method.texts("protocolDescription"),
            *(f"Criteria: {text}" for text in method.texts("annotationCriteria")),
            *(f"Coverage: {text}" for text in method.texts("annotationCoverage")),
        ]
        kind = ", ".join(method.texts("methodType")) or _spaced(method)
        yield {"name": method.called, "type": kind, "description": _paragraphs(words)}


def _spaced(entity: Entity) -> str:
    """The type of an entity in words: "GrowthProtocol" is "growth protocol"."""
    kinds = sorted(entity.types - {"CreativeWork", "Thing"})
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", kinds[0]).lower() if kinds else ""


def _funding(root: Entity) -> Iterator[Keys]:
    for grant in root.entities("grant", "funding"):
        funder = next(iter(grant.entities("funder", "fundingBody")), None)
        number = grant.text("identifier", "grantId", "awardNumber")
        yield _grant(funder.name if funder else grant.text("funder") or grant.name, number, funder)
    for funder in root.entities("funder"):
        yield _grant(funder.name, "", funder)
    for text in root.texts("fundingStatement"):
        yield {"funder": text}


def _grant(name: str, number: str, funder: Entity | None) -> Keys:
    ror = _ROR.search(funder.id) if funder else None
    keys: Keys = {"funder": name, "grant": number, "ror": ror[0] if ror else ""}
    return {key: value for key, value in keys.items() if value}


def _links(root: Entity) -> Iterator[Keys]:
    seen: set[str] = set()
    for each in root.entities("seeAlso", "link", "relatedLink"):
        address = url(each.text("url", "link") or each.id)
        if address and address not in seen:
            seen.add(address)
            yield {"title": each.text("linkDescription", "description", "name") or address, "url": address}
    for text in (*root.texts("url", "sameAs"), root.id):
        if text.startswith("http") and (address := url(text)) and address not in seen and not bare_doi(address):
            seen.add(address)
            yield {"title": address, "url": address}
