"""A built site behind the preview server, and a Chromium that looks at it.

PUBLISHER_SITE names a folder of pages to look at instead of the example site. Pages of kinds that the example has not
are of sites made by pixel_site.py.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from publisher.preview.server import serving
from tests.browser.install import page_tools
from tests.browser.page_kinds import page_of_kind
from tests.browser.pixel_site import KINDS, SITES, build_pixel_site

SIZES = {"phone": (320, 640), "desk": (1400, 900)}
_HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.browser)
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def pixel_sites(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """The sites of pixels of every kind by version; each is built when it is first asked for."""

    @cache
    def built(version: str) -> Path:
        return build_pixel_site(tmp_path_factory.mktemp("pixels"), version, **SITES[version])

    return built


@pytest.fixture
def site(request: pytest.FixtureRequest) -> Path:
    """The folder whose pages are looked at: the one that has the ``kind`` that a test is parametrized by."""
    named = os.environ.get("PUBLISHER_SITE")
    kind = request.node.callspec.params.get("kind", "") if hasattr(request.node, "callspec") else ""
    if kind in KINDS and named:
        pytest.skip(f"PUBLISHER_SITE is looked at, and the {kind} page is of another site")
    if kind in KINDS:
        sites: Callable[[str], Path] = request.getfixturevalue("pixel_sites")
        return sites(KINDS[kind][0])
    folder = Path(named) if named else request.getfixturevalue("example_site")
    assert isinstance(folder, Path)
    return folder


@pytest.fixture(scope="session")
def served() -> Iterator[Callable[[Path], str]]:
    """The address at which a folder is served, until all tests are done."""
    with ExitStack() as servers:
        yield cache(lambda folder: servers.enter_context(serving(folder)))


@pytest.fixture
def site_url(site: Path, served: Callable[[Path], str]) -> str:
    return served(site)


@pytest.fixture
def page_path(site: Path, kind: str) -> str:
    """Path in the site of the page of the ``kind`` that a test is parametrized by."""
    page = page_of_kind(site, kind)
    if page is None and "PUBLISHER_SITE" in os.environ:
        pytest.skip(f"PUBLISHER_SITE has no {kind} page")
    assert page is not None, f"the example site has no {kind} page"
    return page


@pytest.fixture(scope="session")
def tools() -> Path:
    """Folder of axe-core, html-validate and Lighthouse."""
    folder = page_tools()
    if folder is None:
        pytest.skip("axe-core, html-validate and Lighthouse are not installed: run `python tests/browser/install.py`")
    return folder


@dataclass(slots=True)
class Seen:
    """A page and what it did while it was looked at."""

    page: Page
    requests: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    """Console errors and warnings, uncaught exceptions, failed requests."""


Look = Callable[..., AbstractContextManager[Seen]]


@pytest.fixture
def look(browser: Browser) -> Look:
    """Opens an address in a browser of its own; with ``script=False`` as a reader without JavaScript."""

    @contextmanager
    def open_page(url: str, *, size: str = "desk", dark: bool = False, script: bool = True) -> Iterator[Seen]:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            java_script_enabled=script,
        )
        try:
            seen = Seen(context.new_page())
            watch(seen)
            seen.page.goto(url, wait_until="load")
            yield seen
        finally:
            context.close()

    return open_page


def watch(seen: Seen) -> None:
    """Write down what the page asks for and complains about."""
    page = seen.page
    page.on("request", lambda request: seen.requests.append(request.url))
    page.on("pageerror", lambda error: seen.complaints.append(f"uncaught: {error}"))
    page.on(
        "requestfailed",
        # An icon may still be on its way when the test goes on to the next page.
        lambda request: (
            seen.complaints.append(f"failed: {request.url}, {request.failure}")
            if request.failure != "net::ERR_ABORTED"
            else None
        ),
    )
    page.on(
        "console",
        lambda message: seen.complaints.append(message.text) if message.type in ("error", "warning") else None,
    )
