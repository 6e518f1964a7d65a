"""Which importer takes what is given to ``publisher add``."""

from collections.abc import Sequence
from pathlib import Path

from publisher.importers.draft import Importer


def importers() -> Sequence[Importer]:
    """All importers; the first that recognises a path takes it."""
    return ()


def importer_of(path: Path) -> Importer | None:
    """The importer that takes ``path``; None where it is only images."""
    return next((each for each in importers() if each.recognises(path)), None)
