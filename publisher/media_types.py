"""Media types of the files a site holds, by suffix: one table for the preview server and for host snippets.

Hosts disagree (csv, parquet and md are octet-stream on nginx, parquet has none on Apache and Caddy:
measured), and a Zarr reader or a browser that is told the wrong type fails in odd ways.
"""

from collections.abc import Mapping
from pathlib import PurePosixPath
from types import MappingProxyType

OCTET_STREAM = "application/octet-stream"

MEDIA_TYPES: Mapping[str, str] = MappingProxyType(
    {
        ".atom": "application/atom+xml",
        ".avif": "image/avif",
        ".bib": "application/x-bibtex",
        ".css": "text/css",
        ".csv": "text/csv",
        ".geojson": "application/geo+json",
        ".gif": "image/gif",
        ".gz": "application/gzip",
        ".html": "text/html",
        ".ico": "image/x-icon",
        ".jpeg": "image/jpeg",
        ".jpg": "image/jpeg",
        ".js": "text/javascript",
        ".json": "application/json",
        ".jsonld": "application/ld+json",
        ".map": "application/json",
        ".md": "text/markdown",
        ".mjs": "text/javascript",
        ".ozx": "application/zip",
        ".parquet": "application/vnd.apache.parquet",
        ".pdf": "application/pdf",
        ".png": "image/png",
        ".ris": "application/x-research-info-systems",
        ".rss": "application/rss+xml",
        ".svg": "image/svg+xml",
        ".tif": "image/tiff",
        ".tiff": "image/tiff",
        ".tsv": "text/tab-separated-values",
        ".ttl": "text/turtle",
        ".txt": "text/plain",
        ".wasm": "application/wasm",
        ".webmanifest": "application/manifest+json",
        ".webp": "image/webp",
        ".woff2": "font/woff2",
        ".xml": "application/xml",
        ".yaml": "application/yaml",
        ".yml": "application/yaml",
        ".zip": "application/zip",
    }
)
"""Suffix, with its dot, to media type without parameters."""

ZARR_2_DOCUMENTS = frozenset({".zarray", ".zattrs", ".zgroup", ".zmetadata"})
"""Metadata files of Zarr version 2 (OME-Zarr 0.4 and older): JSON, and the only dotfiles that belong to a site."""


def media_type(name: str) -> str:
    """Media type of a file by its name, without parameters; a chunk (no suffix) is application/octet-stream."""
    if name in ZARR_2_DOCUMENTS:
        return MEDIA_TYPES[".json"]
    return MEDIA_TYPES.get(PurePosixPath(name).suffix.lower(), OCTET_STREAM)


def is_text(media: str) -> bool:
    """Whether a browser must be told the encoding: of text/*, not of JSON or XML, which say it themselves."""
    return media.startswith("text/")
