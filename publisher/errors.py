"""Every error of publisher, and the problems they carry.

PublisherError                    base; one run may report many problems at once
├── ConfigError                   site_config.yaml cannot be used
├── ContentError                  content/ (study.yaml, images.csv, pages) cannot be used
├── SourceError                   an image file cannot be used
│   ├── UnsupportedFormatError    no reader knows this file
│   ├── MissingReaderError        a reader is known, but not installed
│   └── DamagedSourceError        the file is broken, hostile or lies about itself
├── ConversionError               pixels could not be written
├── StorageError                  the disk refused, or what was remembered on it is damaged
├── ThemeError                    a theme or template cannot be used
├── PluginError                   an installed plugin cannot be loaded
└── DeployError                   a site could not be sent to its host

A stage collects all its problems and raises once. Foreign exceptions are wrapped where they enter
(``raise SourceError(...) from error``); whatever else escapes is a bug of ours and shows a traceback.
"""

import errno
from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How much a problem matters to the run."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One fault, in words a curator can act on.

    ``code`` is stable and listed in docs/reference/problems.md (``study.unknown-key``). ``message``
    says what was found and what was expected; ``hint`` says what to do, with the command to run.
    ``path`` is relative to the site where it can be; ``line`` counts from 1.
    """

    code: str
    message: str
    path: str | None = None
    line: int | None = None
    hint: str = ""
    severity: Severity = Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}: " if self.path and self.line else f"{self.path}: " if self.path else ""
        return f"{place}{self.message}" + (f" ({self.hint})" if self.hint else "")


class PublisherError(Exception):
    """Base of all errors that a user can mend; carries one or more problems."""

    def __init__(self, *problems: Problem) -> None:
        super().__init__("\n".join(map(str, problems)))
        self.problems = problems

    def __reduce__(self) -> tuple[type["PublisherError"], tuple[Problem, ...]]:
        return type(self), self.problems


class ConfigError(PublisherError):
    """site_config.yaml cannot be used."""


class ContentError(PublisherError):
    """Curated content cannot be used."""


class SourceError(PublisherError):
    """An image file cannot be used."""


class UnsupportedFormatError(SourceError):
    """No reader knows this file."""


class MissingReaderError(SourceError):
    """A reader for this file exists but is not installed."""


class DamagedSourceError(SourceError):
    """The file is broken, hostile or claims more than it holds."""


class ConversionError(PublisherError):
    """Pixels could not be converted."""


class StorageError(PublisherError):
    """The disk refused to read or write, or the ledger on it is damaged; ends a build."""


class ThemeError(PublisherError):
    """A theme cannot be used."""


class PluginError(PublisherError):
    """An installed plugin cannot be loaded."""


class DeployError(PublisherError):
    """A site could not be sent to its host."""


FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
DENIED = (errno.EACCES, errno.EPERM, errno.EROFS)


def refusal(error: OSError, shown: str | None = None) -> Problem:
    """What the operating system refused, as a problem; ``shown`` is the file as people should read it."""
    path = shown or (str(error.filename) if error.filename is not None else None)
    words = error.strerror or str(error)
    if error.errno in FULL:
        hint = "make room, or name a folder on another disk with --output, then run the command again"
        return Problem(code="disk.full", path=path, message="the disk is full", hint=hint)
    if error.errno in DENIED:
        message = f"may not be opened or changed by you: {words[:1].lower()}{words[1:]}"
        return Problem(
            code="disk.denied", path=path, message=message, hint="check the permissions of the file and its folder"
        )
    message = f"cannot be used: {words[:1].lower()}{words[1:]}"
    return Problem(code="disk.failed", path=path, message=message, hint="check the path and the disk")
