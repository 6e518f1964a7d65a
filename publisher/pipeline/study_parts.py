"""What a study consists of: datasets and plates with their entries, and the files whose pixels are written together."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from publisher.catalogue.attachments import AttachmentRef
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
class StudyParts:
    """All containers of a study with their entries.

    ``found_in`` names the dataset of an image on a plate, where the curator speaks of that, by id. ``lost`` are rows
    that name an image nobody has.
    """

    tree: StudyTree
    datasets: tuple[StudyDataset, ...]
    plates: tuple[StudyPlate, ...]
    groups: tuple[PixelGroup, ...]
    warnings: tuple[Problem, ...]
    found_in: Mapping[str, StudyDataset]
    lost: tuple[int, ...]

    @property
    def records(self) -> int:
        """How many rows are about images without pixels."""
        in_wells = (len(well.records) for plate in self.plates for well in plate.contents.wells)
        on_plates = sum(in_wells) + sum(len(plate.contents.records) for plate in self.plates)
        return on_plates + sum(len(dataset.records) for dataset in self.datasets)

    @property
    def spoken_of(self) -> frozenset[str]:
        """Ids of images on plates that have pairs, or whose well has."""
        wells = (well for plate in self.plates for well in plate.contents.wells)
        fields = ((well, field.entry) for well in wells for field in well.fields)
        return frozenset(entry.id for well, entry in fields if well.about or entry.pairs)

    def all_entries(self) -> Iterator[Entry]:
        """Every image with pixels."""
        for group in self.groups:
            yield from group.entries

    def lint_groups(self) -> Iterator[PixelGroup]:
        """Images that stand together, and datasets that have none."""
        yield from self.groups
        held = {group.files.id for group in self.groups}
        yield from (PixelGroup(each.files, ()) for each in self.datasets if each.files.id not in held)

    def attachments(self) -> Iterator[AttachmentRef]:
        """Files attached to the study and to any of its containers."""
        yield from self.tree.attachments
        said = [project.said for project in self.tree.projects]
        said += [dataset.said for dataset in self.tree.all_datasets()]
        for screen in self.tree.screens:
            said += [screen.said, *(plate.images.said for plate in screen.plates)]
        for each in said:
            yield from each.attachments

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


def study_parts(study: StudyFolder, tree: StudyTree, files_of: Callable[[], SourceFiles]) -> StudyParts:
    """Which image is where; ``files_of`` is called only where there are files.

    Raises ContentError where two plates have one id.
    """
    containers = [*tree.all_datasets(), *(plate.images for screen in tree.screens for plate in screen.plates)]
    held = [files for files in containers if files.files]
    for files in held:
        files_of().prepare(files)
    found = {ref.path: files_of().plates_of(ref) for files in held for ref in files.files}
    plates = Plates(study, tree, [plate for each in found.values() for plate in each])
    if problems := list(plates.problems()):
        raise ContentError(*problems)
    rows = Rows(study, tree, plates)
    entries = {id(files): tuple(rows.entries(files, files_of().images_of)) for files in held}
    records = rows.without_pixels()
    in_study = plates.study_plates()
    plate_of = {entry.id: plate.contents.id for plate in in_study for entry in plate.contents.entries()}
    datasets, found_in = list[StudyDataset](), dict[str, StudyDataset]()
    for project in (*tree.projects, None):
        for files in project.datasets if project else tree.datasets:
            own = entries.get(id(files), ())
            on_plates = [entry.id for entry in own if entry.id in plate_of]
            ids = tuple(dict.fromkeys(plate_of[entry] for entry in on_plates))
            listed = tuple(entry for entry in own if entry.id not in plate_of)
            dataset = StudyDataset(files, project, listed, records.pop(files.id, ()), ids)
            datasets.append(dataset)
            found_in.update(dict.fromkeys(on_plates if files.is_named else (), dataset))
    datasets += [StudyDataset(_rows_alone(study), None, (), left) for left in records.values()]
    return StudyParts(
        tree=tree,
        datasets=tuple(dataset for dataset in datasets if len(dataset) or dataset.files.is_named or not in_study),
        plates=tuple(in_study),
        groups=tuple(_groups(held, entries, in_study)),
        warnings=(*plates.warnings(), *rows.warnings()),
        found_in=found_in,
        lost=rows.lost(),
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
