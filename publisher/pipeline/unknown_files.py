"""After the ledger was lost, files of an earlier build may stand in the output that nobody owns: they are named.

Nothing deletes what the ledger does not own. So a study that was withdrawn meanwhile would stay published;
whoever withdrew it must hear of it, build after build, until the files are gone.
"""

import os
from collections.abc import Iterator

from publisher.errors import Problem
from publisher.graph.ledger import Ledger
from publisher.paths import SitePaths

FOLDERS = ("data", "originals", "pages", "studies")
"""Folders of the output that hold nothing but what builds write."""

_MEMO = ("output", "began with files")


def note_beginning(ledger: Ledger, paths: SitePaths) -> None:
    """Remember when a ledger begins while the output has files already; ask before anything is built."""
    if not ledger.unit_names() and ledger.memo(*_MEMO) is None:
        ledger.remember(*_MEMO, any((paths.output / folder).exists() for folder in FOLDERS))


def unknown_files(ledger: Ledger, paths: SitePaths) -> tuple[Problem, ...]:
    """The problem of files that no build owns, once the output has been brought up to date."""
    if not ledger.memo(*_MEMO):
        return ()
    owned = ledger.output_paths()
    found = [name for name in _files(paths) if name not in owned]
    if not found:
        ledger.remember(*_MEMO, False)
        return ()
    folders = sorted({"/".join(name.split("/")[:2]) for name in found})
    named = ", ".join(folders[:5]) + (f" and {len(folders) - 5} more" if len(folders) > 5 else "")
    message = f"{len(found)} files in {named} come from an earlier build of which nothing is known any more"
    hint = "they are still published: delete them, or the whole output folder, and build again"
    return (Problem(code="build.unknown-files", path=paths.shown(paths.output), message=message, hint=hint),)


def _files(paths: SitePaths) -> Iterator[str]:
    for folder in FOLDERS:
        for where, _, names in os.walk(paths.output / folder):
            prefix = os.path.relpath(where, paths.output)
            yield from (f"{prefix}/{name}" for name in names)
