"""Reads a study folder: study.yaml (or study.md with front matter) and images.csv."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from publisher.catalogue.curation import Curation
from publisher.catalogue.curation_file import FILE_NAMES, read_curation
from publisher.catalogue.folders import DESCRIPTIONS, refuse_outside
from publisher.catalogue.schema import StudyDescription
from publisher.config.faults import validated
from publisher.errors import ContentError, Problem
from publisher.model.identity import SAFE_ID
from publisher.paths import SitePaths
from publisher.yaml_file import YamlFile, read_text

OWN_FILES = frozenset({*DESCRIPTIONS, *FILE_NAMES, "TODO.md"})
"""Files of a study's folder that speak of the study, and are never its images, whatever a pattern fits."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StudyFolder:
    """One study as it stands in content/; ``shown`` is its path in messages."""

    slug: str
    folder: Path
    shown: str
    file: YamlFile
    description: StudyDescription
    curation: Curation

    @property
    def roots(self) -> tuple[Path, ...]:
        """Folders its image files may come from; the study's own first."""
        return (self.folder, *((self.folder / source).resolve() for source in self.description.sources))


def load_study(folder: Path, paths: SitePaths) -> StudyFolder:
    """Read a study; raises ContentError with every fault of its files."""
    shown = paths.shown(folder)
    if not SAFE_ID.match(folder.name):
        raise ContentError(
            Problem(
                code="study.bad-folder-name",
                path=shown,
                message=f"the folder's name {folder.name!r} becomes part of web addresses",
                hint="rename it with letters, digits, dot, hyphen and underscore only",
            )
        )
    for name in (*DESCRIPTIONS, *FILE_NAMES):
        refuse_outside(folder / name, paths)
    problems: list[Problem] = []
    file = description = curation = None
    try:
        file, description = _read_description(folder, shown)
    except ContentError as error:
        problems += error.problems
    try:
        curation = read_curation(folder, shown)
    except ContentError as error:
        problems += error.problems
    if file is None or description is None or curation is None or problems:
        raise ContentError(*problems)
    return StudyFolder(
        slug=folder.name, folder=folder, shown=shown, file=file, description=description, curation=curation
    )


def _read_description(folder: Path, shown: str) -> tuple[YamlFile, StudyDescription]:
    path = next(folder / name for name in DESCRIPTIONS if (folder / name).is_file())
    name = f"{shown}/{path.name}"
    if path.suffix != ".md":
        file = YamlFile(path, shown=name)
    else:
        front, body = _front_matter(path, name)
        file = YamlFile(path, shown=name, text="\n" + front)  # the line of `---`, so that lines agree
        file.data.setdefault("description", body)
    return file, validated(StudyDescription, file, prefix="study", error=ContentError)


def _front_matter(path: Path, shown: str) -> tuple[str, str]:
    text = read_text(path, shown)
    if not text.startswith("---\n") or "\n---\n" not in text:
        raise ContentError(
            Problem(
                code="study.no-front-matter",
                path=shown,
                line=1,
                message="must start with keys between two lines of `---`",
            )
        )
    front, _, body = text[4:].partition("\n---\n")
    return front, body.strip()


def is_published(description: StudyDescription, *, today: date, drafts: bool) -> bool:
    """Whether a study is built: drafts only on request, embargoed ones from their day on."""
    if drafts or description.visibility == "public":
        return True
    if description.visibility == "embargoed" and description.embargo_until is not None:
        return today >= description.embargo_until
    return False
