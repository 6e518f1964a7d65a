"""The crate of a fileset: what the ome-ngff-validator shows of it, and what the RO-Crate library reads from it."""

import json
from pathlib import Path
from typing import Any

import pytest

from publisher.ngff.ro_crate import CrateFacts, LabelPart, Term, ro_crate

FACTS = CrateFacts(
    name="Cell B",
    description="Mitosis",
    licence="https://creativecommons.org/licenses/by/4.0/",
    published="2026-01-31",
    organisms=(Term(name="Homo sapiens", id="NCBITaxon:9606"), Term(name="Mus musculus")),
    imaging_methods=(Term(name="confocal microscopy", id="FBbi:00000251"),),
    labels=(LabelPart(path="0/labels/cells", name="cells", origin="Cellpose 3, corrected by hand"),),
)


def graph(facts: CrateFacts = FACTS) -> list[dict[str, Any]]:
    entities = ro_crate(facts)["@graph"]
    assert isinstance(entities, list)
    return entities


def first(key: str) -> Any:
    """What the validator's page takes: the first entity that has the key, whatever it is."""
    return next(entity[key] for entity in graph() if entity.get(key))


def test_the_validator_finds_name_description_and_licence_of_the_fileset() -> None:
    assert first("name") == "Cell B"
    assert first("description") == "Mitosis"
    assert first("license").startswith("http"), "it asks a text; an object would stop the page"


def test_the_validator_finds_organism_and_imaging_method() -> None:
    of_type = {entity["@type"]: entity for entity in reversed(graph()) if isinstance(entity["@type"], str)}
    assert of_type["biosample"]["organism_classification"]["@id"] == "NCBI:txid9606"
    assert of_type["image_acquisition"]["fbbi_id"]["@id"] == "obo:FBbi_00000251"


def test_every_entity_that_is_named_is_there() -> None:
    def references(value: Any) -> set[str]:
        if isinstance(value, list):
            return set().union(*map(references, value))
        if isinstance(value, dict):
            return {value["@id"]} if set(value) == {"@id"} else set().union(*map(references, value.values()))
        return set()

    ids = [entity["@id"] for entity in graph()]
    assert len(ids) == len(set(ids))
    terms = {"https://w3id.org/ro/crate/1.1", "NCBI:txid9606", "obo:FBbi_00000251"}
    assert references(graph()) - terms <= set(ids)


def test_labels_are_parts_with_their_origin() -> None:
    root = graph()[1]
    assert root["hasPart"] == [{"@id": "0/labels/cells/"}]
    assert graph()[-1] == {
        "@id": "0/labels/cells/",
        "@type": "Dataset",
        "name": "cells",
        "description": "Cellpose 3, corrected by hand",
    }


def test_unknown_facts_are_left_out() -> None:
    assert graph(CrateFacts(name="x"))[1:] == [{"@id": "./", "@type": "Dataset", "name": "x"}]


def test_the_library_of_ro_crate_reads_it(tmp_path: Path) -> None:
    rocrate = pytest.importorskip("rocrate.rocrate")
    (tmp_path / "ro-crate-metadata.json").write_text(json.dumps(ro_crate(FACTS)))
    (tmp_path / "0/labels/cells").mkdir(parents=True)
    crate = rocrate.ROCrate(tmp_path)
    root = crate.root_dataset
    assert (root["name"], root["description"], root["license"]) == (FACTS.name, FACTS.description, FACTS.licence)
    assert root.properties()["datePublished"] == "2026-01-31"
    assert [part.id for part in root["hasPart"]] == ["0/labels/cells/"]
    acquisition = root["resultOf"][0]
    assert acquisition["name"] == "confocal microscopy"
    assert [sample["name"] for sample in acquisition["specimen"]["biosample"]] == ["Homo sapiens", "Mus musculus"]
