"""Key-Value Pairs: the curator's, the source's by namespace, and those of containers above."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import ClassVar

from publisher.model.annotation import CURATED, Annotation, maps_of, of_kind
from publisher.model.image import Image
from publisher.pages.facts import Fact, pair_facts
from publisher.pages.image_panels.notes import Note, note
from publisher.pages.image_panels.panel import Panel
from publisher.pages.published import PublishedImage

_CLIENT = "openmicroscopy.org/omero/client/mapAnnotation"
"""Namespace of pairs that people edit in OMERO's clients."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PairGroup:
    """Pairs of one annotation: ``title`` is its namespace in words, ``added_on`` the container it came from.

    ``about`` is its description, ``notes`` are what is said about it, ``more`` is the number of pairs that stand in
    the OME-XML alone.
    """

    title: str
    rows: tuple[Fact, ...]
    added_on: str = ""
    about: str = ""
    notes: tuple[Note, ...] = ()
    more: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyValuesPanel(Panel):
    """All pairs; ``count`` is their number."""

    kind: ClassVar[str] = "key_values"

    groups: tuple[PairGroup, ...]
    count: int


def key_values_panel(item: PublishedImage, image: Image) -> KeyValuesPanel:
    """Curated pairs first, then the source's, then inherited ones."""
    own = "From the image file" if item.entry.pairs else ""
    found = [*_groups(maps_of(item.entry.pairs)), *_groups(of_kind(image.annotations, "Map"), own=own)]
    for inherited in item.inherited:
        found += _groups(maps_of(inherited.pairs), added_on=inherited.source)
    count = sum(len(row.values) for group in found for row in group.rows) + sum(group.more for group in found)
    return KeyValuesPanel(groups=tuple(found), count=count)


def _groups(maps: Iterable[Annotation], *, own: str = "", added_on: str = "") -> Iterator[PairGroup]:
    """Maps that have any pairs; one whose namespace has no words is called ``own``."""
    for each in maps:
        if each.pairs:
            yield PairGroup(
                title=namespace_title(each.namespace) or own,
                rows=pair_facts(each.pairs),
                added_on=added_on,
                about=each.description,
                notes=tuple(note(nested, {}) for nested in each.annotations),
                more=each.more,
            )


def namespace_title(namespace: str) -> str:
    """A namespace in a reader's words: OMERO's own client namespace and the curator's have no title."""
    if namespace in ("", CURATED, _CLIENT):
        return ""
    if namespace == "openmicroscopy.org/omero/bulk_annotations":
        return "Attributes"
    short = namespace.removeprefix("openmicroscopy.org/mapr/")
    if short == namespace:
        return namespace
    words = short.replace("_", " ").replace("/", ", ")
    return words.replace("sirna", "siRNA", 1) if words.startswith("sirna") else words[:1].upper() + words[1:]
