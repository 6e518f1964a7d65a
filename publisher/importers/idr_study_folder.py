"""Takes an IDR study folder in as it stands."""

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.errors import ContentError, Problem
from publisher.importers.draft import Importer, StudyDraft, Todo
from publisher.importers.idr_blocks import IDR_FILES, BlockWords, block_words, notes
from publisher.importers.idr_folder import PartFolder, StudyFiles, is_study_folder, study_files
from publisher.importers.idr_part import Container, Part, read_part
from publisher.importers.idr_processed import links
from publisher.importers.idr_rows import called, image_rows
from publisher.importers.idr_shown import take_settings
from publisher.importers.idr_study import Keys, study_words
from publisher.importers.idr_study_text import Block, StudyText, read_study_text
from publisher.importers.pixel_files import PixelFile, PixelFiles, Placed, read_places
from publisher.model.identity import slug as slugged

MOST_BYTES = 200_000_000
"""Largest table that is copied into the study as an attachment."""


@dataclass(frozen=True, slots=True)
class IdrStudyFolder:
    """Reads IDR study folders; ``places`` are where their pixels lie: folders, and tables that name files."""

    places: tuple[Path, ...] = ()
    name: str = "IDR study folder"

    def recognises(self, path: Path) -> bool:
        """Whether ``path`` is a folder with a study.txt of IDR's kind."""
        return is_study_folder(path)

    def with_pixels(self, places: tuple[Path, ...]) -> Importer:
        """The same, which looks for pixels in ``places`` too."""
        return replace(self, places=places)

    def read(self, path: Path, slug: str, study_folder: Path) -> StudyDraft:
        """The study at ``path``; raises ContentError with what keeps it from being one."""
        files = study_files(path)
        texts = [read_study_text(each, each.name) for each in files.texts]
        pixels, placed = self._pixels(path)
        study = _merged(texts, path.name)
        accession = str(study.keys.get("accession", "")) or path.name.split("-")[0]
        blocks = [block for text in texts for block in text.blocks]
        own = _Assembled(files, study, pixels, study_folder)
        for block, folder in _matched(blocks, files.parts):
            own.add(block, folder, accession, placed)
        return own.draft(slug, texts, study.todo)

    def _pixels(self, path: Path) -> tuple[PixelFiles, list[Placed]]:
        folders = [place for place in self.places if place.is_dir()]
        tables = [place for place in self.places if not place.is_dir()]
        placed = [each for table in tables for each in read_places(table, folders)]
        return PixelFiles((path, *folders)), placed


def source_path(root: Path, study_folder: Path) -> str:
    """A folder of images as study.yaml names it: relative where both lie in one tree, so that the site can move."""
    relative = os.path.relpath(root, study_folder)
    return str(root) if relative.count("..") > 4 else Path(relative).as_posix()


@dataclass(frozen=True, slots=True)
class _Study:
    keys: Keys
    todo: tuple[Todo, ...]
    terms: tuple[dict[str, str], ...]


def _merged(texts: Sequence[StudyText], name: str) -> _Study:
    """What all texts of a folder say of the study; IDR's template comes with one of screens and one of experiments."""
    if not texts:
        raise ContentError(Problem(code="idr.no-study", path=name, message="holds no study.txt"))
    said = [study_words(text, name) for text in texts]
    keys: Keys = {}
    for each in said:
        keys = {**each.keys, **keys}
    todo = list(said[0].todo)
    if len(texts) > 1:
        todo.append(
            Todo(f"there are {len(texts)} study.txt; they were read as one, the first counts most", "study.txt")
        )
    terms = notes("Terms", said[0].rest)
    return _Study(keys, tuple(todo), terms)


def _matched(
    blocks: Sequence[Block], folders: Sequence[PartFolder]
) -> Iterator[tuple[Block | None, PartFolder | None]]:
    """Each screen or experiment with its folder: the one it is called after, else the next of its kind."""
    free = list(folders)
    pairs: list[tuple[Block | None, PartFolder | None]] = []
    for block in blocks:
        named = block.name.rsplit("/", 1)[-1].lower()
        pairs.append((block, next((each for each in free if each.name.lower() == named), None)))
        free = [each for each in free if each is not pairs[-1][1]]
    for at, (found, folder) in enumerate(pairs):
        if found is not None and folder is None and not found.name:
            same = next((each for each in free if each.is_screen == (found.kind == "Screen")), None)
            pairs[at] = (found, same)
            free = [each for each in free if each is not same]
    yield from pairs
    yield from ((None, each) for each in free)


class _Assembled:
    """A study that is put together part by part."""

    def __init__(self, files: StudyFiles, study: _Study, pixels: PixelFiles, study_folder: Path) -> None:
        self._files, self._study, self._pixels, self._target = files, study.keys, pixels, study_folder
        self._terms = study.terms
        self._parts: list[Part] = []
        self._words: list[BlockWords] = []
        self._linked: dict[str, Path] = {}
        self._lost: list[Todo] = []

    def add(self, block: Block | None, folder: PartFolder | None, accession: str, placed: list[Placed]) -> None:
        """Take in a screen or experiment."""
        number = len(self._parts) + 1
        kind = "Screen" if folder is not None and folder.is_screen else "Experiment"
        name = folder.name if folder is not None else ""
        said = block or Block(kind="Screen" if kind == "Screen" else "Experiment", name=name, said=())
        if not said.name and name:
            said = replace(said, name=name)
        self._words.append(block_words(said, number, self._study))
        if folder is None:
            self._parts.append(Part(folder=None))
            return
        study = self._files.path.resolve()
        part = read_part(folder, study, links(said), self._pixels, placed)
        take_settings(part, accession)
        _name_apart(part, self._parts)
        self._parts.append(part)

    def draft(self, slug: str, texts: Sequence[StudyText], todo: Sequence[Todo]) -> StudyDraft:
        """The study."""
        description: Keys = {**self._study, **self._of_blocks()}
        if roots := list(dict.fromkeys(file.root for part in self._parts for file in _used(part))):
            description["sources"] = [source_path(root, self._target) for root in roots]
        projects: list[Keys] = []
        screens: list[Keys] = []
        for words, part in zip(self._words, self._parts, strict=True):
            (screens if words.is_screen else projects).append(self._container(words, part))
        description |= {"projects": projects} if projects else {}
        description |= {"screens": screens} if screens else {}
        warnings = [problem for text in texts for problem in text.warnings]
        return StudyDraft(
            description=description,
            images=image_rows(self._parts, slug),
            linked=self._linked,
            todo=(*todo, *(each for part in self._parts for each in part.todo), *self._missing_pixels()),
            lost=(*(each for part in self._parts for each in part.lost), *self._lost),
            warnings=(*warnings, *(problem for part in self._parts for problem in part.warnings)),
            facts=tuple(self._facts()),
        )

    def _of_blocks(self) -> Keys:
        """What blocks say of the study: terms and protocols of all, each once."""
        found: dict[str, list[object]] = {"organisms": [], "imaging_methods": [], "protocols": [], "phenotypes": []}
        organisms = self._study.get("organisms")
        found["organisms"] += organisms if isinstance(organisms, list) else []
        for words in self._words:
            for key in found:
                found[key] += [each for each in getattr(words, key) if each not in found[key]]
        found["protocols"] += self._terms
        return {key: values for key, values in found.items() if values}

    def _container(self, words: BlockWords, part: Part) -> Keys:
        attachments, pairs = self._attachments(words, part)
        said = {**words.keys, "pairs": [*_as_list(words.keys.get("pairs")), *pairs]}
        holds = "plates" if words.is_screen else "datasets"
        inner = [_inner(each, part) for each in part.containers.values()]
        keys: Keys = {"name": words.name, "id": words.id, **said, "attachments": attachments, holds: inner}
        return {key: value for key, value in keys.items() if value}

    def _attachments(self, words: BlockWords, part: Part) -> tuple[list[Keys], list[list[str]]]:
        """Tables of a part as files for download, and the pairs by which IDR names its annotation files."""
        folder = part.folder
        attachments: list[Keys] = []
        if folder is None:
            return [], []
        for path in (*folder.annotations, *folder.samples, *folder.others):
            place = f"attachments/{words.id}/{path.relative_to(folder.path).as_posix()}"
            if path.stat().st_size > MOST_BYTES:
                self._lost.append(Todo(f"{path.name} is too large to be copied; name it under attachments", words.id))
                continue
            self._linked[place] = path
            attachments.append({"path": place, "title": path.name})
        pairs = []
        for path in folder.annotations:
            pairs.append(["Annotation File", path.name])
            if self._study.get("accession"):
                inside = path.relative_to(self._files.path).as_posix()
                pairs.append(["Annotation File URL", f"{IDR_FILES}/{self._files.path.name}/{inside}"])
        return attachments, pairs

    def _facts(self) -> Iterator[str]:
        """How many rows joined what: the numbers that a curator compares with the tables."""
        for words, part in zip(self._words, self._parts, strict=True):
            rows = sum(len(table.subjects) for table in part.tables)
            kind = "plates" if words.is_screen else "datasets"
            with_pixels = len(part.placed) + sum(
                subject in part.joins.files
                for table in part.tables
                if not table.is_of_wells
                for subject in table.subjects
            )
            yield f"{words.id}: {len(part.containers):,} {kind}, {rows:,} rows, {with_pixels:,} images with pixels"

    def _missing_pixels(self) -> Iterator[Todo]:
        for words, part in zip(self._words, self._parts, strict=True):
            images = [each for table in part.tables if not table.is_of_wells for each in table.subjects]
            missing = sum(each is None or each not in part.joins.files for each in images)
            if missing:
                message = f"{missing:,} of {len(images):,} images have no pixels and are listed as rows; "
                yield Todo(f"{message}--images says where pixels lie", words.id)
            empty = [each.name for each in part.containers.values() if each.is_plate and not each.images]
            if empty:
                message = f"{len(empty):,} plates have no pixels, first {empty[0]!r}; a table given with --images says"
                yield Todo(f"{message} which file is which well", words.id)


def _name_apart(part: Part, others: Sequence[Part]) -> None:
    """Ids of datasets and plates, so that none in the study has that of another."""
    taken = {each.id for other in others for each in other.containers.values()}
    for container in part.containers.values():
        base = identifier = slugged(container.name)
        number = 1
        while identifier in taken:
            number += 1
            identifier = f"{base}-{number}"
        container.id = identifier
        taken.add(identifier)


def _used(part: Part) -> Iterator[PixelFile]:
    return (file for container in part.containers.values() for file in container.images)


def _inner(container: Container, part: Part) -> Keys:
    keys: Keys = {
        "name": container.name,
        "id": called(container),
        "images": [
            {"path": file.path, "rendering": part.shown[file]} if file in part.shown else file.path
            for file in container.images
        ],
        "rendering": container.rendering,
    }
    return {key: value for key, value in keys.items() if value}


def _as_list(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else []
