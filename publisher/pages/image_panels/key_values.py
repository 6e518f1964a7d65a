"""Key-Value Pairs: the curator's, the source's by namespace, and those of containers above."""

from dataclasses import dataclass
from typing import ClassVar

from publisher.model.annotation import CURATED, maps_of, of_kind
from publisher.model.image import Image
from publisher.pages.facts import Fact, pair_facts
from publisher.pages.image_panels.panel import Panel
from publisher.pages.published import PublishedImage


@dataclass(frozen=True, slots=True, kw_only=True)
class PairGroup:
    """Pairs of one annotation: ``title`` is its namespace in words, ``added_on`` the container it came from."""

    title: str
    rows: tuple[Fact, ...]
    added_on: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyValuesPanel(Panel):
    """All pairs; ``count`` is their number."""

    kind: ClassVar[str] = "key_values"

    groups: tuple[PairGroup, ...]
    count: int


def key_values_panel(item: PublishedImage, image: Image) -> KeyValuesPanel:
    """Curated pairs first, then the source's, then inherited ones."""
    found = [(namespace_title(group.namespace), group.pairs, "") for group in maps_of(item.entry.pairs)]
    own = "From the image file" if item.entry.pairs else ""
    maps = of_kind(image.annotations, "Map")
    found += [(namespace_title(annotation.namespace) or own, annotation.pairs, "") for annotation in maps]
    found += [
        (namespace_title(group.namespace), group.pairs, inherited.source)
        for inherited in item.inherited
        for group in maps_of(inherited.pairs)
    ]
    found = [group for group in found if group[1]]
    groups = tuple(PairGroup(title=title, rows=pair_facts(pairs), added_on=source) for title, pairs, source in found)
    return KeyValuesPanel(groups=groups, count=sum(len(pairs) for _, pairs, _ in found))


def namespace_title(namespace: str) -> str:
    """A namespace in a reader's words: OMERO's own client namespace and the curator's have no title."""
    if namespace in ("", CURATED, "openmicroscopy.org/omero/client/mapAnnotation"):
        return ""
    if namespace == "openmicroscopy.org/omero/bulk_annotations":
        return "Attributes"
    short = namespace.removeprefix("openmicroscopy.org/mapr/")
    return short.capitalize() if short != namespace else namespace
