"""Faults of the disk, in words: full, failing, read-only; and a ledger that cannot be read."""

import errno
import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import Problem, Severity, StorageError
from publisher.graph.ledger import Ledger
from publisher.paths import SitePaths

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
_CONVERGES = "what was published stands whole, or the next command finishes it"


@contextmanager
def disk_faults(paths: SitePaths) -> Iterator[None]:
    """Turn what the operating system or SQLite raises into a StorageError."""
    try:
        yield
    except OSError as error:
        raise StorageError(_of_system(error, paths)) from error
    except sqlite3.OperationalError as error:
        hint = f"make room, or check the disk, and build again; {_CONVERGES}"
        message = f"the disk refused: {error}"
        raise StorageError(
            Problem(code="build.storage", path=paths.shown(paths.ledger), message=message, hint=hint)
        ) from error


@contextmanager
def opened_ledger(paths: SitePaths) -> Iterator[Ledger]:
    """The site's ledger; one that turns out to be damaged is set aside, so that the next build starts anew."""
    with Ledger(paths.ledger) as ledger:
        try:
            yield ledger
        except (sqlite3.DatabaseError, json.JSONDecodeError) as error:  # JSON is read from the ledger and nowhere else
            if isinstance(error, sqlite3.OperationalError) and "decode" not in str(error):
                raise  # the disk's fault, not the file's
            ledger.set_aside()
            raise StorageError(_damaged(paths, "build again: everything is built anew")) from error


def damage_warning(ledger: Ledger, paths: SitePaths) -> tuple[Problem, ...]:
    """What to say when a damaged ledger was replaced by a new one."""
    return (_damaged(paths, "nothing to do: everything is built anew", Severity.WARNING),) if ledger.was_damaged else ()


def _damaged(paths: SitePaths, hint: str, severity: Severity = Severity.ERROR) -> Problem:
    message = "the record of earlier builds was damaged and has been set aside"
    return Problem(
        code="build.ledger-damaged", path=paths.shown(paths.ledger), message=message, hint=hint, severity=severity
    )


def _of_system(error: OSError, paths: SitePaths) -> Problem:
    name = paths.shown(Path(str(error.filename))) if error.filename else None
    what = "there is no room left" if error.errno in _FULL else f"the disk refused: {error.strerror or error}"
    hint = "make room" if error.errno in _FULL else "check permissions and the disk"
    return Problem(code="build.storage", path=name, message=what, hint=f"{hint}, and build again; {_CONVERGES}")
