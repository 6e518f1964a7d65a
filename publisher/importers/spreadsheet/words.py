"""Spellings of headings and keys in curators' spreadsheets, and the words of study.yaml that they stand for."""

import re
from collections.abc import Mapping

_SIGNS = re.compile(r"[^a-z0-9]+")

FILE = ("filename", "file", "imagefile", "imagefilename", "path", "filepath", "imagepath", "image", "relativepath")
"""Headings of the column that says which file a row is about, squeezed; the first that a table has is taken."""

COLUMNS: Mapping[str, str] = {
    "imagename": "name",
    "name": "name",
    "title": "name",
    "displayname": "name",
    "description": "description",
    "imagedescription": "description",
    "series": "series",
    "seriesnumber": "series",
    "dataset": "dataset",
    "datasetname": "dataset",
    "project": "project",
    "projectname": "project",
    "plate": "plate",
    "platename": "plate",
    "plateid": "plate",
    "well": "well",
    "wellid": "well",
    "wellname": "well",
    "field": "field",
    "fieldnumber": "field",
    "acquisition": "acquisition",
    "run": "acquisition",
}
"""Headings with a meaning beside the file, squeezed: the column of images.csv, or "project"."""

KEYS: Mapping[str, str] = {
    "title": "title",
    "studytitle": "title",
    "name": "title",
    "description": "description",
    "studydescription": "description",
    "abstract": "description",
    "accession": "accession",
    "accessionid": "accession",
    "studytype": "study_type",
    "doi": "doi",
    "datadoi": "doi",
    "authors": "authors",
    "author": "authors",
    "licence": "licence",
    "license": "licence",
    "copyright": "copyright",
    "releasedate": "release_date",
    "publicreleasedate": "release_date",
    "keywords": "keywords",
    "keyword": "keywords",
    "organism": "organisms",
    "organisms": "organisms",
    "species": "organisms",
    "imagingmethod": "imaging_methods",
    "imagingmethods": "imaging_methods",
    "biosample": "biosample",
    "biologicalentity": "biosample",
    "specimen": "specimen",
    "samplepreparation": "specimen",
    "samplepreparationprotocol": "specimen",
    "instrument": "instrument",
    "microscope": "instrument",
    "imaginginstrument": "instrument",
    "acquisitionparameters": "parameters",
    "imageacquisitionparameters": "parameters",
    "analysis": "analysis",
    "imageanalysis": "analysis",
    "imageanalysisoverview": "analysis",
    "funding": "funding",
    "grant": "funding",
    "acknowledgements": "acknowledgements",
    "acknowledgments": "acknowledgements",
    "publicationtitle": "publication title",
    "papertitle": "publication title",
    "publicationdoi": "publication doi",
    "paperdoi": "publication doi",
    "pubmedid": "publication pubmed",
    "pmcid": "publication pmc",
    "note": "note",
}
"""Keys of a table of keys and values, squeezed, and what they say of the study."""

PERSON: Mapping[str, str] = {
    "name": "name",
    "fullname": "name",
    "author": "name",
    "firstname": "first",
    "givenname": "first",
    "lastname": "family",
    "surname": "family",
    "familyname": "family",
    "orcid": "orcid",
    "orcidid": "orcid",
    "affiliation": "affiliation",
    "institution": "affiliation",
    "organisation": "affiliation",
    "organization": "affiliation",
    "ror": "ror",
    "role": "roles",
    "roles": "roles",
    "email": "email",
    "emailaddress": "email",
}
"""Headings of a table of authors, squeezed."""

_ASIDE = re.compile(r"(example|instruction|readme|read me|template|lookup|help)", re.IGNORECASE)


def squeezed(heading: str) -> str:
    """Letters and digits of a heading in lower case: "File name (*)" and "filename" are one."""
    return _SIGNS.sub("", heading.lower())


def is_aside(name: str) -> bool:
    """Whether a sheet of this name says how to fill in the others."""
    return bool(_ASIDE.search(name))


def file_column(header: tuple[str, ...]) -> int | None:
    """The column that says which file a row is about; "image name" where nothing else does."""
    words = [squeezed(heading) for heading in header]
    for wanted in (*FILE, "imagename"):
        if wanted in words:
            return words.index(wanted)
    return None
