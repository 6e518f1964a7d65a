"""Writes a draft as a study folder: all of it, or nothing.

`stage` writes what is text into a folder beside the study's, and checks that the catalogue accepts it; it runs where
the original is read, so that a table of any length is never held. `publish` adds what is copied and gives the folder
its name.
"""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from publisher.catalogue.curation_file import FILE_NAMES, read_curation
from publisher.catalogue.folders import DESCRIPTIONS
from publisher.catalogue.schema import StudyDescription
from publisher.config.faults import validated
from publisher.errors import ContentError, Problem, refusal
from publisher.importers.draft import StudyDraft, Todo
from publisher.importers.private_words import MOST_BYTES, PrivateWords
from publisher.importers.study_text import study_yaml, write_table
from publisher.importers.todo import NAME, todo_text
from publisher.yaml_file import YamlFile


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """A study that is written, but for the files that are copied.

    ``linked`` are those, by their path in the study. ``rows`` counts images.csv, ``files`` all further files.
    """

    title: str
    rows: int
    files: int
    linked: Mapping[str, Path]
    todo: tuple[Todo, ...]
    lost: tuple[Todo, ...]
    warnings: tuple[Problem, ...]
    facts: tuple[str, ...]


@contextmanager
def staging(folder: Path) -> Iterator[Path]:
    """A new folder beside ``folder``, for a study that is to become it; removed at the end where it is still there.

    It lies beside it, so that paths relative to the study mean the same from there, and renaming is one step.
    """
    made = folder.parent / f".add-{folder.name}"
    try:
        shutil.rmtree(made, ignore_errors=True)  # left by a command that was killed
        made.mkdir(parents=True)
    except OSError as error:
        raise ContentError(refusal(error)) from error
    try:
        yield made
    finally:
        shutil.rmtree(made, ignore_errors=True)


def stage(draft: StudyDraft, staged: Path, *, shown: str, origin: str) -> Staged:
    """Write study.yaml, images.csv, TODO.md and the files of ``draft`` into ``staged``, an empty folder.

    ``shown`` is the study's folder in messages, ``origin`` where the draft was taken from. Raises ContentError where
    a file would leave the study, or the catalogue refuses what was written.
    """
    private = PrivateWords(keeps_keys=draft.is_curated)
    linked, files = dict(draft.linked or {}), dict(draft.files or {})
    packed = draft.packed.members if draft.packed else {}
    _refuse_places([*files, *linked, *packed], shown)
    try:
        _write(staged / "study.yaml", study_yaml(private.description(draft.description)).encode())
        rows = write_table(private.table(draft.images), staged / "images.csv") if draft.images else 0
        for name, data in files.items():
            _write(staged / name, private.file(name, data))
        if draft.packed:
            draft.packed.unpack(staged)
        for name in packed:
            _search(private, name, staged / name, staged / name)
        linked = {name: source for name, source in linked.items() if not _search(private, name, source, staged / name)}
        draft = replace(draft, todo=(*draft.todo, *private.todo()))
        if text := todo_text(draft, origin):
            _write(staged / NAME, text.encode())
    except OSError as error:
        raise ContentError(refusal(error, shown)) from error
    _refuse_what_catalogue_refuses(staged, shown)
    return Staged(
        title=str(draft.description["title"]),
        rows=rows,
        files=len(files) + len(draft.linked or ()) + len(packed),
        linked=linked,
        todo=draft.todo,
        lost=draft.lost,
        warnings=draft.warnings,
        facts=draft.facts,
    )


def publish(staged: Path, folder: Path, linked: Mapping[str, Path]) -> None:
    """Copy what is linked into ``staged`` and call it ``folder``, which must not be there or be empty."""
    try:
        for name, source in linked.items():
            _copy(source, staged / name)
        staged.replace(folder)
    except OSError as error:
        raise ContentError(refusal(error)) from error


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _search(private: PrivateWords, name: str, source: Path, place: Path) -> bool:
    """Write the file ``source`` to ``place`` without its private words; whether it had any."""
    if not private.is_text(name) or not source.is_file() or source.stat().st_size > MOST_BYTES:
        return False
    data = source.read_bytes()
    found = private.file(name, data)
    if found != data:
        _write(place, found)
    return found != data


def _copy(source: Path, place: Path) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    if source.is_dir():
        shutil.copytree(source, place, dirs_exist_ok=True)
    else:
        shutil.copy2(source, place)


def _refuse_places(names: list[str], shown: str) -> None:
    """Names come from files that somebody else made: none may leave the study or take the place of another."""
    own = {*DESCRIPTIONS, *FILE_NAMES, NAME}
    problems = []
    for name in names:
        parts = PurePosixPath(name).parts
        if not parts or name.startswith("/") or ".." in parts or "\\" in name or "\0" in name or name in own:
            problems.append(
                Problem(
                    code="add.bad-path",
                    path=shown,
                    message=f"a file of the original would be written to {name!r}, which is no place in a study",
                    hint="rename it in the original",
                )
            )
    if problems:
        raise ContentError(*problems)


def _refuse_what_catalogue_refuses(staged: Path, shown: str) -> None:
    """What the catalogue refuses is never left behind for the curator to find out."""
    file = YamlFile(staged / "study.yaml", shown=f"{shown}/study.yaml")
    validated(StudyDescription, file, prefix="study", error=ContentError)
    read_curation(staged, shown)
