"""Which label image belongs to which image, as study.yaml says: the files beside the images."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from publisher.catalogue.label_values import read_label_values
from publisher.catalogue.load import StudyFolder
from publisher.catalogue.schema import ImageFiles, LabelFile
from publisher.errors import ContentError, Problem
from publisher.model.identity import stem
from publisher.model.labels import LabelValue

MOST_NAMED = 10
"""Files without labels that a message names."""

Find = Callable[[str], tuple[str, Path] | None]
"""The file at an exact path below the study or one of its sources: as it is named there, and where it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRef:
    """The labels ``name`` of one image file: where they are, and what is known of their values."""

    name: str
    path: str
    location: Path
    wants: LabelFile
    values: tuple[LabelValue, ...] = ()


def filled(template: str, image: str) -> str:
    """``template`` for the image file ``image`` (its path in the study): {stem} and {folder} filled in."""
    folder = image.rpartition("/")[0] or "."
    path = template.replace("{folder}", folder).replace("{stem}", stem(image))
    return "/".join(part for part in path.split("/") if part != ".")


def label_locations(wanted: ImageFiles, images: Iterable[str], find: Find) -> Iterator[Path]:
    """Files that hold labels of ``images`` and nothing else: they are not images of their own."""
    for image in images:
        for said in wanted.labels.values():
            path = filled(said.path, image)
            found = find(path) if path != image else None
            if found:
                yield found[1]


class LabelFinder:
    """Finds the labels of image files; ``problems`` are those of all images, collected."""

    def __init__(self, study: StudyFolder, find: Find) -> None:
        self._study = study
        self._find = find
        self.problems: list[Problem] = []
        self._missing: dict[tuple[str | int, ...], list[str]] = {}
        self._values: dict[tuple[str, tuple[tuple[int, str], ...]], tuple[LabelValue, ...]] = {}

    def labels_of(self, wanted: ImageFiles, image: str, place: tuple[str | int, ...]) -> tuple[LabelRef, ...]:
        """The labels of one image file that are there; ``place`` is where study.yaml asks for them."""
        found = (self._label(name, said, image, (*place, "labels", name)) for name, said in wanted.labels.items())
        return tuple(label for label in found if label)

    def all_problems(self) -> list[Problem]:
        """Every fault; files that are missing once for each name that asks for them."""
        return [*self.problems, *(self._missing_files(place, paths) for place, paths in self._missing.items())]

    def _label(self, name: str, said: LabelFile, image: str, place: tuple[str | int, ...]) -> LabelRef | None:
        found = self._existing(said.path, image, place)
        values = self._existing(said.properties, image, place) if said.properties else None
        if found is None:
            return None
        return LabelRef(
            name=name,
            path=found[0],
            location=found[1],
            wants=said,
            values=self._known(said, values) if values or said.colors else (),
        )

    def _existing(self, template: str, image: str, place: tuple[str | int, ...]) -> tuple[str, Path] | None:
        path = filled(template, image)
        found = self._find(path)
        if found is None:
            self._missing.setdefault(place, []).append(path)
        return found

    def _known(self, said: LabelFile, table: tuple[str, Path] | None) -> tuple[LabelValue, ...]:
        key = (table[0] if table else "", tuple(sorted(said.colors.items())))
        if key not in self._values:
            shown = f"{self._study.shown}/{table[0]}" if table else ""
            try:
                self._values[key] = read_label_values(said.colors, table and self._confined(table[1], shown), shown)
            except ContentError as error:
                self.problems += error.problems
                self._values[key] = ()
        return self._values[key]

    def _confined(self, table: Path, shown: str) -> Path:
        """The table, which no link may take from outside the study and its sources."""
        if not any(table.resolve().is_relative_to(root.resolve()) for root in self._study.roots):
            message, hint = "is a link to a file outside the study", "put the file into the study, or name its folder"
            raise ContentError(Problem(code="labels.outside", path=shown, message=message, hint=hint))
        return table

    def _missing_files(self, place: tuple[str | int, ...], paths: list[str]) -> Problem:
        unique = list(dict.fromkeys(paths))
        named = ", ".join(unique[:MOST_NAMED]) + (" …" if len(unique) > MOST_NAMED else "")
        message = f"labels {place[-1]!r}: {len(unique)} files are not there: {named}"
        hint = "give every image its labels, or take the images that have none by a pattern without `labels`"
        return self._study.file.fault("labels.no-such-file", message, place, hint)
