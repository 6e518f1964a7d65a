"""Fixtures that all tests share."""

import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter

REPOSITORY = Path(__file__).resolve().parents[1]


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


@pytest.fixture(scope="session")
def example_site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The example site of this repository, built once for all tests; its output folder."""
    output = tmp_path_factory.mktemp("example") / "_site"
    root = output.parent / "site"
    shutil.copytree(REPOSITORY / "content", root / "content", ignore=shutil.ignore_patterns("generators"))
    shutil.copy(REPOSITORY / "site_config.yaml", root)
    outcome = build(root, BuildOptions(today=date(2026, 1, 1)), SilentReporter(), output=output)
    assert outcome.problems == ()
    return output
