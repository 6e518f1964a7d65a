"""What a study consists of: datasets and plates with their entries, and the files whose pixels are written together."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from publisher.catalogue.load import StudyFolder
from publisher.catalogue.plate_draft import SourcePlate
from publisher.catalogue.plates import Plates, StudyPlate
from publisher.catalogue.rows import Rows
from publisher.catalogue.tree import DatasetFiles, FileRef, ProjectFiles, StudyTree
from publisher.errors import ContentError, Problem
from publisher.model.container import Entry
from publisher.model.identity import slug
from publisher.model.image import Image


@dataclass(frozen=True, slots=True)
class StudyDataset:
    """A dataset with its project and all its entries; records without pixels come last.

    ``plates`` are ids of the plates that its files hold: their images are listed there.
    """

    files: DatasetFiles
    project: ProjectFiles | None
    entries: tuple[Entry, ...]
    records: Sequence[Entry] = field(default=())
    plates: tuple[str, ...] = ()

    def __len__(self) -> int:
        return len(self.entries) + len(self.records)

    @property
    def identity(self) -> tuple[str, str]:
        """Its id and name."""
        return self.files.id, self.files.name

    def all_entries(self) -> Iterator[Entry]:
        """Entries with pixels, then records."""
        yield from self.entries
        yield from self.records

    def slice(self, start: int, end: int) -> list[Entry]:
        """Entries ``start`` to ``end``."""
        count = len(self.entries)
        return [*self.entries[start:end], *self.records[max(start - count, 0) : max(end - count, 0)]]


@dataclass(frozen=True, slots=True)
class PixelGroup:
    """Files whose images are written together, and may share their contrast: a dataset's, or a plate's."""

    files: DatasetFiles
    entries: tuple[Entry, ...]
    is_plate: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyContents:
    """All containers of a study with their entries."""

    tree: StudyTree
    datasets: tuple[StudyDataset, ...]
    plates: tuple[StudyPlate, ...]
    groups: tuple[PixelGroup, ...]
    warnings: tuple[Problem, ...]

    def all_entries(self) -> Iterator[Entry]:
        """Every image with pixels."""
        for group in self.groups:
            yield from group.entries

    @property
    def plate_names(self) -> Mapping[str, str]:
        """Curated names of plates that files describe, by the id of their fileset."""
        return {plate.fileset: plate.contents.name for plate in self.plates if plate.fileset}


class SourceFiles(Protocol):
    """What is known of image files; asked only where a study has any."""

    def prepare(self, dataset: DatasetFiles) -> None:
        """Look at the files of a dataset beside each other."""

    def images_of(self, ref: FileRef) -> Sequence[Image]:
        """The images of a file."""

    def plates_of(self, ref: FileRef) -> Sequence[SourcePlate]:
        """The plates that a file describes."""


def study_contents(study: StudyFolder, tree: StudyTree, sources: SourceFiles) -> StudyContents:
    """Which image is where; raises ContentError where two plates have one id."""
    containers = [*tree.all_datasets(), *(plate.images for screen in tree.screens for plate in screen.plates)]
    held = [files for files in containers if files.files]
    for files in held:
        sources.prepare(files)
    found = {ref.path: sources.plates_of(ref) for files in held for ref in files.files}
    plates = Plates(study, tree, [plate for each in found.values() for plate in each])
    if problems := list(plates.problems()):
        raise ContentError(*problems)
    rows = Rows(study, tree, plates)
    entries = {id(files): tuple(rows.entries(files, sources.images_of)) for files in held}
    records = rows.without_pixels()
    in_study = plates.study_plates()
    described = {plate.path: plate.id for each in found.values() for plate in each}
    datasets = [
        StudyDataset(
            files,
            project,
            tuple(entry for entry in entries.get(id(files), ()) if not plates.has(entry)),
            records.pop(files.id, ()),
            tuple(dict.fromkeys(described[ref.path] for ref in files.files if ref.path in described)),
        )
        for project in (*tree.projects, None)
        for files in (project.datasets if project else tree.datasets)
    ]
    datasets += [StudyDataset(_rows_alone(study), None, (), left) for left in records.values()]
    return StudyContents(
        tree=tree,
        datasets=tuple(dataset for dataset in datasets if len(dataset) or dataset.files.is_named or not in_study),
        plates=tuple(in_study),
        groups=tuple(_groups(held, entries, in_study)),
        warnings=(*plates.warnings(), *rows.warnings()),
    )


def _rows_alone(study: StudyFolder) -> DatasetFiles:
    """The dataset of rows that belong nowhere, in a study of plates."""
    name = "Images on no plate"
    rendering = study.description.rendering
    return DatasetFiles(id=slug(name), name=name, description="", rendering=rendering, files=(), is_named=False)


def _groups(
    held: Sequence[DatasetFiles], entries: Mapping[int, tuple[Entry, ...]], plates: Sequence[StudyPlate]
) -> Iterator[PixelGroup]:
    """Files as study.yaml has them, but those of a plate that rows put together with that plate."""
    together = {entry.id: plate for plate in plates if plate.fileset is None for entry in plate.contents.entries()}
    moved: dict[str, tuple[list[FileRef], list[Entry]]] = {plate.contents.id: ([], []) for plate in together.values()}
    for files in held:
        by_path: dict[str, list[Entry]] = {}
        for entry in entries[id(files)]:
            by_path.setdefault(entry.ref.path if entry.ref else "", []).append(entry)
        stay: list[FileRef] = []
        for ref in files.files:
            owners = {together[e.id].contents.id if e.id in together else "" for e in by_path.get(ref.path, ())}
            if len(owners) == 1 and (owner := owners.pop()):
                moved[owner][0].append(ref)
                moved[owner][1].extend(by_path[ref.path])
            else:
                stay.append(ref)
        kept = {ref.path for ref in stay}
        if stay:
            left = tuple(entry for entry in entries[id(files)] if entry.ref and entry.ref.path in kept)
            yield PixelGroup(replace(files, files=tuple(stay)), left)
    by_id = {plate.contents.id: plate for plate in together.values()}
    for key, (refs, those) in moved.items():
        if refs:
            yield PixelGroup(_plate_files(by_id[key], refs, held), tuple(those), is_plate=True)


def _plate_files(plate: StudyPlate, refs: Sequence[FileRef], held: Sequence[DatasetFiles]) -> DatasetFiles:
    """A plate's images as files that are written together, shown as those are that its first file stands among."""
    first = next(files for files in held if refs[0] in files.files)
    contents = plate.contents
    own = plate.files.images if plate.files else first
    return replace(own, id=contents.id, name=contents.name, files=tuple(refs))
