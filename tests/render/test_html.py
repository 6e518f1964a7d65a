"""Pages of every kind, by every theme: whole, well formed, linked, and with nothing live in them but our own script."""

import itertools
import json
import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest

from publisher import urls
from publisher.pages.container_pages import DatasetPage
from publisher.pages.image_page import image_page
from publisher.pages.image_place import Place
from publisher.pages.page import Page, to_json
from publisher.pages.plate_page import PlatePage
from publisher.render.context import site_context
from publisher.render.html import Renderer, render
from publisher.render.static import static_files
from publisher.render.theme import load_theme
from tests.pages import samples
from tests.render.reading import Document, read
from tests.render.sample_site import config, write_site

THEMES = ("default", "idr")
HOSTILE = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)></title></style></textarea>--> "
    "{{ 7*7 }} javascript:alert(1) \u2028 ${x} \\"
)


@pytest.fixture(scope="module", params=THEMES)
def renderer(request: pytest.FixtureRequest) -> Renderer:
    settings = config(request.param)
    theme = load_theme(settings.theme, Path())
    return Renderer(theme, site_context(settings, theme, static_files(theme)))


def documents(renderer: Renderer, text: str = "") -> list[tuple[Page, Document]]:
    return [(page, read(renderer.render(page))) for page in samples.pages(text)]


def test_every_page_is_well_formed_with_one_h1_and_a_landmark(renderer: Renderer) -> None:
    for page, document in documents(renderer):
        assert not document.faults, page.url
        assert [heading.text for heading in document.all("h1")] == [page.title]
        assert len(document.all("main")) == 1
        assert document.all("title")[0].text == page.head_title
        assert len(document.ids()) == len(set(document.ids())), page.url
        assert all("alt" in picture.attributes and "width" in picture.attributes for picture in document.all("img"))


def test_headings_leave_out_no_level(renderer: Renderer) -> None:
    for page, document in documents(renderer):
        levels = [int(element.tag[1]) for element in document.elements if re.fullmatch(r"h[1-6]", element.tag)]
        jumps = [(a, b) for a, b in itertools.pairwise(levels) if b > a + 1]
        assert not jumps, (page.url, levels)


def test_landmarks_have_names_of_their_own(renderer: Renderer) -> None:
    for page, document in documents(renderer):
        for tag in ("section", "nav", "aside"):
            names = [element.attributes.get("aria-label") for element in document.all(tag)]
            given = [name for name in names if name]
            assert len(given) == len(set(given)), (page.url, tag, given)


def test_labels_name_controls_that_exist(renderer: Renderer) -> None:
    for page, document in documents(renderer):
        names = {label.attributes["for"] for label in document.all("label") if "for" in label.attributes}
        assert names <= set(document.ids()), page.url


def test_hostile_text_in_every_field_stays_text(renderer: Renderer) -> None:
    for page, document in documents(renderer, HOSTILE):
        assert not document.faults, page.url
        scripts = [script.attributes for script in document.all("script")]
        assert all(
            script.get("type") == "application/json" or (script.get("src") or "").endswith(".js") for script in scripts
        )
        assert len(scripts) <= 2
        for element in document.elements:
            assert not [name for name in element.attributes if name.startswith("on") or name == "style"], (
                page.url,
                element,
            )
        schemes = {urlsplit(link).scheme for link in document.links()}
        assert schemes <= {"", "http", "https", "mailto"}, page.url
        assert not [picture for picture in document.all("img") if picture.attributes.get("src") == "x"]
        assert "49" not in document.all("h1")[0].text


def test_embedded_viewer_json_survives_hostile_names(renderer: Renderer) -> None:
    page = next(page for page in samples.pages(HOSTILE) if page.kind == "image")
    script = next(
        element
        for element in read(renderer.render(page)).all("script")
        if element.attributes.get("id") == "viewer-data"
    )
    assert json.loads(script.text)["name"] == page.title


def test_pages_need_nothing_from_elsewhere_and_no_inline_code(renderer: Renderer) -> None:
    for page, document in documents(renderer):
        fetched = [e.attributes.get("src") or "" for e in document.elements if e.tag in ("img", "script")]
        fetched += [
            e.attributes.get("href") or ""
            for e in document.all("link")
            if e.attributes.get("rel") in ("stylesheet", "icon")
        ]
        assert not [address for address in fetched if "//" in address], page.url
        assert not document.all("style")
        policy = next(e.attributes["content"] for e in document.all("meta") if e.attributes.get("http-equiv"))
        assert policy.split("; ") == [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self' https: http:" if page.kind == "viewer" else "connect-src 'self'",
            "base-uri 'none'",
            "form-action 'self'",
        ]


@pytest.mark.parametrize("theme", THEMES)
def test_links_inside_the_site_lead_to_files_or_to_pages_a_build_makes(theme: str, tmp_path: Path) -> None:
    written = write_site(tmp_path, theme)
    made_by_other_steps = re.compile(
        r"\.(webp|jpg|json|xml|csv|pdf)$|data/|images/(cell|record)-00|experiment-b|datasets/control/page|sim-wing|sim-records"
        r"|screens/screen-b|plates/p0|wells/B1"
    )
    for file in written:
        base = "/" if file.name == "404.html" else None
        document = read(file.read_bytes())
        for link in document.links():
            parts = urlsplit(link)
            if parts.scheme or parts.netloc:
                continue
            if not parts.path:
                assert not parts.fragment or parts.fragment in document.ids(), (file, link)
                continue
            target = (
                tmp_path / unquote(parts.path).removeprefix("/")
                if base
                else (file.parent / unquote(parts.path)).resolve()
            )
            assert target.is_relative_to(tmp_path), (file, link)
            assert target.is_file() or made_by_other_steps.search(target.as_posix()), (file, link)


def test_every_page_has_a_json_twin_of_its_model() -> None:
    for page in samples.pages():
        twin = json.loads(to_json(page))
        assert twin["kind"] == page.kind
        assert twin["title"] == page.title
        assert set(page.__dataclass_fields__) <= set(twin)
        assert urls.sibling_json(page.url).suffix == ".json"


def test_without_base_url_no_page_claims_an_address(renderer: Renderer) -> None:
    for page in samples.pages(base_url=None):
        document = read(render(page, load_theme(config().theme, Path()), renderer.context))
        assert not [element for element in document.all("link") if element.attributes.get("rel") == "canonical"]
        assert not [
            element for element in document.all("meta") if element.attributes.get("property") in ("og:url", "og:image")
        ]
        assert "Open with" not in " ".join(heading.text for heading in document.all("h2"))


def test_the_404_page_links_from_the_root_because_it_is_answered_anywhere(renderer: Renderer) -> None:
    page = next(page for page in samples.pages() if page.kind == "404")
    links = [link for link in read(renderer.render(page)).links() if not urlsplit(link).scheme]
    assert all(link.startswith(("/", "#")) for link in links)


def test_without_base_url_the_404_page_links_from_the_root_of_the_host() -> None:
    settings = config().model_copy(update={"base_url": None})
    theme = load_theme(settings.theme, Path())
    renderer = Renderer(theme, site_context(settings, theme, static_files(theme)))
    page = next(page for page in samples.pages(base_url=None) if page.kind == "404")
    links = [link for link in read(renderer.render(page)).links() if not urlsplit(link).scheme]
    assert all(link.startswith(("/", "#")) for link in links)


def test_a_record_without_pixels_is_told_in_its_dataset_and_leads_nowhere(renderer: Renderer) -> None:
    page = next(page for page in samples.pages() if isinstance(page, DatasetPage) and page.has_records)
    assert [item.href is None for item in page.items] == [False, True, True]
    text = renderer.render(page).decode()
    assert "images/record" not in text
    assert text.count("Metadata only") == 2
    assert text.count("<dt>siRNA</dt><dd>CPAP</dd>") == 2


def test_rendering_twice_gives_the_same_bytes(renderer: Renderer) -> None:
    first, second = ([renderer.render(page) for page in samples.pages()] for _ in range(2))
    assert first == second


def test_text_that_is_not_unicode_does_not_stop_a_page(renderer: Renderer) -> None:
    item = samples.published(1, " \ud800 \x00")
    page = image_page(item, samples.study(), Place(dataset_name="\ud800", dataset_id="control"), samples.site_facts())
    assert renderer.render(page)
    assert json.loads(to_json(page))["title"]


def test_a_long_list_of_wells_scrolls_in_a_box_of_its_own_and_a_short_one_does_not(renderer: Renderer) -> None:
    page = next(page for page in samples.pages() if isinstance(page, PlatePage))
    row = page.wells.rows[0]

    def boxes(count: int) -> list[bool]:
        rows = tuple(replace(row, anchor=f"well-{number}") for number in range(count))
        shown = read(renderer.render(replace(page, wells=replace(page.wells, rows=rows))))
        assert not shown.faults
        lists = (each for each in shown.all("section") if each.attributes.get("aria-label") == "List of wells")
        return ["tall" in (each.attributes["class"] or "").split() for each in lists]

    assert (boxes(384), boxes(20)) == ([True], [False])
