"""Annotations: what people wrote about an image, a container, a well, a region."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

CURATED = "publisher/images.csv"
"""Namespace of pairs that a curator gave in images.csv."""

Kind = Literal["Map", "Tag", "Comment", "Long", "Double", "Boolean", "Timestamp", "Term", "File", "XML", "List"]
"""The eleven elements of OME 2016-06's StructuredAnnotations, without "Annotation"."""


@dataclass(frozen=True, slots=True)
class Pair:
    """One key and its value; keys may repeat, values may be empty, order is meaning.

    ``namespace`` is that of the Map annotation it is in, where a curator gave one ("openmicroscopy.org/mapr/gene").
    """

    key: str
    value: str
    namespace: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachedFile:
    """The file of a File annotation (OME BinaryFile); ``name`` without folders, ``size`` in bytes, ``sha1`` in hex.

    ``href`` is where the document says that the file is: an address, or a path on somebody's disk.
    """

    name: str
    size: int | None = None
    media_type: str = ""
    sha1: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One annotation of any kind.

    ``value`` is what it says: of Tag, Comment, Long and the other simple kinds their text, of XML its elements as
    text (empty where only the published document is to be asked), empty for the rest. ``pairs`` are those of a Map,
    ``file`` that of a File. ``annotations`` are what is said about the annotation itself, and of a List its members,
    in their order. ``more`` is the number of characters, of a Map of pairs, that the document has beyond these.
    """

    kind: Kind
    value: str = ""
    pairs: tuple[Pair, ...] = ()
    file: AttachedFile | None = None
    annotations: tuple["Annotation", ...] = ()
    namespace: str = ""
    description: str = ""
    id: str = ""
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class OriginalMetadata:
    """The first of a vendor's own keys and values, which Bio-Formats keeps beside OME's; ``count`` is that of all."""

    pairs: tuple[Pair, ...] = ()
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class XmlText:
    """The beginning of the content of an XML annotation, found by its ID; ``characters`` is the length of the whole."""

    id: str
    text: str
    characters: int


def of_kind(annotations: Iterable[Annotation], *kinds: Kind) -> tuple[Annotation, ...]:
    """Those of ``annotations`` that are of one of ``kinds``, in their order; lists are followed by their members."""
    return tuple(each for each in _flat(annotations) if each.kind in kinds)


def _flat(annotations: Iterable[Annotation]) -> Iterator[Annotation]:
    for each in annotations:
        yield each
        if each.kind == "List":
            yield from _flat(each.annotations)


def maps_of(pairs: Iterable[Pair]) -> tuple[Annotation, ...]:
    """``pairs`` as Map annotations: those that follow each other in one namespace are one.

    In a namespace a new one begins where the first key comes again after others: two phenotypes are two annotations.
    Pairs without a namespace stay together as long as no other comes between.
    """
    groups: list[list[Pair]] = []
    for pair in pairs:
        last = groups[-1] if groups else []
        again = last and pair.namespace and pair.key == last[0].key != last[-1].key
        if not last or last[0].namespace != pair.namespace or again:
            groups.append([])
        groups[-1].append(pair)
    return tuple(Annotation(kind="Map", pairs=tuple(group), namespace=group[0].namespace) for group in groups)
