"""One screen or experiment of an IDR study, from its folder: its containers, and rows of images.csv for them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from publisher.errors import ContentError, Problem, Severity
from publisher.importers.draft import Todo
from publisher.importers.foreign_table import ForeignTable
from publisher.importers.idr.folder import PartFolder
from publisher.importers.idr.joins import Joins, join_images
from publisher.importers.idr.listing import ListedFile, read_file_list, read_listing
from publisher.importers.idr.processed import joined_tables
from publisher.importers.idr.recipe import Recipe, read_recipe
from publisher.importers.idr.rendering import Rendering
from publisher.importers.idr.tables import AnnotationTable, Subject, annotation_tables
from publisher.importers.pixel_files import PixelFile, PixelFiles, Placed


@dataclass(slots=True, kw_only=True)
class Container:
    """A dataset, or a plate: where its files lay at IDR, and those that were found."""

    name: str
    is_plate: bool
    listed: list[str] = field(default_factory=list)
    images: dict[PixelFile, None] = field(default_factory=dict)
    rendering: Rendering | None = None
    id: str = ""


@dataclass(slots=True, kw_only=True)
class Part:
    """A screen or experiment: its containers by name, its tables, the files of its images, what was noticed.

    ``joins`` are of images in datasets, ``placed`` of images in wells, by plate as IDR calls it. ``shown`` says of
    files how they are shown where their dataset does not.
    """

    folder: PartFolder | None
    containers: dict[str, Container] = field(default_factory=dict)
    tables: list[AnnotationTable] = field(default_factory=list)
    joins: Joins = field(default_factory=lambda: Joins(files={}, ambiguous=()))
    placed: list[Placed] = field(default_factory=list)
    shown: dict[PixelFile, Rendering] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)
    todo: list[Todo] = field(default_factory=list)
    lost: list[Todo] = field(default_factory=list)

    def subjects(self) -> Iterator[Subject]:
        """Who the rows of its tables are about."""
        for table in self.tables:
            yield from (subject for subject in table.subjects if subject is not None)


def read_part(folder: PartFolder, study: Path, link: Sequence[str], pixels: PixelFiles, placed: list[Placed]) -> Part:
    """Read the tables of a folder and find its pixels; raises ContentError when a table cannot be read.

    ``link`` are columns by which processed data belong to rows (see `idr_processed`).
    """
    part, shown = Part(folder=folder), folder.name
    for listed in _listed(part, folder, study):
        container = part.containers.setdefault(
            listed.container, Container(name=listed.container, is_plate=not listed.is_dataset)
        )
        container.listed.append(listed.path)
    recipe = _recipe(part, folder)
    part.tables = annotation_tables((ForeignTable(path, f"{shown}/{path.name}") for path in folder.annotations), recipe)
    if not part.tables:
        processed = [path for path in folder.others if "processed" in path.name.lower()]
        tables, unjoined = joined_tables(folder.samples, processed, link, shown)
        part.tables = annotation_tables(tables, recipe)
        part.todo += unjoined
    for table in part.tables:
        part.warnings += table.warnings
        for name in dict.fromkeys(subject.container for subject in table.subjects if subject):
            part.containers.setdefault(name, Container(name=name or "Images", is_plate=table.is_of_wells))
    if not part.tables and (folder.annotations or folder.samples):
        part.todo.append(Todo("no table says in columns which image or well a row is about", shown))
    _find_pixels(part, pixels, placed)
    return part


def _listed(part: Part, folder: PartFolder, study: Path) -> list[ListedFile]:
    """Lines of the lists that bulk.yml names; of those that lie there where there is no bulk.yml."""
    found: list[ListedFile] = []
    lists = [read_listing(bulk, study, f"{folder.name}/{bulk.name}") for bulk in folder.bulks]
    if not any(each.files for each in lists):
        lists += [read_file_list(path, f"{folder.name}/{path.name}") for path in folder.lists]
    for each in lists:
        found += each.files
        part.warnings += each.warnings
    return found


def _recipe(part: Part, folder: PartFolder) -> Recipe:
    """The recipe of a part; of several the first."""
    for path in folder.recipes[:1]:
        try:
            recipe = read_recipe(path, f"{folder.name}/{path.name}")
        except ContentError as error:
            part.warnings += [_as_warning(problem) for problem in error.problems]
            continue
        part.warnings += recipe.warnings
        return recipe
    return Recipe()


def _as_warning(problem: Problem) -> Problem:
    return Problem(
        code=problem.code, message=problem.message, path=problem.path, line=problem.line, severity=Severity.WARNING
    )


def _find_pixels(part: Part, pixels: PixelFiles, placed: list[Placed]) -> None:
    plates = {name for name, each in part.containers.items() if each.is_plate}
    part.placed = [each for each in placed if each.plate in plates]
    for each in part.placed:
        part.containers[each.plate].images[each.file] = None
    images = [subject for table in part.tables if not table.is_of_wells for subject in table.subjects if subject]
    listed = {name: each.listed for name, each in part.containers.items() if not each.is_plate}
    part.joins = join_images(images, pixels, listed, placed)
    for subject, file in part.joins.files.items():
        part.containers[subject.container].images[file] = None
    taken = set(part.joins.files.values())
    for container in part.containers.values():
        for path in (*([container.name] if container.is_plate else []), *container.listed):
            found = pixels.called(path.rstrip("/"))
            if len(found) == 1 and found[0] not in taken and not container.images:
                container.images[found[0]] = None
    if any(each.channel != part.placed[0].channel for each in part.placed):
        message = "channels of one field that are files of their own are listed as images of their own"
        part.todo.append(Todo(f"{message}; an OME-TIFF or companion file joins them", "images.csv"))
    if part.joins.ambiguous:
        first = part.joins.ambiguous[0]
        message = f"{len(part.joins.ambiguous)} images could be several files; they are listed without pixels, first "
        part.todo.append(Todo(f"{message}{first.name!r} of {first.container!r}; name them with a table", "images.csv"))
