"""What the script adds, and what works without it, in a real browser."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from publisher.preview.server import serving
from tests.render.sample_site import draw, write_site

pytestmark = pytest.mark.browser
SIZES = ({"width": 1400, "height": 900}, {"width": 320, "height": 800})


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("site")
    write_site(folder)
    draw(folder, 1)
    return folder


@pytest.fixture(scope="module")
def address(site: Path) -> Iterator[str]:
    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Nothing: tests read no log."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    server.server_close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    context = browser.new_context(viewport=SIZES[0])
    opened, faults = context.new_page(), list[str]()
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.on("console", lambda message: faults.append(message.text) if "Content Security" in message.text else None)
    yield opened
    context.close()
    assert not faults


def shown(page: Any, selector: str) -> list[str]:
    return [element.inner_text().strip() for element in page.query_selector_all(selector) if element.is_visible()]


def test_facets_narrow_the_cards_and_write_the_address(page: Any, address: str) -> None:
    page.goto(address)
    page.check("input[data-facet=has][value='3D stacks']")
    assert shown(page, ".card h3") == ["How spindles find the middle"]
    assert shown(page, "[data-status]") == ["1 study"]
    assert page.url.endswith("?has=3D+stacks")


def test_an_address_with_facets_and_words_shows_what_it_says(page: Any, address: str) -> None:
    page.goto(address + "?q=wing+simmons")
    assert [title.split(" of")[0] for title in shown(page, ".card h3")] == ["Cell shapes"]
    page.goto(address + "?q=nothing+like+this")
    assert shown(page, "[data-empty] b") == ["No study fits."]
    page.click("[data-clear]")
    assert len(shown(page, ".card h3")) == 3


def test_studies_are_sorted_by_number_of_images(page: Any, address: str) -> None:
    page.goto(address)
    page.select_option("[data-sort]", "images")
    assert [text.split()[0] for text in shown(page, ".card .end")] == ["37,492", "11", "1"]


def test_a_search_on_another_page_leads_to_the_front_page(page: Any, address: str) -> None:
    page.goto(address + "pages/about/index.html")
    page.fill("#tq", "wing")
    page.press("#tq", "Enter")
    page.wait_for_url("**/index.html?q=wing")
    assert len(shown(page, ".card h3")) == 1


def test_the_theme_button_is_kept_for_the_next_page(page: Any, address: str) -> None:
    page.goto(address)
    page.click("[data-theme-toggle]")
    page.goto(address + "pages/about/index.html")
    assert page.evaluate("document.documentElement.dataset.theme") == "dark"


def test_images_of_a_dataset_are_filtered_by_name_and_by_value_in_both_views(page: Any, address: str) -> None:
    page.goto(address + "studies/sim-spindle/datasets/pcnt/index.html")
    page.fill("[data-filter]", "cpap")
    assert len(shown(page, ".thumbs li")) == 2
    page.click("label[for=v-table]")
    assert len(shown(page, ".as-list tbody tr")) == 2


def test_channels_switch_without_script(browser: Any, site: Path) -> None:
    context = browser.new_context(java_script_enabled=False, viewport=SIZES[0])
    page = context.new_page()
    page.goto((site / "studies/sim-spindle/images/cell-001/index.html").as_uri())
    assert not page.is_visible(".layers .l1")
    page.uncheck("#c0")
    assert (page.is_visible(".layers .l0"), page.is_visible(".layers .l1")) == (False, True)
    assert not shown(page, "[data-copy]")
    context.close()


def test_a_window_is_moved_and_put_back(page: Any, address: str) -> None:
    page.goto(address + "studies/sim-spindle/images/cell-001/index.html")
    page.locator(".rng input").first.fill("1000")
    assert "url" in page.evaluate("document.querySelector('.l0').style.filter")
    assert page.is_visible(".layers .l0")
    page.click(".rng button:visible")
    assert page.evaluate("document.querySelector('.l0').style.filter") == ""
    assert not page.is_visible(".layers .l0")


def test_a_window_wider_than_the_histogram_is_not_taken_for_moved(page: Any, address: str) -> None:
    page.goto(address + "studies/sim-spindle/images/cell-001/index.html")
    assert page.locator(".rng output").all_inner_texts()[:2] == ["120", "2900"]
    assert not shown(page, ".rng button")
    assert not page.is_visible(".layers")


def test_no_page_scrolls_sideways_at_any_width(browser: Any, site: Path) -> None:
    for size in SIZES:
        context = browser.new_context(viewport=size)
        for file in sorted(site.rglob("*.html")):
            page = context.new_page()
            page.goto(file.as_uri())
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), (file, size)
            page.close()
        context.close()


@pytest.mark.parametrize("size", SIZES, ids=lambda size: str(size["width"]))
def test_words_without_spaces_push_no_page_aside(browser: Any, tmp_path: Path, size: dict[str, int]) -> None:
    context = browser.new_context(viewport=size)
    pushed = {}
    written = write_site(tmp_path, text=f" {'W' * 60}_{'v' * 90}")
    with serving(tmp_path) as root:
        for path in (file.relative_to(tmp_path).as_posix() for file in written):
            page = context.new_page()
            page.goto(root + path)
            page.evaluate("scrollTo({left: 9999, behavior: 'instant'})")
            pushed[path] = page.evaluate("scrollX")
            page.close()
    context.close()
    assert not any(pushed.values()), pushed
