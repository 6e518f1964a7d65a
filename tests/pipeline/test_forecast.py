"""A plan says what a conversion costs before it begins, where that is not what one would think."""

from pathlib import Path

import numpy as np
import pytest
import tifffile

from publisher.commands.words import plan_lines
from tests.pipeline.sites import build_site, plan_site


@pytest.fixture
def images(tmp_path: Path) -> Path:
    """The folder of images of a site with one study."""
    folder = tmp_path / "site/content/studies/slides/images"
    folder.mkdir(parents=True)
    (tmp_path / "site/site_config.yaml").write_text("title: Lab\nbase_url: https://lab.example.org/\n")
    (folder.parent / "study.yaml").write_text("title: Slides\nlicence: CC0-1.0\nimages: images/*\n")
    return folder


def plan(images: Path) -> list[str]:
    return list(plan_lines(plan_site(images.parents[3]), every=False))


def tissue(edge: int) -> np.ndarray:
    """A smooth picture (Y, X, 3): JPEG makes it small, as it does a slide."""
    y, x = np.mgrid[:edge, :edge] / 97
    return np.stack([128 + 100 * np.sin(x + shift) * np.cos(y) for shift in range(3)], axis=-1).astype("uint8")


def test_a_jpeg_slide_grows_and_the_plan_says_how_much(images: Path) -> None:
    tifffile.imwrite(images / "slide.tif", tissue(1024), tile=(256, 256), compression="jpeg", photometric="rgb")
    (line,) = [line for line in plan(images) if "compressed with loss" in line]
    size = (images / "slide.tif").stat().st_size
    assert line.startswith(f"slides/images/slide.tif: {size / 1000:.0f} kB, ")
    assert "about 2.2 MB" in line, "0.53 of the raw bytes of all levels"
    assert f"{2.22e6 / size:.0f} times as much" in line


def test_a_lossless_file_is_not_said_to_grow(images: Path) -> None:
    tifffile.imwrite(images / "slide.tif", tissue(1024), tile=(256, 256), compression="zlib", photometric="rgb")
    assert not any("with loss" in line for line in plan(images))


def test_a_plane_of_one_strip_needs_memory_and_the_plan_says_how_much(images: Path) -> None:
    pixels = np.zeros((8400, 8400), "uint16")
    tifffile.imwrite(images / "strip.tif", pixels, rowsperstrip=8400, compression="zlib")
    (line,) = [line for line in plan(images) if "decoded as a whole" in line]
    assert "pieces of 8,400 × 8,400 pixels" in line
    assert " GB of memory with " in line
    tifffile.imwrite(images / "strip.tif", pixels, tile=(512, 512), compression="zlib")
    assert not any("decoded as a whole" in line for line in plan(images))


def test_each_image_is_told_with_what_it_becomes(images: Path) -> None:
    tifffile.imwrite(images / "slide.tif", tissue(1024), tile=(256, 256), compression="zlib", photometric="rgb")
    (line,) = [line for line in plan(images) if line.startswith("convert image ")]
    assert line.endswith(": never built; uint8, 3 planes, 3 levels from 1,024 × 1,024, at most 4.1 MB in 6 files")


def test_what_is_converted_is_foretold_no_more(images: Path) -> None:
    tifffile.imwrite(images / "slide.tif", tissue(1024), tile=(256, 256), compression="jpeg", photometric="rgb")
    build_site(images.parents[3])
    (images.parent / "study.yaml").write_text("title: Other\nlicence: CC0-1.0\nimages: images/*\n")
    assert not any("with loss" in line for line in plan(images))
