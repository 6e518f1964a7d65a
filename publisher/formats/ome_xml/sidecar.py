"""An OME-XML document beside an image file that says more of its images: which of its Images speaks of which."""

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import cached_property

from publisher.errors import DamagedSourceError, Problem, Severity
from publisher.formats.ome_xml.engine import Element
from publisher.formats.ome_xml.refs import owners_of
from publisher.formats.ome_xml.tree import OmeTree
from publisher.model.identity import stem
from publisher.model.image import Image


class Sidecar:
    """A parsed document and what many files ask of it; it is indexed once."""

    def __init__(self, tree: OmeTree) -> None:
        self.tree = tree

    @cached_property
    def owners(self) -> dict[str, Element]:
        """For each ID the part of the document that goes with it."""
        return owners_of(self.tree.root)

    @cached_property
    def _by_id(self) -> dict[str, Element]:
        return {each.get("ID"): each for each in reversed(self.tree.images())}

    @cached_property
    def _first_by_name(self) -> dict[str, Element]:
        return {each.get("Name", "").strip(): each for each in reversed(self.tree.images())}

    @cached_property
    def _named_once(self) -> dict[str, Element]:
        return _once(self.tree.images())

    def images_for(
        self, images: Sequence[Image], path: str, wanted: Sequence[str] = ()
    ) -> tuple[tuple[Element | None, ...], tuple[Problem, ...]]:
        """The Image that speaks of each of ``images``, the images of the file ``path``, and warnings about the others.

        ``wanted`` are IDs or names; as many as there are images, they are in their order. Otherwise an Image is found
        by its name: that of the image, of the file, or ``<file> [<image>]`` as Bio-Formats calls the images of a file
        that holds several. Names that stand twice tell nothing. What has no name to go by is taken in order, where
        the document has as many Images as the file. Raises DamagedSourceError when ``wanted`` names what is not there.
        """
        candidates = self._wanted(wanted) if wanted else self.tree.images()
        if wanted and len(candidates) == len(images):
            return candidates, ()
        named = _by_name(_once(candidates) if wanted else self._named_once, images, path)
        if not any(each is not None for each in named) and len(candidates) == len(images):
            return candidates, ()
        missing = [image for image, each in zip(images, named, strict=True) if each is None]
        return named, (self._unmatched(missing, len(images)),) if missing else ()

    def _wanted(self, wanted: Sequence[str]) -> tuple[Element, ...]:
        found = [(word, self._by_id.get(word, self._first_by_name.get(word))) for word in wanted]
        if problems := [self._no_such_image(word) for word, each in found if each is None]:
            raise DamagedSourceError(*problems)
        return tuple(each for _, each in found)

    def _no_such_image(self, word: str) -> Problem:
        count = len(self.tree.images())
        return Problem(
            code="metadata.no-such-image",
            path=self.tree.name,
            message=f"has no Image with the ID or the name {word!r}; it has {count}",
            hint="`image:` below `metadata:` names Images of the document",
        )

    def _unmatched(self, missing: Sequence[Image], count: int) -> Problem:
        names = ", ".join(repr(image.name or f"series {image.series}") for image in missing[:3])
        return Problem(
            code="metadata.unmatched",
            path=self.tree.name,
            message=f"says nothing of {len(missing)} of {count} images: {names}{' …' if len(missing) > 3 else ''}",
            hint="name its Images in the order of the file's series: `metadata: {path: ..., image: [...]}`",
            severity=Severity.WARNING,
        )


def _once(candidates: Sequence[Element]) -> dict[str, Element]:
    """Images whose name no other has, by that name."""
    times = Counter(each.get("Name", "").strip() for each in candidates)
    return {name: each for each in candidates if (name := each.get("Name", "").strip()) and times[name] == 1}


def _by_name(candidates: Mapping[str, Element], images: Sequence[Image], path: str) -> tuple[Element | None, ...]:
    file_name = path.rstrip("/").rsplit("/", 1)[-1]
    own = Counter(image.name for image in images)
    found: list[Element | None] = []
    for image in images:
        words = [image.name, f"{file_name} [{image.name}]"] if image.name and own[image.name] == 1 else []
        words += [file_name, stem(path)] if len(images) == 1 else []
        found.append(next((candidates[word] for word in words if word in candidates), None))
    return tuple(found)
