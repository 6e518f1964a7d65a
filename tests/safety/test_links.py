"""Which words become links: addresses that a browser opens, and nothing that it runs."""

import pytest

from publisher.model.annotation import Pair
from publisher.pages.facts import pair_facts
from publisher.pages.links import doi_link, external, term_link

HOSTILE = [
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "javascript&colon;alert(1)",
    "vbscript:msgbox(1)",
    "data:text/html,<script>alert(1)</script>",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "blob:https://example.org/1",
    "file:///etc/passwd",
    "about:blank",
    "view-source:https://example.org/",
    "//example.org/a",
    "\\\\example.org\\a",
    "https:example.org",
    "http:/example.org",
    "https://example.org/a b",
    "https://example.org/\x00",
    "https://example.org/\x7f",
    "https://example.org/\u202egpj.exe",
    "https://example.org/\u2028x",
    'https://example.org/"onmouseover="alert(1)',
    "https://example.org/'",
    "https://example.org/<script>",
    "http://",
    "https://",
    "mailto:",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_is_no_plain_address_is_no_link(text: str) -> None:
    assert external(text) is None
    [fact] = pair_facts([Pair("Link", text)])
    assert [value.href for value in fact.values] == [None]
    named = pair_facts([Pair("Gene", "CDC20"), Pair("Gene URL", text)])
    assert all(value.href is None for fact in named for value in fact.values)


@pytest.mark.parametrize("text", [text for text in HOSTILE if not text.startswith("http")])
def test_no_term_and_no_doi_leads_where_a_text_says(text: str) -> None:
    link = term_link(text)
    assert link is None or link.startswith("https://")
    assert doi_link(text).startswith("https://doi.org/")
    assert not set(doi_link(text)) & set("\"'\\ \t\n")


@pytest.mark.parametrize(
    "text",
    [
        "https://example.org/a?b=c&d=e#f",
        "http://example.org",
        "HTTPS://EXAMPLE.ORG/",
        "mailto:a@example.org",
        "https://example.org/ä",
    ],
)
def test_addresses_are_links(text: str) -> None:
    assert external(f" {text} ") == text
