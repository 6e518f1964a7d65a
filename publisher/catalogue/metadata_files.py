"""Which OME-XML document says more of an image file, as study.yaml says: the document beside the files."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from publisher.catalogue.label_files import Find, filled
from publisher.catalogue.load import StudyFolder
from publisher.catalogue.schema import ImageFiles
from publisher.errors import Problem

MOST_NAMED = 10
"""Missing documents that a message names."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataRef:
    """The document ``path`` (in the study) of one image file; ``images`` are IDs or names of its Images, if given."""

    path: str
    location: Path
    images: tuple[str, ...] = ()


def metadata_locations(wanted: ImageFiles, images: Iterable[str], find: Find) -> Iterator[Path]:
    """Documents of ``images``: they are no images of their own."""
    if wanted.metadata is not None:
        for path in dict.fromkeys(filled(wanted.metadata.path, image) for image in images):
            if found := find(path):
                yield found[1]


class MetadataFinder:
    """Finds the documents of image files; `problems` are those of all files, collected."""

    def __init__(self, study: StudyFolder, find: Find) -> None:
        self._study = study
        self._find: Callable[[str], tuple[str, Path] | None] = find
        self._found: dict[str, tuple[str, Path] | None] = {}
        self._outside: dict[str, Problem] = {}
        self._missing: dict[tuple[str | int, ...], list[str]] = {}

    def metadata_of(self, wanted: ImageFiles, image: str, place: tuple[str | int, ...]) -> MetadataRef | None:
        """The document of one image file, if study.yaml names one that is there; ``place`` is where it does."""
        said = wanted.metadata
        if said is None:
            return None
        path = filled(said.path, image)
        if path not in self._found:
            self._found[path] = self._find(path)
        found = self._found[path]
        if found is None or not found[1].is_file():
            self._missing.setdefault((*place, "metadata"), []).append(path)
            return None
        if not self._is_inside(found[1]):
            message = f"metadata {path}: is a link to a file outside the study"
            hint = "put the file into the study, or name its folder under `sources:`"
            fault = self._study.file.fault("metadata.outside", message, (*place, "metadata"), hint)
            self._outside.setdefault(path, fault)
            return None
        return MetadataRef(path=found[0], location=found[1], images=said.image)

    def problems(self) -> list[Problem]:
        """Every fault; documents that are missing once for each place that asks for them."""
        return [*self._outside.values(), *(self._missing_files(place, paths) for place, paths in self._missing.items())]

    def _is_inside(self, path: Path) -> bool:
        real = path.resolve()
        return any(real.is_relative_to(root.resolve()) for root in self._study.roots)

    def _missing_files(self, place: tuple[str | int, ...], paths: list[str]) -> Problem:
        unique = list(dict.fromkeys(paths))
        named = ", ".join(unique[:MOST_NAMED]) + (" …" if len(unique) > MOST_NAMED else "")
        message = f"metadata: {len(unique)} documents are not there: {named}"
        hint = "check the spelling; take images that have no document by a pattern without `metadata`"
        return self._study.file.fault("metadata.no-such-file", message, place, hint)
