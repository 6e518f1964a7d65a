"""Faults of a study's description: its licence."""

import re
from collections.abc import Iterator

from publisher.lint.finding import Finding
from publisher.lint.subject import Subject

_SPDX = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]*\Z")
_CLOSED = re.compile(r"CC-BY(-NC)?(-ND)|CC-BY-NC", re.IGNORECASE)


def study_rules(subject: Subject) -> Iterator[Finding]:
    """Findings about study.yaml as a whole."""
    yield from _licence(subject)


def _licence(subject: Subject) -> Iterator[Finding]:
    if not subject.licence:
        yield Finding(
            code="lint.no-licence",
            severity="error",
            path=subject.yaml,
            message="no licence: nobody may use the data",
            hint="add `licence:` with an SPDX identifier such as CC-BY-4.0 or CC0-1.0, here or in site_config.yaml",
        )
    elif not _SPDX.match(subject.licence):
        yield Finding(
            code="lint.odd-licence",
            severity="warning",
            path=subject.yaml,
            line=subject.line("licence"),
            message=f"licence {subject.licence!r} is no SPDX identifier, so that programs cannot tell what it allows",
            hint="write one of spdx.org/licenses, such as CC-BY-4.0",
        )
    elif _CLOSED.match(subject.licence):
        yield Finding(
            code="lint.closed-licence",
            severity="note",
            path=subject.yaml,
            line=subject.line("licence"),
            message=f"licence {subject.licence} keeps people from using the data commercially, or from changing it",
            hint="CC-BY-4.0 and CC0-1.0 are what public archives of images ask for",
        )
