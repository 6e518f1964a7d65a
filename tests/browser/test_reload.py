"""A browser that shows a previewed page loads it again after a rebuild, under the page's own security policy."""

from pathlib import Path

from publisher.preview.reload import Reloads
from publisher.preview.server import serving
from tests.browser.conftest import Look

POLICY = "default-src 'none'; script-src 'self'; connect-src 'self'"
PAGE = (
    '<!doctype html><html lang="en"><head><title>T</title><link rel="icon" href="data:,">'
    f'<meta http-equiv="Content-Security-Policy" content="{POLICY}; img-src data:">'
    "</head><body><h1>{}</h1></body></html>"
)


def test_an_open_page_shows_the_rebuilt_site(look: Look, tmp_path: Path) -> None:
    reloads = Reloads()
    (tmp_path / "index.html").write_text(PAGE.replace("{}", "before"))
    with serving(tmp_path, reloads=reloads) as url, look(url) as seen:
        assert seen.page.locator("h1").inner_text() == "before"
        for word in ("after", "later"):
            (tmp_path / "index.html").write_text(PAGE.replace("{}", word))
            reloads.announce()
            seen.page.get_by_role("heading", name=word).wait_for(timeout=10_000)
        # A stream that ends because its page goes is no failure.
        assert [text for text in seen.complaints if not text.endswith("/__reload")] == []
