"""Which file shows the image that a row of IDR's tables is about."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from publisher.importers.idr.tables import Subject
from publisher.importers.pixel_files import PixelFile, PixelFiles, Placed, file_and_series, likeness


@dataclass(frozen=True, slots=True, kw_only=True)
class Joins:
    """Files by the image that they show, and images that several files could be."""

    files: Mapping[Subject, PixelFile]
    ambiguous: tuple[Subject, ...]


def join_images(
    subjects: Iterable[Subject], pixels: PixelFiles, listed: Mapping[str, Sequence[str]], placed: Iterable[Placed]
) -> Joins:
    """The file of each image: as a table says, else by its name.

    IDR names images by their files. Where a name stands in several datasets, or several files have it, the folders
    decide: those that are ``listed`` for a dataset, or are called as it is. A file is never shown as two images.
    """
    said = {Subject(each.dataset, each.image): each.file for each in placed if each.image}
    files: dict[Subject, PixelFile] = {}
    ambiguous: list[Subject] = []
    unsaid: dict[str, dict[Subject, list[Subject]]] = defaultdict(lambda: defaultdict(list))
    for subject in dict.fromkeys(subjects):
        own = Subject(subject.container, file_and_series(subject.name)[0])
        if file := said.get(subject) or said.get(own) or said.get(Subject("", subject.name)):
            files[subject] = file
        else:
            unsaid[own.name][own].append(subject)
    taken = set(files.values())
    for name, groups in unsaid.items():
        found = [file for file in pixels.called(name) if file not in taken]
        for own, subjects_of_file in groups.items():
            chosen = _chosen(own, list(groups), found, listed)
            if isinstance(chosen, PixelFile) and chosen not in taken:
                files |= dict.fromkeys(subjects_of_file, chosen)
                taken.add(chosen)
            elif chosen:
                ambiguous += subjects_of_file
    return Joins(files=files, ambiguous=tuple(ambiguous))


def _chosen(
    own: Subject, others: list[Subject], files: list[PixelFile], listed: Mapping[str, Sequence[str]]
) -> PixelFile | bool:
    """The file of one image; False where it has none, True where it cannot be told which."""
    if len(files) == len(others) == 1:
        return files[0]
    liked = {file: _likeness(own, file, listed) for file in files}
    most = max(liked.values(), default=0)
    best = [file for file, likes in liked.items() if likes == most]
    rivals = [max((_likeness(other, file, listed) for other in others if other != own), default=0) for file in best]
    if not files or (most == 0 and any(rivals)) or (most and all(rival > most for rival in rivals)):
        return False
    if most and len(best) == 1 and rivals[0] < most:
        return best[0]
    return True


def _likeness(subject: Subject, file: PixelFile, listed: Mapping[str, Sequence[str]]) -> int:
    return likeness(file, subject.container, listed.get(subject.container, ()))
