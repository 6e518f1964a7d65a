"""A small real site, made by code: one study of three images in two datasets, with curated rows."""

import hashlib
import signal
from datetime import date
from pathlib import Path

from publisher.pipeline import BuildOptions, Outcome, build, plan
from publisher.reporting import SilentReporter
from publisher.testing.images import planes, write_ome_tiff

CONFIG = "title: Lab\nbase_url: https://lab.example.org/\nnavigation: [{title: About, page: about}]\n"
STUDY = """\
title: Mitosis
licence: CC0-1.0
release_date: 2026-01-01
rendering:
  channels: {1: {name: DNA, color: 408CFF}, 2: {name: Tubulin, color: 46EB82}}
datasets:
  - {name: Control, images: images/a.ome.tiff}
  - {name: Treated, images: [images/b.ome.tiff, images/c.ome.tiff]}
"""
ROWS = "image,name,Gene\nimages/a.ome.tiff,Cell A,none\nimages/b.ome.tiff,Cell B,CDC20\nimages/c.ome.tiff,Cell C,PLK1\n"


def make_site(root: Path) -> Path:
    """Write the site; returns its study folder."""
    study = root / "content" / "studies" / "mitosis"
    (study / "images").mkdir(parents=True)
    (root / "content" / "pages").mkdir()
    (root / "site_config.yaml").write_text(CONFIG)
    (root / "content" / "pages" / "about.md").write_text("# About\n\nWe are a lab.\n")
    (study / "study.yaml").write_text(STUDY)
    (study / "images.csv").write_text(ROWS)
    for seed, name in enumerate("abc"):
        write_image(study / "images" / f"{name}.ome.tiff", seed)
    return study


def write_image(path: Path, seed: int) -> None:
    """An OME-TIFF, T1 C2 Z2, of 300 x 200 pixels; another ``seed``, other pixels."""
    pixels = planes(c=2, z=2, y=200, x=300, dtype="uint16") // (seed + 1)
    write_ome_tiff(path, pixels, channel_names=["DNA", "Tubulin"], pixel_size_um=(0.5, 0.1, 0.1))


def build_site(root: Path, **options: bool) -> Outcome:
    """Bring the site up to date on a fixed day."""
    return build(root, BuildOptions(today=date(2026, 1, 2), threads=1, **options), SilentReporter())


def plan_site(root: Path) -> Outcome:
    """What a build would do on that day."""
    return plan(root, BuildOptions(today=date(2026, 1, 2)), SilentReporter())


def tree(folder: Path) -> dict[str, str]:
    """SHA-256 of every file by its path."""
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def hear_interrupts() -> None:
    """A shell starts its background jobs deaf to Ctrl-C, and so all that these start."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
