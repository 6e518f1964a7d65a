"""Faults of image files as problems that name the file and say what was expected."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from publisher.errors import DamagedSourceError, Problem, PublisherError, Severity, UnsupportedFormatError


def damaged(path: Path | str, message: str, *, code: str = "source.damaged", hint: str = "") -> DamagedSourceError:
    """The error for a file that is broken, hostile or claims more than it holds."""
    return DamagedSourceError(Problem(code=code, path=str(path), message=message, hint=hint))


def unsupported(path: Path | str, message: str, *, hint: str = "") -> UnsupportedFormatError:
    """The error for a sound file of a kind that cannot be read."""
    return UnsupportedFormatError(Problem(code="source.unsupported", path=str(path), message=message, hint=hint))


def warning(path: Path | str, code: str, message: str, *, hint: str = "") -> Problem:
    """Something the curator should know; the pixels are right all the same."""
    return Problem(code=code, path=str(path), message=message, hint=hint, severity=Severity.WARNING)


@contextmanager
def damage_boundary(path: Path | str, doing: str) -> Iterator[None]:
    """Turn whatever a library raises while ``doing`` something with ``path`` into a DamagedSourceError.

    Decoders of hostile files raise anything: nine classes of exception were seen to escape from one
    library, MemoryError among them. So this is the one place where all of them are caught.
    """
    try:
        yield
    except PublisherError:
        raise
    except MemoryError as error:
        raise damaged(path, f"{doing}: needs more memory than a worker may use", code="source.too-large") from error
    except Exception as error:
        raise damaged(path, f"{doing}: {type(error).__name__}: {error}"[:500]) from error
