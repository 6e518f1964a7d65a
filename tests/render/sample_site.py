"""Writes the sample pages with drawn pictures, to be looked at: ``python -m tests.render.sample_site FOLDER``."""

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image as Pillow

from publisher import urls
from publisher.config.model import NavigationItem, PublisherSection, SiteConfig, ThemeSection
from publisher.pages.page import to_json
from publisher.render.context import site_context
from publisher.render.html import Renderer
from publisher.render.static import static_files
from publisher.render.theme import load_theme
from tests.pages import samples

COLORS = np.array([[64, 140, 255], [70, 235, 130], [245, 70, 190]], float) / 255


def config(theme: str = "default") -> SiteConfig:
    return SiteConfig(
        title="Imaging Commons",
        description="Published microscopy images with their metadata, regions and results.",
        base_url="https://images.example.org/",
        publisher=PublisherSection(name="Example Institute", url="https://example.org/"),
        contact="images@example.org",
        navigation=(NavigationItem(title="About", page="about"),),
        theme=ThemeSection(name=theme),
    )


def write_site(folder: Path, theme_name: str = "default", *, pictures: bool = False, text: str = "") -> list[Path]:
    """Write pages, JSON twins and static files of the sample site, ``text`` in every field; returns the pages."""
    settings = config(theme_name)
    theme = load_theme(settings.theme, folder)
    static = static_files(theme)
    renderer = Renderer(theme, site_context(settings, theme, static))
    written = []
    for page in samples.pages(text):
        target = folder / page.url
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(renderer.render(page))
        (folder / urls.sibling_json(page.url)).write_bytes(to_json(page))
        written.append(target)
    for path, content in static.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)
    if pictures:
        for number in range(1, 10):
            draw(folder, number)
    return written


def draw(folder: Path, number: int) -> None:
    """Cell-like pictures of one image: three channels, screen-blended."""
    height, width = (900, 300) if number == 9 else (768, 1024)
    planes = [channel(np.random.default_rng(number), kind, height, width) for kind in range(3)]
    layers = [COLORS[i] * planes[i][..., None] for i in range(3)]
    whole = 1 - np.prod([1 - layer for layer in layers], axis=0)
    beside = folder / urls.image("sim-spindle", f"cell-{number:03}").parent
    beside.mkdir(parents=True, exist_ok=True)
    for name, pixels in [("picture", whole), *((f"channel-{i}", layer) for i, layer in enumerate(layers))]:
        picture = Pillow.fromarray((np.clip(pixels, 0, 1) * 255).astype(np.uint8))
        picture.save(beside / f"{name}.webp", quality=82)
        if name == "picture":
            picture.save(beside / "picture.jpg", quality=85)
            for name, size in (("thumbnail", 192), ("thumbnail-384", 384), ("picture-640", 640)):
                small = picture.copy()
                small.thumbnail((size, size))
                small.save(beside / f"{name}.webp", quality=80)


def channel(random: np.random.Generator, kind: int, height: int, width: int) -> NDArray[np.float64]:
    y, x = np.mgrid[:height, :width].astype(float)
    plane = random.normal(0.03, 0.012, (height, width))
    for _ in range(18):
        cy, cx, angle = random.uniform(0, height), random.uniform(0, width), random.uniform(0, 3.14)
        a, b = random.uniform(26, 40), random.uniform(18, 28)
        u, v = (x - cx) * np.cos(angle) + (y - cy) * np.sin(angle), (y - cy) * np.cos(angle) - (x - cx) * np.sin(angle)
        distance = np.sqrt((u / a) ** 2 + (v / b) ** 2)
        if kind == 0:
            plane += random.uniform(0.5, 0.9) / (1 + np.exp(np.minimum((distance - 1) * 14, 50)))
        elif kind == 1:
            plane += 0.35 * np.exp(-(((distance - 1.7) / 0.35) ** 2)) + 0.18 * np.exp(-((distance / 1.7) ** 4))
        else:
            plane += np.exp(-(((u - a) ** 2 + v**2) / 12)) + np.exp(-(((u + a) ** 2 + v**2) / 12))
    return np.clip(plane + random.normal(0, 0.02, plane.shape), 0, 1)


if __name__ == "__main__":
    write_site(Path(sys.argv[1]), *sys.argv[2:3], pictures=True)
