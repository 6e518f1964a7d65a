"""The viewer is for everyone: axe-core finds no fault while it is open, and each of its functions works by keyboard."""

import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Page

from publisher.pipeline import BuildOptions, build
from publisher.preview.server import serving
from publisher.reporting import SilentReporter
from publisher.testing import images
from tests.browser.conftest import SIZES
from tests.browser.pixel_site import objects, spots
from tests.browser.test_accessibility import TAGS, faults

STALL = "GPU stall due to ReadPixels"
"""What a driver says of pictures that are taken of a software renderer's work."""


def square(name: str, left: int) -> dict[str, Any]:
    corners = [[left, 40], [left + 60, 40], [left + 60, 90], [left, 90], [left, 40]]
    return {
        "type": "Feature",
        "id": name,
        "geometry": {"type": "Polygon", "coordinates": [corners]},
        "properties": {"objectType": "annotation", "name": name},
    }


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The page of a stack of two channels with labels and two regions."""
    folder = tmp_path_factory.mktemp("use")
    study = folder / "content" / "studies" / "cells"
    study.mkdir(parents=True)
    pixels = spots(t=2, c=2, z=3)
    images.write_ome_tiff(
        study / "cells.ome.tiff", pixels, channel_names=("DNA", "Tubulin"), pixel_size_um=(0.5, 0.2, 0.2)
    )
    images.write_ome_tiff(study / "nuclei.ome.tiff", np.tile(objects(), (2, 1, 3, 1, 1)))
    shapes = {"type": "FeatureCollection", "features": [square("First cell", 20), square("Second cell", 150)]}
    (study / "rois.geojson").write_text(json.dumps(shapes))
    image = {"path": "cells.ome.tiff", "id": "cells", "labels": {"nuclei": {"path": "nuclei.ome.tiff"}}}
    record = {
        "title": "Study of cells",
        "licence": "CC-BY-4.0",
        "images": [image],
        "regions": [{"path": "rois.geojson", "image": "cells.ome.tiff"}],
    }
    (study / "study.yaml").write_text(json.dumps(record))
    (folder / "site_config.yaml").write_text(json.dumps({"title": "Site"}))
    output = folder / "_site"
    assert build(folder, BuildOptions(today=date(2026, 1, 1)), SilentReporter(), output=output).problems == ()
    with serving(output) as url:
        yield f"{url}studies/cells/images/cells/index.html"


def opened(page: Page) -> None:
    """Open the viewer by keyboard and wait for its picture."""
    page.get_by_role("button", name="Open viewer").focus()
    page.keyboard.press("Enter")
    page.locator('.map[aria-busy="false"]').wait_for()


def link(page: Page) -> dict[str, str]:
    """What the address says of the view once it has settled."""
    page.wait_for_timeout(500)
    words: dict[str, str] = page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")
    return words


def press(page: Page, name: str, key: str = "Enter", role: Any = "button") -> None:
    """Focus a control by its name, press a key."""
    page.get_by_role(role, name=name, exact=True).first.focus()
    page.keyboard.press(key)


def said_by(seen: Any) -> list[str]:
    return [words for words in seen.complaints if STALL not in words]


def test_axe_finds_no_fault_while_the_viewer_is_open(look: Callable[..., Any], address: str, tools: Path) -> None:
    axe = (tools / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    found = []
    with look(address) as seen:
        page = seen.page
        opened(page)
        page.evaluate("document.querySelectorAll('.ctrl details').forEach(each => { each.open = true })")
        page.evaluate(axe)
        for width, height in SIZES.values():
            for scheme in ("light", "dark"):
                page.set_viewport_size({"width": width, "height": height})
                page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]  # a literal
                page.wait_for_timeout(200)
                result = page.evaluate("tags => axe.run({runOnly: {type: 'tag', values: tags}})", TAGS)
                found += [f"{scheme} {width} px: {fault}" for fault in faults(result)]
                wide = page.evaluate("document.documentElement.scrollWidth")
                found += [f"{scheme}: {wide} px wide"] if wide > width else []
        assert said_by(seen) == []
    assert found == []


def test_every_control_has_a_name_of_its_own(look: Callable[..., Any], address: str) -> None:
    with look(address) as seen:
        opened(seen.page)
        names = seen.page.evaluate("""() => [...document.querySelectorAll(".viewer :is(button, input, select)")]
            .filter(each => each.checkVisibility())
            .map(each => each.getAttribute("aria-label") || [...(each.labels ?? [])].map(l => l.innerText.trim()).join(" ")
                || each.innerText.trim() || each.title)""")
        assert all(names)
        assert sorted(set(names)) == sorted(names)


def test_the_picture_is_moved_by_keyboard(look: Callable[..., Any], address: str) -> None:
    with look(address) as seen:
        page = seen.page
        opened(page)
        assert page.evaluate("document.activeElement.className") == "map"
        first = link(page)
        page.keyboard.press("+")
        nearer = link(page)
        assert float(nearer["zm"]) > float(first["zm"])
        page.keyboard.press("ArrowRight")
        assert float(link(page)["x"]) > float(nearer["x"])
        press(page, "1:1")
        assert link(page)["zm"] == "100"
        press(page, "Fit")
        assert float(link(page)["zm"]) == pytest.approx(float(first["zm"]), rel=1e-3)
        assert said_by(seen) == []


def test_channels_planes_labels_and_regions_are_set_by_keyboard_and_said(
    look: Callable[..., Any], address: str
) -> None:
    with look(address) as seen:
        page = seen.page
        opened(page)
        said = page.get_by_role("status", name="Changes")
        press(page, "DNA", "Space", "checkbox")
        assert link(page)["c"].startswith("-1|")
        page.wait_for_function("line => line.textContent === 'DNA hidden.'", arg=said.element_handle())
        press(page, "DNA", "Space", "checkbox")
        press(page, "Z-section", "Home", "slider")
        press(page, "Z-section", "ArrowRight", "slider")
        press(page, "Time point", "End", "slider")
        words = link(page)
        assert (words["z"], words["t"]) == ("2", "2")
        press(page, "DNA, high", "ArrowLeft", "slider")
        assert link(page)["c"] != words["c"]
        press(page, "As published: DNA")
        assert link(page)["c"] == words["c"]
        press(page, "nuclei", "Space", "checkbox")
        assert link(page)["labels"] == "nuclei:0.6"
        press(page, "Second cell")
        assert page.get_by_role("button", name="Second cell").get_attribute("aria-pressed") == "true"
        assert link(page)["roi"]
        page.wait_for_function("line => line.textContent.includes('Region Second cell')", arg=said.element_handle())
        assert said_by(seen) == []


def test_with_less_motion_a_key_arrives_at_once(look: Callable[..., Any], address: str) -> None:
    with look(address) as seen:
        page = seen.page
        page.emulate_media(reduced_motion="reduce")
        opened(page)
        frames = page.evaluate("""() => new Promise(resolve => {
            const steps = new Set();
            const layer = () => document.querySelector(".ol-scale-line-inner").textContent;
            document.querySelector(".ol-zoom-in").click();
            let left = 20;
            const next = () => { steps.add(layer()); left-- ? requestAnimationFrame(next) : resolve(steps.size) };
            requestAnimationFrame(() => requestAnimationFrame(next));
        })""")
        assert frames == 1
