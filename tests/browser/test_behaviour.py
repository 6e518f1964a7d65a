"""How pages behave in a browser: they keep to themselves, fit small screens, and can be used by keyboard."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.conftest import Look, Seen
from tests.browser.page_kinds import EVERY_KIND

every_kind = pytest.mark.parametrize("kind", EVERY_KIND)
every_kind_but_404 = pytest.mark.parametrize("kind", [kind for kind in EVERY_KIND if kind != "404"])

_WIDER = """() => [...document.querySelectorAll("body *")]
    .map(e => [e, e.getBoundingClientRect().right])
    .filter(([e, right]) => right > 321 && getComputedStyle(e).position !== "fixed")
    .map(([e, right]) => `to ${right} px: ${e.outerHTML.slice(0, 160)}`).slice(0, 8)"""
# What a reader comes for, as far as it can be seen: links, pictures, headings, facts, prose; not the controls.
_CONTENT = """() => [...document.querySelectorAll("main :is(a[href], img, h1, h2, h3, dt, dd, td, th, p, li, pre)")]
    .filter(e => e.checkVisibility() && !e.closest("form, [role=status], [role=toolbar]"))
    .map(e => e.tagName + " " + (e.getAttribute("href") ?? e.getAttribute("src") ?? e.innerText).trim())"""
_SHOWS_NOTHING = """() => {
    // The focused element's HTML when nothing around it looks different from what it is without focus.
    const focused = document.activeElement;
    if (focused === document.body) return null;
    const around = [focused, ...(focused.labels ?? []), ...focused.children];
    for (let e = focused.parentElement, up = 0; e && up < 4; e = e.parentElement, up++) around.push(e);
    const properties = ["outlineStyle", "outlineWidth", "outlineColor", "boxShadow", "borderTopColor",
        "backgroundColor", "color", "textDecorationLine", "opacity", "clipPath", "top", "transform"];
    const look = () => {
        document.getAnimations().forEach(animation => { try { animation.finish(); } catch { /* endless */ } });
        return JSON.stringify(around.flatMap(e => [null, "::before", "::after"].map(part => {
            const style = getComputedStyle(e, part);
            return properties.map(name => style[name]);
        })));
    };
    const withFocus = look();
    focused.blur();
    const without = look();
    focused.focus();
    return withFocus === without ? focused.outerHTML.slice(0, 160) : null;
}"""


def off_site(seen: Seen, url: str) -> list[str]:
    own = urlsplit(url).netloc
    return [asked for asked in seen.requests if asked.startswith(("http", "ws")) and urlsplit(asked).netloc != own]


@every_kind
def test_a_page_asks_nobody_but_its_own_site_and_does_not_complain(look: Look, site_url: str, page_path: str) -> None:
    for size in ("desk", "phone"):
        with look(site_url + page_path, size=size) as seen:
            seen.page.evaluate("scrollTo(0, document.body.scrollHeight)")  # brings lazy pictures in
            seen.page.wait_for_load_state("networkidle")
            assert off_site(seen, site_url) == []
            assert seen.complaints == []


@every_kind
def test_every_picture_is_drawn(look: Look, site_url: str, page_path: str) -> None:
    with look(site_url + page_path) as seen:
        seen.page.evaluate("document.querySelectorAll('img').forEach(image => image.loading = 'eager')")
        seen.page.evaluate("Promise.allSettled([...document.images].map(image => image.decode()))")
        broken = seen.page.evaluate(
            "[...document.images].filter(image => !image.complete || !image.naturalWidth).map(image => image.src)"
        )
        assert broken == []


@every_kind
def test_nothing_moves_while_pictures_come(look: Look, site_url: str, page_path: str) -> None:
    with look(site_url + page_path) as seen:
        unsized = seen.page.evaluate(
            "[...document.images].filter(i => !i.getAttribute('width') || !i.getAttribute('height')).map(i => i.src)"
        )
        assert unsized == []


@every_kind
def test_a_page_fits_320_pixels_without_sideways_scrolling(look: Look, site_url: str, page_path: str) -> None:
    with look(site_url + page_path, size="phone") as seen:
        wider = seen.page.evaluate(_WIDER)
        seen.page.evaluate("scrollTo({left: 9999, behavior: 'instant'})")
        assert seen.page.evaluate("scrollX") == 0, "\n".join(wider)


@every_kind_but_404  # which only a host ever shows
def test_a_page_opens_from_a_disk(look: Look, site: Path, page_path: str) -> None:
    with look((site / page_path).as_uri()) as seen:
        seen.page.wait_for_load_state("networkidle")
        outside = [asked for asked in seen.requests if not asked.startswith(("file:", "data:", "blob:"))]
        styled = seen.page.evaluate("[...document.styleSheets].length")
        assert (outside, seen.complaints) == ([], [])
        assert styled > 0


@every_kind_but_404  # where script names the address that was asked for
def test_a_page_is_whole_without_javascript(look: Look, site_url: str, page_path: str) -> None:
    with look(site_url + page_path) as seen:
        with_script = set(seen.page.evaluate(_CONTENT))
    with look(site_url + page_path, script=False) as seen:
        without = set(seen.page.evaluate(_CONTENT))
    assert with_script - without == set()


@every_kind
def test_the_keyboard_reaches_everything_and_shows_where_it_is(look: Look, site_url: str, page_path: str) -> None:
    with look(site_url + page_path) as seen:
        page = seen.page
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.getAttribute('href')?.startsWith('#')"), "a skip link comes first"
        hidden = []
        for _ in range(60):
            if (where := page.evaluate(_SHOWS_NOTHING)) is not None:
                hidden.append(where)
            page.keyboard.press("Tab")
        assert hidden == []


@every_kind
def test_a_page_prints(look: Look, site_url: str, page_path: str) -> None:
    with look(site_url + page_path) as seen:
        pdf = seen.page.pdf(format="A4")
        seen.page.emulate_media(media="print")
        navigation = seen.page.locator("header nav:visible, form[role=search]:visible").count()
        assert pdf.startswith(b"%PDF")
        assert navigation == 0
        assert seen.page.locator("h1:visible").count() == 1


def test_a_missing_page_is_the_styled_404_page_however_deep(look: Look, site_url: str) -> None:
    with look(site_url + "studies/nobody/images/0/") as seen:
        seen.page.wait_for_load_state("networkidle")
        complaints = [text for text in seen.complaints if "404" not in text]  # the page itself is one
        assert complaints == []
        assert seen.page.locator("h1").count() == 1
        assert seen.page.evaluate("[...document.styleSheets].every(sheet => sheet.cssRules.length > 0)")
        assert seen.page.evaluate("document.styleSheets.length") > 0
