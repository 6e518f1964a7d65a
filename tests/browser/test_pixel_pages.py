"""What pages of pixels offer: overlays, tabs, downloads, addresses, and documents for viewers."""

import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest

from tests.browser.conftest import Look
from tests.browser.pixel_site import ELSEWHERE, KINDS
from tests.pages.test_seams import validator

_LABELLED = [kind for kind in KINDS if "labels" in kind]
_REFERENCED = [kind for kind in KINDS if "referenced" in kind]
_HIDDEN_TABS = """() => [...document.querySelectorAll(".tabs label")].filter(label => {
    label.click();
    return ![...document.querySelectorAll("[data-tab]")].some(tab => tab.checkVisibility()
        && tab.dataset.tab === label.htmlFor.slice(1));
}).map(label => label.textContent)"""


@pytest.mark.parametrize("script", [True, False])
@pytest.mark.parametrize("kind", _LABELLED)
def test_labels_are_laid_over_the_picture_and_fit_it(
    look: Look, site_url: str, page_path: str, *, script: bool
) -> None:
    for size in ("desk", "phone"):
        with look(site_url + page_path, size=size, script=script) as seen:
            switches = seen.page.locator(".labs input")
            assert seen.page.locator(".overlays img:visible").count() == 0
            for number in range(switches.count()):
                switches.nth(number).check()
                overlay = seen.page.locator(f".overlays img.o{number}")
                assert overlay.is_visible()
                assert overlay.bounding_box() == seen.page.locator("img.whole").bounding_box()
                switches.nth(number).uncheck()
                assert not overlay.is_visible()


def test_labels_are_switched_by_the_keyboard_and_loaded_only_then(
    look: Look, pixel_sites: Callable[[str], Path], served: Callable[[Path], str]
) -> None:
    version, path = KINDS["labels"]
    with look(served(pixel_sites(version)) + path) as seen:
        seen.page.wait_for_load_state("networkidle")
        assert not any("labels-" in asked for asked in seen.requests)
        seen.page.locator("#o0").focus()
        with seen.page.expect_response("**/labels-*.webp"):
            seen.page.keyboard.press("Space")
        assert seen.page.locator(".overlays img.o0").is_visible()


def test_labels_beyond_those_with_a_switch_are_told(
    look: Look, pixel_sites: Callable[[str], Path], served: Callable[[Path], str]
) -> None:
    version, path = KINDS["many labels"]
    with look(served(pixel_sites(version)) + path) as seen:
        assert seen.page.locator(".labs input").count() == 8
        assert seen.page.locator("#labels tbody tr").count() == 12
        seen.page.get_by_role("link", name="list of labels").click()
        assert seen.page.locator("#labels h2").is_visible()
        assert "4 more" in seen.page.locator(".labs").inner_text()


@pytest.mark.parametrize("kind", ["plate", *_REFERENCED, "labels, idr, 0.4+0.5", "labels, 0.4"])
def test_every_tab_shows_its_code(look: Look, site_url: str, page_path: str) -> None:
    with look(site_url + page_path) as seen:
        assert seen.page.evaluate(_HIDDEN_TABS) == []


def test_the_page_says_that_its_picture_is_a_projection(pixel_sites: Callable[[str], Path]) -> None:
    version, path = KINDS["projection"]
    assert "Shown: maximum of Z 1–7, T 1 of 3" in (pixel_sites(version) / path).read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", KINDS)
def test_every_download_is_there(look: Look, site: Path, site_url: str, page_path: str, kind: str) -> None:
    with look(site_url + page_path) as seen:
        links = seen.page.locator("#download .files a, #labels a").evaluate_all("all => all.map(a => a.href)")
    missing = [link for link in links if not (site / urlsplit(link).path.lstrip("/")).is_file()]
    assert links
    assert missing == []
    assert any(link.endswith(".ozx") for link in links) == (kind not in (*_REFERENCED, "labels, 0.4"))
    assert any("SHA256" in link or "sha256" in link for link in links) == (kind not in _REFERENCED)


@pytest.mark.parametrize("kind", KINDS)
def test_the_documents_for_viewers_fit_their_schemas(site: Path, page_path: str) -> None:
    page = json.loads((site / page_path).with_suffix(".json").read_text())
    validator("viewer").validate(page["viewer"])
    folder = (site / page_path).parent
    named = [label["name"] for label in page["viewer"]["labels"]]
    if named:
        listed = json.loads((folder / "labels.json").read_text())
        validator("labels").validate(listed)
        assert [label["name"] for label in listed["labels"]] == named
    href = page["viewer"]["store"]["href"]
    if href:
        store = site / urljoin(page_path, href)
        assert all((store / level["path"]).is_dir() for level in page["viewer"]["levels"])
        assert all((store / label["path"]).is_dir() for label in page["viewer"]["labels"])


@pytest.mark.parametrize("kind", _REFERENCED)
def test_a_store_elsewhere_has_nothing_but_its_own_address(site: Path, page_path: str) -> None:
    page = json.loads((site / page_path).with_suffix(".json").read_text())
    side = {panel["kind"]: panel for panel in page["side"]}
    (use_it,) = [panel for panel in page["main"] if panel["kind"] == "use_it"]
    assert page["viewer"]["store"] == {"href": None, "url": ELSEWHERE}
    assert side["download"]["zarr_url"] == ELSEWHERE
    assert all(ELSEWHERE in snippet["code"] for snippet in use_it["snippets"])
    assert not use_it["preview"]
    assert all(ELSEWHERE in program["href"] + program["command"] for program in side["open_with"]["programs"])
    assert not (site / "data" / "elsewhere").exists()


def test_neighbours_on_a_plate_can_be_told_apart_on_a_phone(
    look: Look, pixel_sites: Callable[[str], Path], served: Callable[[Path], str]
) -> None:
    version, path = KINDS["plate"]
    ends = """() => [...document.querySelectorAll(".imhead .clip")].map(clip => {
        const box = clip.getBoundingClientRect(), text = clip.querySelector("bdi").getBoundingClientRect();
        return box.width < text.width + 1 && Math.abs(text.right - box.right) < 2;
    })"""
    with look(served(pixel_sites(version)) + path, size="phone") as seen:
        assert seen.page.evaluate(ends) == [True, True]
