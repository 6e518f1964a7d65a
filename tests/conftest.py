"""Fixtures that all tests share."""

import os
from pathlib import Path

import pytest


def _find_corpus() -> Path | None:
    named = os.environ.get("PUBLISHER_CORPUS")
    if named:
        return Path(named) if Path(named).is_dir() else None
    here = Path(__file__).resolve().parent
    return next((folder for parent in here.parents if (folder := parent / "shared" / "data" / "given").is_dir()), None)


@pytest.fixture(scope="session")
def corpus() -> Path:
    """Folder of the collection of real files; the test is skipped where it is not."""
    found = _find_corpus()
    if found is None:
        pytest.skip("needs the collection of real files: set PUBLISHER_CORPUS to its folder")
    return found
