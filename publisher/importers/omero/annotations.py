"""What OMERO says of a project, dataset, screen, plate or well, in the keys of study.yaml or the cells of a row."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from publisher.catalogue.curation import key_and_namespace
from publisher.formats.ome_xml.annotation import read_annotation
from publisher.formats.ome_xml.engine import Element, local
from publisher.formats.ome_xml.packing import is_packing, packed_names, packed_paths
from publisher.formats.ome_xml.read import text_of
from publisher.formats.ome_xml.tree import OmeTree
from publisher.importers.draft import Todo, counted
from publisher.importers.pack_files import PackFiles
from publisher.model.annotation import Annotation

CLIENT = "openmicroscopy.org/omero/client/mapAnnotation"
"""Namespace of the pairs that people type into OMERO; every other one says who or what wrote them."""
RATING = "openmicroscopy.org/omero/insight/rating"
RENDERING = "CLITransferRenderingSettings"
_ATTACHMENTS = "attachments"
_PRIVATE = {"original_user": "users", "original_group": "groups", "origin_hostname": "servers"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """A file of the pack that is attached to something: its path in the study, and how people know it."""

    path: str
    title: str
    description: str = ""

    def entry(self, **more: str) -> dict[str, str]:
        """It as study.yaml lists it."""
        said = {"path": self.path, "title": self.title, "description": self.description, **more}
        return {key: value for key, value in said.items() if value}


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What is said of one thing, by kind. ``pairs`` are (key, value, namespace)."""

    pairs: tuple[tuple[str, str, str], ...] = ()
    tags: tuple[str, ...] = ()
    comments: tuple[str, ...] = ()
    rating: int | None = None
    attached: tuple[Attached, ...] = ()

    def keys(self) -> dict[str, object]:
        """The keys of study.yaml that say it of a container."""
        found: dict[str, object] = {
            "pairs": self._yaml_pairs(),
            "tags": list(self.tags),
            "comments": list(self.comments),
            "rating": self.rating,
            "attachments": [each.entry() for each in self.attached],
        }
        return {key: value for key, value in found.items() if value}

    def _yaml_pairs(self) -> object:
        """A mapping, as people write it, or a list where keys repeat."""
        said = [(_header(key, namespace), value) for key, value, namespace in self.pairs]
        found = dict(said)
        return found if len(found) == len(said) else [list(pair) for pair in said]

    def cells(self) -> Iterator[tuple[str, str]]:
        """Header and cell of each word of it, for a row of images.csv: a table knows nothing but pairs."""
        for key, value, namespace in self.pairs:
            yield _header(key, namespace), value
        yield from (("Tag", tag) for tag in self.tags)
        yield from (("Comment", comment) for comment in self.comments)
        if self.rating:
            yield "Rating", str(self.rating)
        yield from (("Attachment", each.title) for each in self.attached)


def _header(key: str, namespace: str) -> str:
    """A key with its namespace, where that is neither OMERO's own nor one that a header cannot carry."""
    header = f"{key} [{namespace}]"
    return header if namespace != CLIENT and key_and_namespace(header) == (key, namespace) else key


@dataclass(slots=True)
class AnnotationReader:
    """Reads annotations of things that have a place in study.yaml; collects what has none.

    ``files`` are the attached files that were met: path in the pack by path in the study.
    """

    tree: OmeTree
    pack: PackFiles
    files: dict[str, str] = field(default_factory=dict)
    lost: list[Todo] = field(default_factory=list)
    _private: Counter[str] = field(default_factory=Counter)
    _rendered: int = 0

    def said(self, element: Element, about: str) -> Said:
        """What is said of ``element``; ``about`` is what people call it ("dataset Control")."""
        found = [each for each in self.tree.annotations_of(element) if not is_packing(each)]
        flat = list(self._flat(found))
        read = [(each, read_annotation(self.tree, each)) for each in flat]
        ratings = [value for _, said in read if (value := _rating(said))]
        if len(ratings) > 1:
            self._lose(about, f"ratings {', '.join(map(str, ratings))}: the first is kept, a container has one")
        return Said(
            pairs=tuple(pair for _, said in read for pair in self._pairs(said, about)),
            tags=tuple(self._tags((said for _, said in read), about)),
            comments=tuple(said.value for _, said in read if said.kind == "Comment"),
            rating=ratings[0] if ratings else None,
            attached=tuple(self._attached((each for each, said in read if said.kind == "File"), about)),
        )

    def attached(self, element: Element, about: str) -> tuple[Attached, ...]:
        """The files attached to ``element``, of an image whose other annotations travel in its document."""
        found = [each for each in self.tree.annotations_of(element) if local(each) == "FileAnnotation"]
        return tuple(self._attached(found, about))

    def all_lost(self) -> tuple[Todo, ...]:
        """What has no place in the study, and what is left out because it is private."""
        for annotation in self.tree.root.iterfind("{*}StructuredAnnotations/*"):
            if is_packing(annotation):
                names = packed_names(annotation)
                self._private.update(_PRIVATE[name] for name in names & _PRIVATE.keys())
                self._rendered += RENDERING in names
        if self._rendered:
            message = f"rendering settings of {counted(self._rendered, 'image')}"
            hint = "`rendering` of their datasets says how to show them"
            self.lost.append(Todo(f"{message}; {hint}", "transfer.xml"))
        if not self._private:
            return tuple(self.lost)
        what = ", ".join(f"{name} ({counted(times, 'note')})" for name, times in sorted(self._private.items()))
        return (*self.lost, Todo(f"where it comes from: {what}. Left out by rule, they are private", "transfer.xml"))

    def _flat(self, found: Iterable[Element]) -> Iterator[Element]:
        """Annotations, those of lists in their place, each once: lists may hold each other."""
        waiting, met = list(found)[::-1], set[Element]()
        while waiting:
            each = waiting.pop()
            if each in met:
                continue
            met.add(each)
            if local(each) == "ListAnnotation":
                waiting += reversed(self.tree.annotations_of(each))
            else:
                yield each

    def _pairs(self, said: Annotation, about: str) -> Iterator[tuple[str, str, str]]:
        """Pairs, and annotations of kinds that study.yaml has no key for, as pairs."""
        if said.kind == "Map":
            yield from ((pair.key, pair.value, said.namespace) for pair in said.pairs)
        elif said.kind in ("Double", "Boolean", "Timestamp", "Term") or (said.kind == "Long" and not _rating(said)):
            if said.value != "0" or said.namespace != RATING:
                yield (said.description or said.kind, said.value, said.namespace)
        elif said.kind == "XML":
            self._lose(about, f"an XML annotation {said.namespace}".rstrip())

    def _tags(self, found: Iterable[Annotation], about: str) -> Iterator[str]:
        for said in found:
            if said.kind == "Tag":
                yield said.value
                if sets := [each.value for each in said.annotations if each.kind == "Tag"]:
                    self._lose(about, f"that tag {said.value!r} belongs to the tag set {', '.join(map(repr, sets))}")

    def _attached(self, found: Iterable[Element], about: str) -> Iterator[Attached]:
        for element in found:
            said = read_annotation(self.tree, element)
            name = said.file.name if said.file else ""
            paths = [path for path in packed_paths(self.tree, element) if path in self.pack.sizes]
            if not paths:
                self._lose(about, f"the attached file {name!r}: it is not in the pack")
                continue
            path = f"{_ATTACHMENTS}/{_number(element)}/{PurePosixPath(paths[0]).name}"
            self.files[path] = paths[0]
            yield Attached(
                path=path, title=name or PurePosixPath(paths[0]).name, description=text_of(element, "Description")
            )

    def _lose(self, about: str, message: str) -> None:
        self.lost.append(Todo(f"{about}: {message}", "transfer.xml"))


def _rating(said: Annotation) -> int | None:
    """Stars, 1 to 5, of a rating; None of anything else."""
    is_rating = said.kind == "Long" and said.namespace == RATING and said.value in ("1", "2", "3", "4", "5")
    return int(said.value) if is_rating else None


def _number(annotation: Element) -> str:
    """The part of an annotation's ID that tells it from others, as a folder's name."""
    kept = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in annotation.get("ID", ""))
    return kept.removeprefix("Annotation-").strip("-") or "0"
