"""Annotations: what people wrote about an image."""

from dataclasses import dataclass

CURATED = "publisher/images.csv"
"""Namespace of pairs that a curator gave in images.csv."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One key and its value; keys may repeat, values may be empty, order is meaning."""

    key: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MapAnnotation:
    """Key-value pairs under one namespace (OME MapAnnotation, OMERO key-value pairs)."""

    pairs: tuple[Pair, ...]
    namespace: str = ""
    id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TextAnnotation:
    """A tag, comment or other single value; ``kind`` is the OME element without "Annotation": "Tag", "Long"."""

    kind: str
    value: str
    namespace: str = ""
    description: str = ""
    id: str = ""
