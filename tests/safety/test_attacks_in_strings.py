"""Attacks in every string that a curator or a file can give come out as text."""

import json
from html.parser import HTMLParser
from pathlib import Path

import pytest
from lxml import etree
from playwright.sync_api import Browser

from publisher.formats.ome_xml.tree import parse, validate
from publisher.preview.server import serving
from tests.browser.conftest import Seen, watch

ADDRESS = {"href", "src", "action", "formaction", "poster", "data", "xlink:href", "srcset", "cite"}
PROSE = {(tag, None) for tag in ("p", "em", "strong", "b", "a", "code")} | {("a", "rel"), ("a", "title")}


class Outline(HTMLParser):
    """Elements with the names of their attributes, and every address of a page."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.kinds: set[tuple[str, str | None]] = set()
        self.addresses: set[str] = set()
        self.feed(page.read_text(encoding="utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.kinds |= {(tag, None), *((tag, name) for name, _ in attrs)}
        self.addresses |= {value or "" for name, value in attrs if name in ADDRESS}


def pages(site: Path) -> list[Path]:
    return sorted(site.rglob("*.html"))


def test_no_page_has_an_element_or_attribute_that_words_do_not_make(attacked: Path, harmless: Path) -> None:
    expected = PROSE.union(*(Outline(page).kinds for page in pages(harmless)))
    found = set().union(*(Outline(page).kinds for page in pages(attacked)))
    for kind in ("datasets/*", "images/*", "plates/*", "wells/*", "projects/*", "screens/*", "quality"):
        assert list(attacked.rglob(f"{kind}/index.html")), kind
    assert found - expected == set()


def test_no_address_has_a_scheme_that_runs_something(attacked: Path) -> None:
    addresses = set().union(*(Outline(page).addresses for page in pages(attacked)))
    schemes = {address.partition(":")[0].lower() for address in addresses if ":" in address.split("/")[0]}
    assert schemes <= {"http", "https", "mailto", "ftp"}
    hosts = {address.split("/")[2] for address in addresses if address.startswith(("http:", "https:", "//"))}
    assert not [host for host in hosts if "evil" in host or not host.replace(".", "").replace("-", "").isalnum()]
    assert all(address.isprintable() for address in addresses)


def test_no_template_is_evaluated(attacked: Path) -> None:
    assert [page for page in pages(attacked) if "1337" in page.read_text(encoding="utf-8")] == []


def test_every_json_and_xml_is_well_formed(attacked: Path) -> None:
    strict = etree.XMLParser(resolve_entities=False)
    for path in attacked.rglob("*"):
        if path.suffix in (".json", ".webmanifest"):
            json.loads(path.read_bytes(), parse_constant=pytest.fail)
        elif path.suffix in (".xml", ".svg"):
            etree.fromstring(path.read_bytes(), strict)


def test_every_published_ome_xml_is_valid(attacked: Path) -> None:
    documents = [*attacked.rglob("METADATA.ome.xml"), *attacked.rglob("ome.xml")]
    assert len(documents) == 12
    for path in documents:
        assert validate(parse(path.read_bytes(), name=path.name)) == ()


@pytest.mark.browser
@pytest.mark.slow
def test_a_browser_runs_nothing_and_complains_of_nothing(attacked: Path, browser: Browser) -> None:
    with serving(attacked) as url:
        context = browser.new_context()
        context.add_init_script("window.alert = () => console.error('alert was called')")
        seen = Seen(context.new_page())
        watch(seen)
        seen.page.on("dialog", lambda dialog: seen.complaints.append(f"dialog: {dialog.message}"))
        for page in pages(attacked):
            if page.name == "404.html":
                continue
            seen.page.goto(url + page.relative_to(attacked).as_posix(), wait_until="load")
            handlers = "[...document.querySelectorAll('*')].flatMap(e => [...e.attributes].map(a => a.name))"
            names = set(seen.page.evaluate(handlers))
            assert not [name for name in names if name.startswith("on")]
            assert seen.page.evaluate("document.querySelectorAll('base, iframe, form[action*=evil]').length") == 0
        context.close()
    assert seen.complaints == []
    assert [request for request in seen.requests if not request.startswith(url)] == []
