"""Which importer takes what is given to ``publisher add``."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from publisher.errors import ContentError, Problem
from publisher.importers.draft import FindsPixels, Importer
from publisher.importers.idr.study_folder import IdrStudyFolder
from publisher.importers.omero.pack import OmeroPackImporter
from publisher.importers.ro_crate.importer import RoCrateImporter
from publisher.importers.spreadsheet.importer import SpreadsheetImporter
from publisher.importers.write import Staged, stage


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedImport:
    """What a study is to become: its ``folder`` (``shown`` in messages), its title where the original's is not wanted.

    ``places`` are where its pixels lie: folders, and tables that name files.
    """

    folder: Path
    shown: str
    title: str | None = None
    places: tuple[Path, ...] = ()


def importers() -> Sequence[Importer]:
    """All importers; the first that recognises a path takes it."""
    return (IdrStudyFolder(), OmeroPackImporter(), RoCrateImporter(), SpreadsheetImporter())


def importer_of(path: Path) -> Importer | None:
    """The importer that takes ``path``; None where it is only images."""
    return next((each for each in importers() if each.recognises(path)), None)


def stage_import(path: Path, wanted: WantedImport, staged: Path) -> Staged:
    """Read the study at ``path`` and write it into ``staged``; see `stage`.

    Runs in the limited worker. Raises ContentError with every fault that keeps it from being a study.
    """
    places = wanted.places
    importer = importer_of(path)
    if importer is None:
        raise ContentError(Problem(code="add.nothing", path=str(path), message="is no study that can be read"))
    if places and not isinstance(importer, FindsPixels):
        message = f"this study ({importer.name}) says itself where its images are; --images has no meaning for it"
        raise ContentError(Problem(code="add.images-unused", path=str(path), message=message, hint="leave it out"))
    if places and isinstance(importer, FindsPixels):
        importer = importer.with_pixels(places)
    draft = importer.read(path, wanted.folder.name, wanted.folder)
    if wanted.title:
        draft = replace(draft, description={**draft.description, "title": wanted.title})
    return stage(draft, staged, shown=wanted.shown, origin=f"{importer.name} {path.name}")
