"""Relative links between the pages of a site."""

from pathlib import PurePosixPath
from urllib.parse import quote


class Linker:
    """Makes relative, percent-encoded links from one page; quicker than `urls.link` where a page has many."""

    __slots__ = ("_folder", "root")

    def __init__(self, start: PurePosixPath) -> None:
        path = quote(str(start))
        self._folder = path[: path.rfind("/") + 1]
        self.root = "../" * path.count("/")
        """Way up to the site's root: "" or "../../"."""

    def to(self, target: PurePosixPath) -> str:
        """``target`` (below the site's root) as a link from the page; names index.html, for ``file://``."""
        path = quote(str(target))
        folder = self._folder
        if path.startswith(folder):
            return path[len(folder) :] or "."
        return self.root + path


def external(text: str) -> str | None:
    """``text`` when it is an address a page may link to (http, https, ftp, mailto), else None."""
    address = text.strip()
    scheme = address.partition(":")[0].lower()
    if scheme not in ("http", "https", "ftp", "mailto") or any(character in address for character in " <>\"'\\\n\r\t"):
        return None
    return address if scheme == "mailto" or "://" in address else None


def doi_link(doi: str) -> str:
    """Resolvable address of a DOI given bare or as an address."""
    return "https://doi.org/" + quote(bare_doi(doi), safe="/().;:-_<>")


def bare_doi(doi: str) -> str:
    """The DOI alone: ``https://doi.org/10.1038/ncb2591`` -> ``10.1038/ncb2591``."""
    return doi[doi.index("10.") :] if "10." in doi else doi


_TERM_PAGES = {
    "EFO": "http://www.ebi.ac.uk/efo/EFO_",
    "CMPO": "http://www.ebi.ac.uk/cmpo/CMPO_",
    "ORPHA": "http://www.orpha.net/ORDO/Orphanet_",
}


def term_link(accession: str | None) -> str | None:
    """Address that defines an ontology term: ``NCBITaxon:9606`` or ``FBbi_00000251``; None when it names none."""
    if not accession:
        return None
    if "://" in accession:
        return external(accession)
    ontology, _, number = accession.replace("_", ":", 1).partition(":")
    if not (ontology.isalnum() and number.isalnum()):
        return None
    return _TERM_PAGES.get(ontology, f"http://purl.obolibrary.org/obo/{ontology}_") + number
