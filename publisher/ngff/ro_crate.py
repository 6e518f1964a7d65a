"""ro-crate-metadata.json of one fileset: licence, name, description, organism, imaging method.

Follows the crates of the public OME-NGFF samples (a Dataset whose ``resultOf`` is an image acquisition of a
specimen of a biosample), which the ome-ngff-validator shows.
"""

from dataclasses import dataclass

Json = dict[str, object]

_CONTEXT: list[object] = [
    "https://w3id.org/ro/crate/1.1/context",
    {
        "obo": "http://purl.obolibrary.org/obo/",
        "NCBI": "https://www.ncbi.nlm.nih.gov/taxonomy/",
        "biosample": "obo:OBI_0002648",
        "specimen": "obo:HSO_0000308",
        "image_acquisition": "obo:OBI_0001147",
        "organism_classification": {"@id": "https://schema.org/taxonomicRange", "@type": "@id"},
        "fbbi_id": {"@id": "obo:FBbi_00000222", "@type": "@id"},
        "resultOf": {"@reverse": "https://schema.org/result", "@type": "@id"},
    },
]
"""Words beyond RO-Crate's own, with the identifiers that the public samples give them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """A word and where it is defined: "Homo sapiens", "NCBITaxon:9606"; ``id`` empty when not known."""

    name: str
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrateFacts:
    """What a fileset's crate says; ``licence`` is a URL. Empty values are left out."""

    name: str
    description: str = ""
    licence: str = ""
    organisms: tuple[Term, ...] = ()
    imaging_methods: tuple[Term, ...] = ()


def ro_crate(facts: CrateFacts) -> Json:
    """The crate's document (RO-Crate 1.1)."""
    biosamples = [_biosample(number, term) for number, term in enumerate(facts.organisms, 1)]
    acquisitions = [_acquisition(number, term) for number, term in enumerate(facts.imaging_methods, 1)]
    root: Json = {"@id": "./", "@type": "Dataset", "name": facts.name}
    if facts.description:
        root["description"] = facts.description
    if facts.licence:
        root["license"] = {"@id": facts.licence}
    if acquisitions:
        root["resultOf"] = [{"@id": entity["@id"]} for entity in acquisitions]
    specimen = {"@id": "#specimen", "@type": "specimen", "biosample": [{"@id": one["@id"]} for one in biosamples]}
    if biosamples and acquisitions:
        acquisitions = [{**entity, "specimen": {"@id": "#specimen"}} for entity in acquisitions]
    elif biosamples:
        root["about"] = [{"@id": entity["@id"]} for entity in biosamples]
    graph = [_descriptor(), root, *acquisitions, *([specimen] if biosamples and acquisitions else []), *biosamples]
    return {"@context": _CONTEXT, "@graph": graph}


def _descriptor() -> Json:
    return {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }


def _biosample(number: int, organism: Term) -> Json:
    entity: Json = {"@id": f"#biosample-{number}", "@type": "biosample", "name": organism.name}
    if organism.id:
        entity["organism_classification"] = {"@id": organism.id.replace("NCBITaxon:", "NCBI:txid")}
    return entity


def _acquisition(number: int, method: Term) -> Json:
    entity: Json = {"@id": f"#image-acquisition-{number}", "@type": "image_acquisition", "name": method.name}
    if method.id:
        entity["fbbi_id"] = {"@id": "obo:" + method.id.replace(":", "_")}
    return entity
