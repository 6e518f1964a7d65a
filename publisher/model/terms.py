"""Ontologies whose terms people write in metadata: how their accessions look, and the page that defines each term."""

import re
from dataclasses import dataclass

_OBO = "https://purl.obolibrary.org/obo/{prefix}_{id}"
"""OBO Foundry's identifier policy (obofoundry.org/id-policy): a term is `http://purl.obolibrary.org/obo/IDSPACE_LOCALID`;
the resolver answers https, too."""
_OBO_ID = r"\d{7,8}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ontology:
    """An ontology by its prefix; ``address`` leads to a term's definition, ``ids`` is what its numbers look like."""

    prefix: str
    title: str
    address: str = _OBO
    ids: str = _OBO_ID


@dataclass(frozen=True, slots=True)
class TermId:
    """A term of a known ontology: ``number`` is the part behind the prefix."""

    ontology: Ontology
    number: str

    @property
    def accession(self) -> str:
        """As most people write it: ``NCBITaxon:9606``."""
        return f"{self.ontology.prefix}:{self.number}"

    @property
    def address(self) -> str:
        """The page that defines it."""
        return self.ontology.address.format(prefix=self.ontology.prefix, id=self.number)


ONTOLOGIES = (
    # Imaging, organisms, specimens: those that REMBI, IDR and the BioImage Archive ask for.
    Ontology(prefix="NCBITaxon", title="NCBI organismal classification", ids=r"\d{1,9}"),
    Ontology(prefix="FBbi", title="Biological Imaging Methods Ontology", ids=r"\d{8}"),
    # EFO's own IRIs: github.com/EBISPOT/efo
    Ontology(prefix="EFO", title="Experimental Factor Ontology", address="https://www.ebi.ac.uk/efo/EFO_{id}"),
    # CMPO's own IRIs, as IDR's bulkmap-config.yml writes them
    Ontology(
        prefix="CMPO", title="Cellular Microscopy Phenotype Ontology", address="https://www.ebi.ac.uk/cmpo/CMPO_{id}"
    ),
    Ontology(prefix="GO", title="Gene Ontology"),
    Ontology(prefix="CL", title="Cell Ontology"),
    Ontology(prefix="CLO", title="Cell Line Ontology"),
    Ontology(prefix="UBERON", title="Uber-anatomy Ontology"),
    Ontology(prefix="PATO", title="Phenotype and Trait Ontology"),
    Ontology(prefix="CHEBI", title="Chemical Entities of Biological Interest", ids=r"\d{1,8}"),
    Ontology(prefix="BTO", title="BRENDA Tissue Ontology"),
    Ontology(prefix="OBI", title="Ontology for Biomedical Investigations"),
    Ontology(prefix="BAO", title="BioAssay Ontology", address="https://www.bioassayontology.org/bao#BAO_{id}"),
    Ontology(prefix="DOID", title="Human Disease Ontology", ids=r"\d{1,8}"),
    Ontology(prefix="MONDO", title="Mondo Disease Ontology"),
    Ontology(prefix="HP", title="Human Phenotype Ontology"),
    Ontology(prefix="MP", title="Mammalian Phenotype Ontology"),
    Ontology(prefix="NCIT", title="NCI Thesaurus", ids=r"C\d{2,7}"),
    Ontology(prefix="ORPHA", title="Orphanet", address="https://www.orpha.net/ORDO/Orphanet_{id}", ids=r"\d{1,7}"),
    Ontology(
        prefix="MESH", title="Medical Subject Headings", address="https://id.nlm.nih.gov/mesh/{id}", ids=r"[CD]\d{6,9}"
    ),
    # Model organisms.
    Ontology(prefix="FBbt", title="Drosophila Anatomy Ontology", ids=r"\d{8}"),
    Ontology(prefix="FBdv", title="Drosophila Developmental Ontology"),
    Ontology(prefix="FBcv", title="FlyBase Controlled Vocabulary"),
    Ontology(prefix="WBbt", title="C. elegans Gross Anatomy Ontology"),
    Ontology(prefix="WBls", title="C. elegans Development Ontology"),
    Ontology(prefix="WBPhenotype", title="C. elegans Phenotype Ontology"),
    Ontology(prefix="ZFA", title="Zebrafish Anatomy Ontology"),
    Ontology(prefix="ZFS", title="Zebrafish Developmental Stages Ontology"),
    Ontology(prefix="XAO", title="Xenopus Anatomy Ontology"),
    Ontology(prefix="EMAPA", title="Mouse Developmental Anatomy Ontology", ids=r"\d{5,8}"),
    Ontology(prefix="MA", title="Mouse Adult Gross Anatomy Ontology"),
    Ontology(prefix="MmusDv", title="Mouse Developmental Stages"),
    Ontology(prefix="HsapDv", title="Human Developmental Stages"),
    Ontology(prefix="PO", title="Plant Ontology"),
    Ontology(prefix="TO", title="Plant Trait Ontology"),
    Ontology(prefix="APO", title="Ascomycete Phenotype Ontology"),
    Ontology(prefix="FYPO", title="Fission Yeast Phenotype Ontology"),
    Ontology(prefix="DDPHENO", title="Dictyostelium Phenotype Ontology"),
    # What measurements and methods are called.
    Ontology(prefix="SO", title="Sequence Ontology"),
    Ontology(prefix="PR", title="Protein Ontology", ids=r"\w{6,12}"),
    Ontology(prefix="ENVO", title="Environment Ontology", ids=r"\d{5,9}"),
    Ontology(prefix="UO", title="Units of Measurement Ontology"),
    Ontology(prefix="MS", title="PSI Mass Spectrometry Ontology"),
    Ontology(prefix="MI", title="PSI Molecular Interactions", ids=r"\d{4}"),
    Ontology(prefix="ECO", title="Evidence and Conclusion Ontology"),
    Ontology(prefix="IAO", title="Information Artifact Ontology"),
    Ontology(prefix="OMIT", title="Ontology for MIRNA Target"),
    # Things: cell lines and research resources have accessions of the same kind.
    Ontology(prefix="CVCL", title="Cellosaurus", address="https://www.cellosaurus.org/CVCL_{id}", ids=r"[A-Z0-9]{4}"),
    Ontology(
        prefix="RRID", title="Research Resource Identifier", address="https://scicrunch.org/resolver/RRID:{id}",
        ids=r"[A-Za-z]+[_:][A-Za-z0-9_:-]{1,40}",
    ),
)  # fmt: skip
"""Every ontology that is known by its prefix."""

_BY_PREFIX = {ontology.prefix.lower(): ontology for ontology in ONTOLOGIES}
_ALIASES = {"taxonomy": "ncbitaxon", "orphanet": "orpha"}
_LONGEST = 200
_WRITTEN = re.compile(r"(?:https?://[\w.-]+/(?:[\w.-]+[/#])*)?(\w+?)[:_](\S{1,60})", re.ASCII)


def ontology_of(prefix: str) -> Ontology | None:
    """The ontology of that prefix, in upper or lower case; None where it is not known."""
    name = prefix.lower()
    return _BY_PREFIX.get(_ALIASES.get(name, name))


def term_id(text: str) -> TermId | None:
    """The term that ``text`` names and nothing beside it; None where it names none of a known ontology.

    Understood are ``NCBITaxon:9606``, ``FBbi_00000251``, upper and lower case alike, and a term's address
    (``http://www.ebi.ac.uk/efo/EFO_0009465``).
    """
    found = _WRITTEN.fullmatch(text.strip()) if len(text) <= _LONGEST else None
    if found is None:
        return None
    ontology = ontology_of(found[1])
    if ontology is None or not re.fullmatch(ontology.ids, found[2], re.ASCII):
        return None
    return TermId(ontology, found[2])
