"""A study that is put together from the screens and experiments of an IDR study folder."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

from publisher.importers.draft import StudyDraft, Todo
from publisher.importers.idr.blocks import IDR_FILES, BlockWords, block_words, notes
from publisher.importers.idr.folder import PartFolder, StudyFiles
from publisher.importers.idr.part import Container, Part, read_part
from publisher.importers.idr.processed import links
from publisher.importers.idr.rows import called, image_rows
from publisher.importers.idr.shown import take_settings
from publisher.importers.idr.study import Keys, StudyWords
from publisher.importers.idr.study_text import Block, StudyText
from publisher.importers.pixel_files import PixelFile, PixelFiles, Placed
from publisher.model.identity import slug as slugged

MOST_BYTES = 200_000_000
"""Largest table that is copied into the study as an attachment."""


class Assembly:
    """A study that is put together part by part."""

    def __init__(self, files: StudyFiles, study: StudyWords, pixels: PixelFiles, study_folder: Path) -> None:
        self._files, self._study, self._pixels, self._target = files, study.keys, pixels, study_folder
        self._terms, self._todo = notes("Terms", study.rest), study.todo
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
        words = block_words(said, number, self._study)
        others = {each.id.lower() for each in self._words}
        if words.id.lower() in others:
            words = replace(words, id=next(free for n in count(2) if (free := f"{words.id}-{n}").lower() not in others))
        self._words.append(words)
        if folder is None:
            self._parts.append(Part(folder=None))
            return
        study = self._files.path.resolve()
        part = read_part(folder, study, links(said), self._pixels, placed)
        take_settings(part, accession)
        _name_apart(part, self._parts)
        self._parts.append(part)

    @property
    def used(self) -> set[PixelFile]:
        """Files that are images of the study."""
        return {file for part in self._parts for file in _used(part)}

    def draft(self, slug: str, texts: Sequence[StudyText], unused: Iterable[Todo]) -> StudyDraft:
        """The study; ``unused`` tells of files that are not in it."""
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
            todo=(*self._todo, *(each for part in self._parts for each in part.todo), *self._missing_pixels(), *unused),
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
            rows = f"{sum(len(table.subjects) for table in part.tables):,} rows"
            shown = sum(bool(each.images) for each in part.containers.values())
            if words.is_screen:
                placed = f", {len(part.placed):,} images put into wells" if part.placed else ""
                yield f"{words.id}: {len(part.containers):,} plates, {shown:,} of them with pixels, {rows}{placed}"
                continue
            images = [each for table in part.tables if not table.is_of_wells for each in table.subjects]
            with_pixels = sum(each in part.joins.files for each in images)
            yield f"{words.id}: {len(part.containers):,} datasets, {rows}, {with_pixels:,} images with pixels"

    def _missing_pixels(self) -> Iterator[Todo]:
        for words, part in zip(self._words, self._parts, strict=True):
            images = [each for table in part.tables if not table.is_of_wells for each in table.subjects]
            missing = sum(each is None or each not in part.joins.files for each in images)
            if missing:
                message = f"{missing:,} of {len(images):,} images have no pixels and are listed as rows; "
                yield Todo(f"{message}--images says where pixels lie", words.id)
            empty = [each.name for each in part.containers.values() if each.is_plate and not each.images]
            if empty:
                message = f"plates without pixels: {len(empty):,}, first {empty[0]!r}; a table given with --images says"
                yield Todo(f"{message} which file is which well", words.id)


def source_path(root: Path, study_folder: Path) -> str:
    """A folder of images as study.yaml names it: relative where both lie in one tree, so that the site can move."""
    relative = os.path.relpath(root, study_folder)
    return str(root) if relative.count("..") > 4 else Path(relative).as_posix()


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
