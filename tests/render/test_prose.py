"""Markdown: what curators may write, and what never reaches a page."""

import time

import pytest

from publisher.render.prose import MAX_CHARACTERS, problems, to_html


def test_text_becomes_paragraphs_lists_tables_and_links() -> None:
    html = to_html("# One\n\nA *b* [c](https://example.org).\n\n- d\n\n| e |\n|---|\n| f |\n")
    assert "<h2>One</h2>" in html
    assert '<a href="https://example.org" rel="noopener noreferrer">c</a>' in html
    assert "<li>d</li>" in html
    assert "<td>f</td>" in html


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "[a](javascript:alert(1))",
        "[a](JaVaScRiPt:alert(1))",
        "[a](data:text/html,x)",
        "<iframe src=//evil></iframe>",
        "<form action=//evil><input></form>",
        "<p style='position:fixed'>x</p>",
        "<a href='x' onclick='alert(1)'>x</a>",
        "<svg onload=alert(1)>",
        "![x](https://evil.example/pixel.png)",
        "![x](//evil.example/pixel.png)",
        "<style>*{display:none}</style>",
        "<math><mi//xlink:href='data:x,<script>alert(4)</script>'>",
        "`<script>`\n\n    <script>alert(1)</script>",
    ],
)
def test_nothing_live_passes(text: str) -> None:
    html = to_html(text).lower()
    assert "<script" not in html
    assert "evil" not in html.replace("&", "") or "href" not in html
    for word in (
        "onerror=",
        "onload=",
        "onclick=",
        "javascript:",
        "<iframe",
        "<form",
        "<style",
        "style=",
        "<svg",
        'src="http',
        'src="//',
        "data:text",
    ):
        assert word not in html, html


@pytest.mark.parametrize(
    "unit", ["[", "![", "[a](", "<a ", "<![CDATA[", "\n\n<a ", "`", "**", "> ", "- ", "\\", "\n\n[", "~~~\n"]
)
def test_text_made_to_keep_the_parser_busy_is_shown_quickly(unit: str) -> None:
    started = time.process_time()
    html = to_html(unit * (MAX_CHARACTERS // len(unit)))
    assert html
    assert time.process_time() - started < 5


def test_text_that_is_not_read_as_markdown_is_kept_and_reported() -> None:
    text = "*a* " * 20_000
    assert "*a* *a*" in to_html(text)
    assert problems(text)[0].code == "prose.too-long"
    assert not problems("A short *text* with [a link](https://example.org) and a list:\n\n- one\n- two")
