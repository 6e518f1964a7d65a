"""The gate: a fileset as a build wrote it, judged as strictly as we know; takes a folder, writes nothing."""

from pathlib import Path

from publisher.errors import Problem
from publisher.ngff.fault import Fault
from publisher.ngff.fileset_check import Rules, fileset_faults
from publisher.sources.protocol import Roots
from publisher.sources.zarr_files import FolderFiles

_HINT = "build the fileset anew: publisher build"


def validate_fileset(folder: Path, *, empty_files: bool = True) -> tuple[Problem, ...]:
    """Every fault of the fileset ``folder``; none when it may be published.

    ``empty_files``: files that hold only the fill value must exist (``hosting.missing_keys: "403"``).
    """
    files = FolderFiles(folder, Roots((folder,)), str(folder))
    return tuple(_problem(folder, fault) for fault in fileset_faults(files, Rules(empty_files=empty_files)))


def _problem(folder: Path, fault: Fault) -> Problem:
    path = folder / fault.path if fault.path else folder
    return Problem(code="store.invalid", message=fault.message, path=str(path), hint=_HINT)
