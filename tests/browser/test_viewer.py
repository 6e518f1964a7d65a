"""The viewer shows the pixels that are stored: its screen is compared with a composite made here by numpy."""

import io
import json
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest
import tifffile
from numpy.typing import NDArray
from PIL import Image
from playwright.sync_api import Page

from publisher.pipeline import BuildOptions, build
from publisher.preview.server import serving
from publisher.reporting import SilentReporter

SHAPE = (2, 3, 2, 200, 260)
"""(T, C, Z, Y, X) of each image."""
COLORS = ("FF0000", "00C060", "3050FF")
HIDE = "document.querySelectorAll('.ol-control, .ol-scale-line').forEach(e => { e.style.display = 'none' })"
DTYPES = ("uint8", "int8", "uint16", "int16", "uint32", "int32", "float32")


def samples(dtype: str) -> NDArray[Any]:
    """Values over all of a type's range, another picture for each plane."""
    t, c, z, y, x = np.ogrid[tuple(slice(size) for size in SHAPE)]
    unit = (0.5 + 0.5 * np.sin(x / (9 + 4 * c) + t) * np.cos(y / (13 + 5 * z) + c)).astype("float64")
    if dtype == "float32":
        return ((unit - 0.25) * 3e-4).astype(dtype)
    limits = np.iinfo(dtype)
    span = min(limits.max - limits.min, 2**24)
    return (limits.min + unit * span).astype(dtype)


@pytest.fixture(scope="module", params=["0.5", "0.4", "0.4+0.5"])
def address(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Address of a site with an image of each type in ``zarr.version``."""
    folder = tmp_path_factory.mktemp("viewer")
    study = folder / "content" / "studies" / "types"
    study.mkdir(parents=True)
    for dtype in DTYPES:
        tifffile.imwrite(study / f"{dtype}.ome.tiff", samples(dtype), ome=True, metadata={"axes": "TCZYX"})
    images = [{"path": f"{dtype}.ome.tiff", "id": dtype} for dtype in DTYPES]
    (study / "study.yaml").write_text(json.dumps({"title": "Types", "licence": "CC0-1.0", "images": images}))
    (folder / "site_config.yaml").write_text(json.dumps({"title": "Site", "zarr": {"version": request.param}}))
    output = folder / "_site"
    assert build(folder, BuildOptions(today=date(2026, 1, 1)), SilentReporter(), output=output).problems == ()
    with serving(output) as url:
        yield url


def composite(planes: NDArray[Any], windows: list[tuple[float, float]]) -> NDArray[np.float64]:
    """(Y, X, RGB) from 0 to 255 of planes (C, Y, X), each stretched from its window and coloured, added up."""
    total = np.zeros((*planes.shape[1:], 3))
    for plane, (start, end), color in zip(planes, windows, COLORS, strict=True):
        value = np.clip((plane.astype("float64") - start) / (end - start), 0, 1)
        total += value[..., None] * [int(color[at : at + 2], 16) for at in (0, 2, 4)]
    return np.clip(total, 0, 255)


def screen(page: Page) -> NDArray[np.float64]:
    """(Y, X, RGB) of the map, without the buttons that lie on it."""
    page.evaluate(HIDE)
    page.locator('.map[aria-busy="false"]').wait_for()
    png = page.locator(".map").screenshot()
    return np.asarray(Image.open(io.BytesIO(png)).convert("RGB")).astype("float64")


@pytest.mark.parametrize("dtype", DTYPES)
def test_the_screen_shows_the_values_at_full_size(look: Callable[..., Any], address: str, dtype: str) -> None:
    values = samples(dtype)[1, :, 1]
    windows = [tuple(float(np.quantile(plane, part)) for part in (0.05, 0.9)) for plane in values]
    named = zip(windows, COLORS, strict=True)
    words = ",".join(f"{c}|{low:.7g}:{high:.7g}${color}" for c, ((low, high), color) in enumerate(named, 1))
    with look(f"{address}studies/types/images/{dtype}/index.html#c={words}&t=2&z=2&x=130&y=100&zm=100") as seen:
        seen.page.locator(".map canvas").first.wait_for()
        found = screen(seen.page)
        # Taking a picture of what software draws makes the driver speak of its speed.
        assert [each for each in seen.complaints if "GPU stall due to ReadPixels" not in each] == []
    height, width = found.shape[:2]
    top, left = height // 2 - 100, width // 2 - 130
    exact = [tuple(float(f"{end:.7g}") for end in window) for window in windows]
    shown = found[top : top + 200, left : left + 260]
    assert np.abs(shown - composite(values, exact)).max() <= 1.0


@pytest.mark.parametrize("dtype", ["uint16", "float32"])
def test_any_store_is_opened_by_its_address(look: Callable[..., Any], address: str, dtype: str) -> None:
    with look(f"{address}studies/types/images/{dtype}/index.json") as seen:
        store = json.loads(seen.page.inner_text("body"))["viewer"]["store"]["href"].split("data/")[1]
    with look(f"{address}viewer/index.html?source={address}data/{store.rsplit('/', 1)[0]}") as seen:
        seen.page.get_by_role("link", name="Image 0").click()
        seen.page.locator(".map canvas").first.wait_for()
        assert screen(seen.page).max() > 100
        assert seen.page.get_by_role("checkbox", name="Channel").count() == 3


def test_an_address_without_a_store_is_told(look: Callable[..., Any], address: str) -> None:
    with look(f"{address}viewer/index.html?source={address}studies/") as seen:
        seen.page.get_by_text("There is no OME-Zarr image at this address").wait_for()
