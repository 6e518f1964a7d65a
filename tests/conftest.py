"""Fixtures that all tests share."""

import os
import shutil
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter
from tests.browser.install import installed_chromium, playwright_chromium

if TYPE_CHECKING:
    from playwright.sync_api import Browser

REPOSITORY = Path(__file__).resolve().parents[1]
CHROMIUM_FLAGS = (
    "--no-sandbox",  # root in a container has no user namespace to sandbox in
    "--disable-gpu",
    "--enable-unsafe-swiftshader",  # WebGL, for the viewer, where there is no graphics card
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
# What a test needs in seconds depends on what else the machine does.
settings.register_profile("publisher", deadline=None)
settings.load_profile("publisher")


def _find_corpus() -> Path | None:
    named = os.environ.get("PUBLISHER_CORPUS")
    if named:
        return Path(named).resolve() if Path(named).is_dir() else None
    here = Path(__file__).resolve().parent
    places = (parent / "shared" / "data" / "given" for parent in here.parents)
    return next((folder.resolve() for folder in places if folder.is_dir()), None)


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


@pytest.fixture(scope="session")
def chromium_path() -> str:
    """The Chromium that pages are looked at with; the test is skipped where there is none."""
    path = installed_chromium() or playwright_chromium()
    if path is None:
        pytest.skip("no Chromium: run `python tests/browser/install.py`")
    return path


@pytest.fixture(scope="session")
def browser(chromium_path: str) -> "Iterator[Browser]":
    """One Chromium for all tests: playwright runs once in a process."""
    from playwright.sync_api import sync_playwright  # only tests that look at pages need it

    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=chromium_path, args=list(CHROMIUM_FLAGS))
        yield running
        running.close()
