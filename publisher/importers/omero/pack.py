"""Transfer packs of OMERO (omero-cli-transfer: transfer.xml with the files beside it) as studies.

What the pack says of images travels in its transfer.xml, which stays with the study and is read beside their files;
what it says of projects, datasets, screens, plates and wells becomes keys of study.yaml and rows of images.csv.
"""

from collections.abc import Iterator
from pathlib import Path

from publisher.errors import ContentError, Problem, PublisherError, Severity
from publisher.formats.ome_xml.guard import Limits
from publisher.formats.ome_xml.tree import OmeTree, parse
from publisher.importers.archive import is_archive
from publisher.importers.draft import StudyDraft
from publisher.importers.omero.places import DOCUMENT
from publisher.importers.omero.report import facts, lost, title, todo
from publisher.importers.omero.study import PackStudy
from publisher.importers.pack_files import PackFiles, pack_files, relative_place


class OmeroPackImporter:
    """Reads transfer packs: folders, zip and tar files."""

    name = "OMERO transfer pack"

    def recognises(self, path: Path) -> bool:
        """A folder or an archive with a transfer.xml, or that file."""
        if path.is_dir():
            return (path / DOCUMENT).is_file()
        if path.name == DOCUMENT:
            return path.is_file()
        try:
            return is_archive(path) and pack_files(path, DOCUMENT) is not None
        except ContentError:
            return False

    def read(self, path: Path, slug: str, study_folder: Path) -> StudyDraft:
        """The study of a pack; raises ContentError where it cannot be read or is not to be trusted."""
        pack = pack_files(path, DOCUMENT)
        if pack is None:
            raise ContentError(Problem(code="add.no-pack", path=path.name, message=f"holds no {DOCUMENT}"))
        document = pack.read(DOCUMENT, Limits().size)
        study = PackStudy(_tree(document), pack, slug)
        return _draft(study, document, path, study_folder)


def _tree(document: bytes) -> OmeTree:
    try:
        return parse(document, name=DOCUMENT)
    except PublisherError as error:
        raise ContentError(*error.problems) from error


def _draft(study: PackStudy, document: bytes, path: Path, study_folder: Path) -> StudyDraft:
    pack = study.pack
    description: dict[str, object] = {"title": title(study.tree, path)}
    if pack.is_folder and study.has_files:
        description["sources"] = [relative_place(pack.place / pack.base, study_folder)]
    description |= study.containers()
    copied = dict(study.attached_files())
    if not pack.is_folder:
        copied |= dict(study.places.image_files())
    return StudyDraft(
        description=description,
        images=study.table(),
        files={DOCUMENT: document} if study.has_files else None,
        linked=pack.linked(copied) or None,
        is_curated=False,
        packed=pack.packed(copied),
        todo=tuple(todo(study.images, study.places)),
        lost=(*study.lost(), *lost(study.images)),
        warnings=(*study.tree.warnings, *_links(pack)),
        facts=tuple(facts(study.images)),
    )


def _links(pack: PackFiles) -> Iterator[Problem]:
    for name in pack.links:
        yield Problem(
            code="add.left-out",
            path=name,
            message="leads out of the pack, or its name is no text: passed over",
            severity=Severity.WARNING,
        )
