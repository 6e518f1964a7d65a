"""Relative links between the pages of a site."""

import re
from pathlib import PurePosixPath
from urllib.parse import quote

from publisher.model.terms import term_id


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


_ADDRESS = re.compile(r"(?:https?://|mailto:)[^\s<>\"'\\]+", re.IGNORECASE)


def external(text: str) -> str | None:
    """``text`` when it is an address a page may link to (http, https, mailto), else None.

    What cannot be seen, such as a mark that turns the direction of writing, makes an address look like another.
    """
    address = text.strip()
    return address if _ADDRESS.fullmatch(address) and address.isprintable() else None


def doi_link(doi: str) -> str:
    """Resolvable address of a DOI given bare or as an address."""
    return "https://doi.org/" + quote(bare_doi(doi), safe="/().;:-_<>")


def bare_doi(doi: str) -> str:
    """The DOI alone: ``https://doi.org/10.1038/ncb2591`` -> ``10.1038/ncb2591``."""
    return doi[doi.index("10.") :] if "10." in doi else doi


def term_link(accession: str | None) -> str | None:
    """Address that defines a term: ``NCBITaxon:9606``, ``FBbi_00000251``, or given as an address; None for no term."""
    if not accession:
        return None
    term = term_id(accession)
    return external(accession) or (term.address if term else None)


_DOI = re.compile(r"(?:doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)


def value_link(text: str) -> str | None:
    """Where a whole value leads: an address, a DOI (``doi:10.1038/...``), a term of a known ontology; else None."""
    address = external(text)
    if address:
        return address
    doi = _DOI.fullmatch(text.strip())
    return doi_link(doi[1]) if doi else term_link(text)


def named_address(text: str) -> str | None:
    """The address at the end of a value that has words before it, as IDR writes them: ``CC BY 4.0 https://...``."""
    words, _, last = text.strip().rpartition(" ")
    return external(last) if words and "://" in last else None
