"""axe-core finds no fault in any kind of page, light or dark, narrow or wide."""

from pathlib import Path
from typing import Any

import pytest

from tests.browser.conftest import SIZES, Look
from tests.browser.page_kinds import EVERY_KIND

TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def faults(result: dict[str, Any]) -> list[str]:
    return [
        f"{violation['id']}: {violation['help']}: {node['html'][:160]}"
        for violation in result["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("kind", EVERY_KIND)
def test_axe_finds_no_fault(look: Look, site_url: str, page_path: str, tools: Path) -> None:
    axe = (tools / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    found = []
    with look(site_url + page_path) as seen:
        page = seen.page
        page.evaluate(axe)  # the page's own policy lets no script tag in; this way needs none
        for width, height in SIZES.values():
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # a literal
                page.wait_for_timeout(100)
                result = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
                found += [f"{scheme} {width} px: {fault}" for fault in faults(result)]
    assert found == []


@pytest.mark.parametrize("kind", ["image"])
def test_axe_finds_no_fault_while_channels_are_off(look: Look, site_url: str, page_path: str, tools: Path) -> None:
    with look(site_url + page_path) as seen:
        seen.page.evaluate("document.querySelectorAll('.chan input[type=checkbox]').forEach(each => each.click())")
        seen.page.evaluate((tools / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        assert faults(seen.page.evaluate("axe.run()")) == []


def test_axe_finds_the_faults_of_a_bad_page(look: Look, tmp_path: Path, tools: Path) -> None:
    bad = tmp_path / "bad.html"
    bad.write_text("<!doctype html><title>Bad</title><img src='data:,'><a href='#'></a>")
    with look(bad.as_uri()) as seen:
        seen.page.evaluate((tools / "axe-core" / "axe.min.js").read_text(encoding="utf-8"))
        found = faults(seen.page.evaluate("axe.run()"))
    assert {fault.split(":")[0] for fault in found} >= {"html-has-lang", "image-alt", "link-name"}
