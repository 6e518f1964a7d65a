"""What is said of a container, in OMERO.web's words: Tags, Key-Value Pairs, Attachments, Comments, Ratings."""

from collections.abc import Iterable
from dataclasses import dataclass

from publisher.model.annotation import Pair, maps_of
from publisher.pages.facts import pair_facts
from publisher.pages.image_panels.download import FileLink, file_link
from publisher.pages.image_panels.key_values import PairGroup, namespace_title
from publisher.pages.image_panels.notes import stars
from publisher.pages.links import Linker
from publisher.pages.published import ContainerNotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Notes:
    """Annotations of a container: ``pairs`` by namespace, ``pair_count`` of them.

    ``rating`` is "★★★★☆ 4 of 5", or empty.
    """

    tags: tuple[str, ...]
    pairs: tuple[PairGroup, ...]
    pair_count: int
    files: tuple[FileLink, ...]
    comments: tuple[str, ...]
    rating: str


def notes(said: ContainerNotes, linker: Linker) -> Notes:
    """Annotations as they are shown on the page that ``linker`` starts from."""
    return Notes(
        tags=tuple(dict.fromkeys(said.tags)),
        pairs=pair_groups(said.pairs),
        pair_count=len(said.pairs),
        files=tuple(filter(None, (file_link(file, linker) for file in said.files))),
        comments=said.comments,
        rating=stars(said.rating) if said.rating else "",
    )


def pair_groups(pairs: Iterable[Pair]) -> tuple[PairGroup, ...]:
    """Pairs by namespace, in their order."""
    return tuple(
        PairGroup(title=namespace_title(group.namespace), rows=pair_facts(group.pairs)) for group in maps_of(pairs)
    )
