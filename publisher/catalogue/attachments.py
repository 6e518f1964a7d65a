"""Files that a curator attaches to a study or to a container of it, to be offered for download."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from publisher.catalogue.image_patterns import is_utf8
from publisher.catalogue.load import StudyFolder
from publisher.catalogue.schema import FilePart
from publisher.errors import Problem

Place = tuple[str | int, ...]
FindAll = Callable[[str], tuple[Path, list[str]]]
"""Names that a path or pattern finds, and the folder (the study or one of its sources) they were found in."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AttachmentRef:
    """One attached file: ``path`` relative to the study or to one of its source folders, ``image`` as curated."""

    path: str
    location: Path
    title: str
    description: str = ""
    image: str = ""


class AttachmentFinder:
    """Finds attached files; ``problems`` collects what cannot be found or lies outside."""

    def __init__(self, study: StudyFolder, find: FindAll) -> None:
        self._study = study
        self._roots = [root.resolve() for root in study.roots]
        self._find = find
        self.problems: list[Problem] = []

    def attachments(
        self, parts: Iterable[FilePart], place: Place, *, key: str = "attachments"
    ) -> tuple[AttachmentRef, ...]:
        """The files of ``parts``, each once; ``key`` at ``place`` is where study.yaml names them."""
        found: dict[str, AttachmentRef] = {}
        for number, part in enumerate(parts):
            for ref in self._files(part, (*place, key, number)):
                found.setdefault(ref.path, ref)
        return tuple(found.values())

    def _files(self, part: FilePart, place: Place) -> list[AttachmentRef]:
        root, names = self._find(part.path)
        files = [name for name in names if is_utf8(name) and (root / name).is_file()]
        if not files:
            hint = "a folder is attached as its files: `folder/*`" if names else "check the spelling"
            message = f"no file fits {part.path!r} below {self._study.shown}"
            self.problems.append(self._study.file.fault("study.no-such-file", message, place, hint))
        outside = [name for name in files if not self._is_inside(root / name)]
        if outside:
            message = f"{outside[0]!r} is a link to a file outside the study"
            hint = "copy the file into the study, or name its folder under `sources:`"
            self.problems.append(self._study.file.fault("study.outside", message, place, hint))
        titled = part.title if part.title and len(files) == 1 else ""
        return [
            AttachmentRef(
                path=name,
                location=root / name,
                title=titled or name.rsplit("/", 1)[-1],
                description=part.description,
                image=part.image or "",
            )
            for name in files
            if name not in outside
        ]

    def _is_inside(self, path: Path) -> bool:
        """Whether the file itself, symlinks followed, lies in the study or one of its sources."""
        real = path.resolve()
        return any(real.is_relative_to(root) for root in self._roots)
