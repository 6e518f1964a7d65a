"""Takes an IDR study folder in as it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.errors import ContentError, Problem
from publisher.importers.draft import Importer, StudyDraft, Todo
from publisher.importers.idr.assembly import Assembly
from publisher.importers.idr.folder import PartFolder, is_study_folder, study_files
from publisher.importers.idr.study import Keys, StudyWords, study_words
from publisher.importers.idr.study_text import Block, StudyText, read_study_text
from publisher.importers.pixel_files import PixelFiles, Placed, read_places

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
        own = Assembly(files, study, pixels, study_folder)
        for block, folder in _matched(blocks, files.parts):
            own.add(block, folder, accession, placed)
        return own.draft(slug, texts, self._unused(own, pixels, placed))

    def _pixels(self, path: Path) -> tuple[PixelFiles, list[Placed]]:
        folders = [place for place in self.places if place.is_dir()]
        tables = [place for place in self.places if not place.is_dir()]
        placed = [each for table in tables for each in read_places(table, folders)]
        return PixelFiles((path, *folders)), placed

    def _unused(self, own: Assembly, pixels: PixelFiles, placed: Sequence[Placed]) -> Iterator[Todo]:
        """Files that the curator gave and that show nothing: of a table its rows, else the images of the folders."""
        used = own.used
        lost = [each for each in placed if each.file not in used]
        if lost:
            message = f"rows of the table given with --images that name nothing of the study: {len(lost):,}"
            yield Todo(f"{message}, first {lost[0].file.path!r}", f"line {lost[0].line}")
        free = [file for file in pixels.images() if file not in used] if self.places and not placed else []
        if free:
            yield Todo(f"image files that no row names: {len(free):,}, first {free[0].path!r}", "images.csv")


def _merged(texts: Sequence[StudyText], name: str) -> StudyWords:
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
    return StudyWords(keys=keys, todo=tuple(todo), rest=said[0].rest)


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
