"""What an importer makes: a study as it will stand in content/, before anything is written."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, runtime_checkable

from publisher.errors import Problem
from publisher.importers.archive import PackedFiles


def counted(count: int, noun: str) -> str:
    """A number with its noun: "1 row", "1,200 rows"."""
    return f"{count:,} {noun}{'' if count == 1 else 's'}"


@dataclass(frozen=True, slots=True)
class Todo:
    """Something a curator should look at: in words, and the key or file it is about ("authors", "images.csv")."""

    message: str
    about: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TableDraft:
    """A table such as images.csv: ``header`` may name a column twice; every row has as many cells as the header."""

    header: tuple[str, ...]
    rows: Iterable[tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyDraft:
    """A study that builds at once.

    ``description`` are the keys of study.yaml in their order, as plain YAML values (`catalogue.schema.StudyDescription`
    accepts them). ``images`` becomes images.csv. ``files`` are further files of the study by their path in it,
    ``linked`` those that are copied from a path on this disk, ``packed`` those that are taken out of an archive, in
    the process that reads it. ``todo`` is for the curator; ``lost`` says what of the
    original has no place in the study; ``warnings`` are faults of the original that were mended or passed over.
    ``facts`` are sentences without a full stop for whoever ran the command, such as "60 of 414 rows have pixels".
    ``is_curated``: its words were chosen for the public, so that none of its keys is private.
    """

    description: Mapping[str, object]
    images: TableDraft | None = None
    files: Mapping[str, bytes] | None = None
    linked: Mapping[str, Path] | None = None
    packed: PackedFiles | None = None
    todo: tuple[Todo, ...] = ()
    lost: tuple[Todo, ...] = ()
    warnings: tuple[Problem, ...] = ()
    facts: tuple[str, ...] = ()
    is_curated: bool = True


class Importer(Protocol):
    """Reads studies of one kind."""

    @property
    def name(self) -> str:
        """What people call the kind: "IDR study folder"."""

    def recognises(self, path: Path) -> bool:
        """Whether ``path`` (a folder or a file) is of this kind; looks at names and first bytes alone."""

    def read(self, path: Path, slug: str, study_folder: Path) -> StudyDraft:
        """The study at ``path``, to be written into ``study_folder`` (which need not exist) as ``slug``.

        Raises ContentError with every fault that keeps it from being a study.
        """


@runtime_checkable
class FindsPixels(Protocol):
    """An importer of studies whose pixels lie elsewhere: it looks for them where the curator says."""

    def with_pixels(self, places: tuple[Path, ...]) -> Importer:
        """The same importer, which looks for pixels in ``places`` too: folders, or tables that name files."""
