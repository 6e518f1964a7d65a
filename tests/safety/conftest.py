"""Two sites of the same shape: every string of one is an attack, every string of the other a word."""

from pathlib import Path

import pytest

from tests.pipeline.sites import build_site
from tests.safety.site_of_strings import make_site

POLYGLOT = (
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)>{{7*191}}{%if%}</title></style></textarea>]]>-->"
    "<svg/onload=alert(1)> javascript:alert(1) \u202e\u2028\x01\x0b\x00&#x3c;iframe src=data:text/html,x&#x3e;"
    '[a](javascript:alert(1)) [d](data:text/html,<script>alert(1)</script>) ![i](x" onerror=alert(1)) '
    '<b onclick=alert(1) style="x" id=main>bold</b> <form action=//evil.example><base href=//evil.example/>'
)
ADDRESSES = ("ror", "accession", "contact", "email", "cell", "grant")


def attack(field: str) -> str:
    """A string that breaks out of HTML, attributes, scripts, styles, templates, Markdown, XML and CSV."""
    return ("javascript:alert(1)//" if field in ADDRESSES else "") + POLYGLOT


def word(field: str) -> str:
    """Something to see in every field; Markdown with what it may make."""
    if field == "markdown":
        return "One [two](https://example.org) **three** <b>four</b>"
    return {"email": "a@example.org", "ror": "https://ror.org/0abc", "accession": "NCBITaxon:9606"}.get(field, field)


@pytest.fixture(scope="session")
def attacked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output of the site of attacks."""
    root = tmp_path_factory.mktemp("attacked")
    make_site(root, attack, file_name="odd/\"'><svg onload=alert(1)>/<img src=x onerror=alert(1)>.ome.tiff")
    assert build_site(root).problems == ()
    return root / "_site"


@pytest.fixture(scope="session")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output of the site of words."""
    root = tmp_path_factory.mktemp("harmless")
    make_site(root, word)
    assert build_site(root).problems == ()
    return root / "_site"
