"""Terms of ontologies as people write them."""

import pytest

from publisher.model.terms import ONTOLOGIES, term_id


@pytest.mark.parametrize(
    ("text", "accession", "address"),
    [
        ("NCBITaxon:9606", "NCBITaxon:9606", "https://purl.obolibrary.org/obo/NCBITaxon_9606"),
        ("ncbitaxon_9606", "NCBITaxon:9606", "https://purl.obolibrary.org/obo/NCBITaxon_9606"),
        (" FBbi_00000251 ", "FBbi:00000251", "https://purl.obolibrary.org/obo/FBbi_00000251"),
        ("http://www.ebi.ac.uk/efo/EFO_0009465", "EFO:0009465", "https://www.ebi.ac.uk/efo/EFO_0009465"),
        ("CMPO_0000435", "CMPO:0000435", "https://www.ebi.ac.uk/cmpo/CMPO_0000435"),
        ("NCIT:C17459", "NCIT:C17459", "https://purl.obolibrary.org/obo/NCIT_C17459"),
        ("CVCL_0030", "CVCL:0030", "https://www.cellosaurus.org/CVCL_0030"),
        ("RRID:AB_2298772", "RRID:AB_2298772", "https://scicrunch.org/resolver/RRID:AB_2298772"),
    ],
)
def test_a_term_is_known_by_its_prefix_however_it_is_written(text: str, accession: str, address: str) -> None:
    found = term_id(text)
    assert found is not None
    assert (found.accession, found.address) == (accession, address)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "GO",
        "GO:",
        "GO:12",
        "GO:0005634 nucleus",
        "well_1234567",
        "javascript:0005634",
        'GO:"><b>',
        "GO:\u0661234567",
    ],
)
def test_what_only_looks_like_a_term_is_none(text: str) -> None:
    assert term_id(text) is None


def test_a_long_text_is_no_term_and_costs_no_time() -> None:
    assert term_id("a" * 10_000_000) is None


def test_every_ontology_leads_to_an_https_address_of_its_term() -> None:
    prefixes = [ontology.prefix.lower() for ontology in ONTOLOGIES]
    assert len(prefixes) == len(set(prefixes))
    assert all(ontology.address.startswith("https://") and "{id}" in ontology.address for ontology in ONTOLOGIES)
