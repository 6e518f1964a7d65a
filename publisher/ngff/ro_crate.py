"""ro-crate-metadata.json of one fileset: licence, name, description, organism, imaging method, label images.

Follows the crates of the public OME-NGFF samples (a Dataset whose ``resultOf`` is an image acquisition of a
specimen of a biosample), which the ome-ngff-validator shows: it takes the first name, description and licence
of the graph, and needs the licence as a text (it asks whether that "startsWith" http).
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
class LabelPart:
    """A label image of the fileset: its folder ("0/labels/cells"), its name, and what made it, in words."""

    path: str
    name: str
    origin: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class CrateFacts:
    """What a fileset's crate says; ``licence`` is a URL, ``published`` an ISO 8601 date. Empty values are left out."""

    name: str
    description: str = ""
    licence: str = ""
    published: str = ""
    organisms: tuple[Term, ...] = ()
    imaging_methods: tuple[Term, ...] = ()
    labels: tuple[LabelPart, ...] = ()


def ro_crate(facts: CrateFacts) -> Json:
    """The crate's document (RO-Crate 1.1)."""
    biosamples = [_biosample(number, term) for number, term in enumerate(facts.organisms, 1)]
    acquisitions = [_acquisition(number, term) for number, term in enumerate(facts.imaging_methods, 1)]
    root: Json = {"@id": "./", "@type": "Dataset", "name": facts.name}
    texts = {"description": facts.description, "datePublished": facts.published, "license": facts.licence}
    root |= {key: text for key, text in texts.items() if text}
    if acquisitions:
        root["resultOf"] = [{"@id": entity["@id"]} for entity in acquisitions]
    labels = [_label(part) for part in facts.labels]
    if labels:
        root["hasPart"] = [{"@id": entity["@id"]} for entity in labels]
    specimen = {"@id": "#specimen", "@type": "specimen", "biosample": [{"@id": one["@id"]} for one in biosamples]}
    if biosamples and acquisitions:
        acquisitions = [{**entity, "specimen": {"@id": "#specimen"}} for entity in acquisitions]
    elif biosamples:
        root["about"] = [{"@id": entity["@id"]} for entity in biosamples]
    specimens = [specimen] if biosamples and acquisitions else []
    graph = [_descriptor(), root, *acquisitions, *specimens, *biosamples, *labels]
    return {"@context": _CONTEXT, "@graph": graph}


def _descriptor() -> Json:
    return {
        "@id": "ro-crate-metadata.json",
        "@type": "CreativeWork",
        "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"},
        "about": {"@id": "./"},
    }


def _label(part: LabelPart) -> Json:
    """A folder of the fileset: "Data Entities representing a directory MUST have "Dataset" as their @type"."""
    entity: Json = {"@id": part.path.rstrip("/") + "/", "@type": "Dataset", "name": part.name}
    return {**entity, "description": part.origin} if part.origin else entity


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
