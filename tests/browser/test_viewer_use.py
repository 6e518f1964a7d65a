"""The viewer is for everyone: axe-core finds no fault while it is open, and each of its functions works by keyboard."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image
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
    """What the address says of the view once it has stayed the same for half a second."""
    page.evaluate("""() => new Promise(resolve => {
        let [seen, since] = [location.hash, performance.now()];
        const look = () => {
            if (location.hash !== seen) [seen, since] = [location.hash, performance.now()];
            performance.now() - since > 500 ? resolve() : setTimeout(look, 50);
        };
        look();
    })""")
    words: dict[str, str] = page.evaluate("Object.fromEntries(new URLSearchParams(location.hash.slice(1)))")
    return words


def press(page: Page, name: str, key: str = "Enter", role: Any = "button") -> None:
    """Focus a control by its name, press a key."""
    page.get_by_role(role, name=name, exact=True).first.focus()
    page.keyboard.press(key)


def unfold(page: Page) -> None:
    """Open everything that is folded in the viewer's controls."""
    page.get_by_label("Overview").check()
    page.evaluate("document.querySelectorAll('.ctrl details').forEach(each => { each.open = true })")
    page.get_by_role("button", name="Save PNG").wait_for()
    page.get_by_role("button", name="Clear points").wait_for()


def picture(page: Page, button: str) -> NDArray[Any]:
    """(Y, X, RGB) of the file that a button saves."""
    with page.expect_download() as found:
        press(page, button)
    return np.asarray(Image.open(found.value.path()).convert("RGB"))


def said_by(seen: Any) -> list[str]:
    return [words for words in seen.complaints if STALL not in words]


def test_axe_finds_no_fault_while_the_viewer_is_open(look: Callable[..., Any], address: str, tools: Path) -> None:
    axe = (tools / "axe-core" / "axe.min.js").read_text(encoding="utf-8")
    found = []
    with look(address) as seen:
        page = seen.page
        opened(page)
        unfold(page)
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
        unfold(seen.page)
        names = seen.page.evaluate("""() => [...document.querySelectorAll(".viewer :is(button, input, select)")]
            .filter(each => each.checkVisibility())
            .map(each => each.getAttribute("aria-label") || each.labels?.[0]?.innerText.trim()
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
        press(page, "Rotate")
        assert link(page)["rot"] == "90"
        press(page, "Reset rotation")
        assert "rot" not in link(page)
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


def test_distances_and_areas_are_measured_by_keyboard(look: Callable[..., Any], address: str) -> None:
    with look(address) as seen:
        page = seen.page
        opened(page)
        page.locator("summary", has_text="Measure").focus()
        page.keyboard.press("Enter")
        page.get_by_label("Points").fill("10, 10; 40, 50")
        measured = page.get_by_label("Measured")
        assert measured.inner_text() == "10 µm"
        page.get_by_label("Points").fill("10, 10; 40, 10; 40, 50; 10, 50")
        page.get_by_role("combobox", name="Measure").focus()
        page.keyboard.press("ArrowDown")
        assert measured.inner_text() == "48 µm², edge 28 µm"
        press(page, "Clear points")
        press(page, "Add the middle of the view")
        assert page.get_by_label("Points").input_value() == "130, 100"
        assert said_by(seen) == []


def test_a_distance_is_drawn_with_the_pointer_and_chooses_no_region(look: Callable[..., Any], address: str) -> None:
    with look(f"{address}#x=130&y=100&zm=200") as seen:
        page = seen.page
        page.locator('.map[aria-busy="false"]').wait_for()
        page.locator("summary", has_text="Measure").click()
        page.get_by_role("button", name="Clear points").wait_for()
        box = page.locator(".map").bounding_box()
        assert box
        x, y = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        page.mouse.click(x, y)
        page.wait_for_timeout(400)
        page.mouse.dblclick(x + 60, y - 80)
        page.wait_for_timeout(400)
        assert page.get_by_label("Points").input_value() == "130, 100; 160, 60"
        assert page.get_by_label("Measured").inner_text() == "10 µm"
        assert "roi" not in link(page)


def test_the_overview_shows_the_whole_image(look: Callable[..., Any], address: str) -> None:
    with look(f"{address}#x=130&y=100&zm=800") as seen:
        page = seen.page
        page.locator('.map[aria-busy="false"]').wait_for()
        press(page, "Overview", "Space", "checkbox")
        page.locator(".ol-overviewmap canvas").wait_for()
        page.wait_for_timeout(500)
        shown = np.asarray(Image.open(io.BytesIO(page.locator(".ol-overviewmap").screenshot())).convert("RGB"))
        assert (shown.max(axis=2) > 100).sum() > 300
        press(page, "Overview", "Space", "checkbox")
        assert page.locator(".ol-overviewmap").count() == 0
        assert said_by(seen) == []


def test_pictures_are_saved_as_they_are_seen(look: Callable[..., Any], address: str) -> None:
    with look(f"{address}#x=130&y=100&zm=200&rois=0") as seen:
        page = seen.page
        page.locator('.map[aria-busy="false"]').wait_for()
        press(page, "Overview", "Space", "checkbox")
        page.locator(".ol-overviewmap canvas").wait_for()
        page.locator("summary", has_text="Save a picture").click()
        page.get_by_role("button", name="Save PNG").wait_for()
        full = picture(page, "Save PNG")
        press(page, "Name, study and licence below it", "Space", "checkbox")
        press(page, "Scale bar in the picture", "Space", "checkbox")
        bare = picture(page, "Save PNG")
        box = page.locator(".map").bounding_box()
        assert box
        height, width = bare.shape[:2]
        assert (width, height) == (round(box["width"]), round(box["height"]))
        assert full.shape[1] == width
        assert full.shape[0] > height
        assert full[height:].max() == 255
        assert (full[:height] != bare).any()
        figure = picture(page, "Save channels side by side")
        assert figure.shape[1] == 3 * min(width, 640) + 2 * 8
        colourless = figure[:, : min(width, 640)]
        assert (colourless.max(axis=2) == colourless.min(axis=2)).all()
        page.evaluate("document.querySelectorAll('.ol-control, .ol-scale-line, .over').forEach(e => e.remove())")
        shown = np.asarray(Image.open(io.BytesIO(page.locator(".map").screenshot())).convert("RGB"))
        assert np.abs(shown.astype(int) - bare.astype(int)).max() <= 1
        assert said_by(seen) == []


def test_a_picture_is_copied(look: Callable[..., Any], address: str) -> None:
    with look(address) as seen:
        page = seen.page
        page.context.grant_permissions(["clipboard-read", "clipboard-write"])
        opened(page)
        page.locator("summary", has_text="Save a picture").click()
        press(page, "Copy PNG")
        page.get_by_text("Done.").wait_for()
        kinds = page.evaluate("navigator.clipboard.read().then(items => items.flatMap(item => item.types))")
        assert kinds == ["image/png"]


def test_planes_are_played_and_colours_made_safe_by_keyboard(look: Callable[..., Any], address: str) -> None:
    with look(address) as seen:
        page = seen.page
        opened(page)
        published = link(page)["c"]
        press(page, "Play: Z-section")
        slider = page.get_by_role("slider", name="Z-section")
        for plane in ("2 of 3", "3 of 3", "1 of 3"):
            page.wait_for_function(
                "([slider, plane]) => slider.getAttribute('aria-valuetext') === plane",
                arg=[slider.element_handle(), plane],
            )
        press(page, "Stop: Z-section")
        rests = link(page)["z"]
        page.wait_for_timeout(600)
        assert link(page)["z"] == rests
        press(page, "Colour-blind-safe colours", "Space", "checkbox")
        assert [word.split("$")[1] for word in link(page)["c"].split(",")] == ["00FF00", "FF00FF"]
        press(page, "Colour-blind-safe colours", "Space", "checkbox")
        assert link(page)["c"] == published
        assert said_by(seen) == []


def test_on_a_phone_every_slider_is_there(look: Callable[..., Any], address: str) -> None:
    with look(address, size="phone") as seen:
        opened(seen.page)
        for name in ("DNA, low", "DNA, high", "Z-section", "Time point"):
            assert seen.page.get_by_role("slider", name=name).is_visible()
