"""Identifiers: pure functions of content, so that no build history can change a URL."""

import hashlib
import re
import unicodedata

_UNSAFE = re.compile(r"[^a-z0-9]+")
SAFE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}\Z")
"""What an id may be: safe in URLs, file systems and Zarr paths (NGFF rule 7)."""

IMAGE_SUFFIXES = (".ome.tiff", ".ome.tif", ".ome.zarr", ".ome.xml", ".companion.ome", ".tiff", ".tif", ".zarr", ".ome")


def slug(text: str, *, limit: int = 60) -> str:
    """Lower-case ASCII letters, digits and single hyphens; "x" when nothing is left of ``text``."""
    ascii_text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return _UNSAFE.sub("-", ascii_text).strip("-")[:limit].strip("-") or "x"


def stem(path: str) -> str:
    """File name without its image suffix: ``a/Cell 1.ome.tiff`` -> ``Cell 1``."""
    name = path.rstrip("/").rsplit("/", 1)[-1]
    for suffix in IMAGE_SUFFIXES:
        if name.lower().endswith(suffix) and len(name) > len(suffix):
            return name[: -len(suffix)]
    return name.rsplit(".", 1)[0] if "." in name[1:] else name


def _short_hash(*parts: str) -> str:
    return hashlib.sha256("\x00".join(parts).encode()).hexdigest()[:8]


def fileset_id(study: str, path: str) -> str:
    """Id of the fileset read from ``path`` (relative to its study, with ``/``): ``cell-1-5f3a09be``."""
    return f"{slug(stem(path), limit=40)}-{_short_hash(study, path)}"


def plate_fileset_id(fileset: str, number: int, *, alone: bool) -> str:
    """Id of the fileset of plate ``number`` (from 0) of a source whose own fileset is ``fileset``.

    ``alone``: the source holds this plate and no other image. Otherwise ``fileset`` itself is for the images on no
    plate.
    """
    return fileset if alone else f"{fileset}-plate-{number + 1}"


def image_id(study: str, path: str, series: int) -> str:
    """Id of one image; differs from every other by path and series, whatever else the study holds."""
    number = f"-{series + 1}" if series else ""
    return f"{slug(stem(path), limit=40)}{number}-{_short_hash(study, path, str(series))}"


def record_id(study: str, dataset: str, name: str, occurrence: int) -> str:
    """Id of a row without pixels; ``occurrence`` counts equal names within the dataset from 0."""
    return f"{slug(name, limit=40)}-{_short_hash(study, dataset, name, str(occurrence))}"
