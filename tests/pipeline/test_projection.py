"""Pictures of stacks: one plane or the maximum over z; to change one's mind costs pictures, never chunks."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from publisher.testing.images import write_ome_tiff
from tests.pipeline.sites import build_site, make_site


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """The first image has a spot in its first section, another in its last, and none in the middle one."""
    study = make_site(tmp_path)
    pixels = np.random.default_rng(0).normal(100, 5, (1, 1, 3, 200, 300)).astype("uint16")
    pixels[0, 0, 0, 20:60, 20:60] = pixels[0, 0, 2, 120:160, 220:260] = 900
    write_ome_tiff(study / "images" / "a.ome.tiff", pixels)
    assert build_site(tmp_path).problems == ()
    return tmp_path


def project(site: Path) -> None:
    path = site / "content/studies/mitosis/study.yaml"
    path.write_text(path.read_text().replace("rendering:\n", "rendering:\n  projection: maximum\n"))


def page(site: Path) -> Path:
    [found] = (site / "_site/studies/mitosis/images").glob("a-*")
    return found


def brightness(site: Path, name: str = "picture.webp") -> tuple[int, int]:
    """Of the two spots in a picture."""
    with Image.open(page(site) / name) as picture:
        blue = np.asarray(picture.convert("RGB"))[..., 2]
    height, width = blue.shape
    return int(blue[height // 5, width * 2 // 15]), int(blue[height * 7 // 10, width * 4 // 5])


def test_pictures_show_the_middle_plane_by_default(site: Path) -> None:
    assert max(brightness(site)) < 150
    assert "Z 2 of 3" in (page(site) / "index.html").read_text()


def test_pictures_show_the_maximum_where_it_is_asked_for(site: Path) -> None:
    project(site)
    build_site(site)
    assert min(brightness(site)) > 230
    assert min(brightness(site, "thumbnail.webp")) > 230
    assert "maximum of Z 1–3" in (page(site) / "index.html").read_text()


def test_a_change_of_projection_reads_no_source_and_writes_no_chunk(site: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in (site / "_site/data").rglob("*") if path.is_file()}
    project(site)
    kinds = {name.split(" ")[0] for name in build_site(site).report.ran}
    assert kinds <= {"pictures", "page", "card"}
    assert {path: path.stat().st_mtime_ns for path in (site / "_site/data").rglob("*") if path.is_file()} == before


def test_the_projection_has_its_own_window_and_the_viewer_keeps_that_of_planes(site: Path) -> None:
    statistics = json.loads((page(site) / "statistics.json").read_text())
    [projection] = statistics["projections"]
    assert (projection["axis"], projection["method"]) == ("z", "max")
    assert projection["channels"][0]["max"] == statistics["channels"][0]["max"] == 900
    project(site)
    build_site(site)
    document = json.loads((page(site) / "index.json").read_text())
    shown, viewed = document["stage"]["channels"][0], document["viewer"]["channels"][0]["window"]
    assert shown["start"] == projection["channels"][0]["window"]["start"]
    assert viewed["start"] == statistics["channels"][0]["window"]["start"]
