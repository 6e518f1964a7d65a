"""Studies to judge, made of a few lines of text, and images made of nothing but facts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from publisher.catalogue.load import load_study
from publisher.lint.finding import Finding, ImageName
from publisher.lint.report import report
from publisher.lint.subject import LintedImage, Subject
from publisher.model.image import Channel, Image, Pixels
from publisher.model.statistics import ChannelStatistics, Histogram
from publisher.paths import site_paths

Judge = Callable[..., dict[str, Finding]]


@pytest.fixture
def subject(tmp_path: Path) -> Callable[..., Subject]:
    """A study of these texts: ``subject("organisms: [Mouse]", rows="image,Gene\\n")``; licensed unless told."""

    def make(said: str = "", *, rows: str = "", licence: str | None = "CC0-1.0", **facts: Any) -> Subject:
        folder = tmp_path / "content/studies/s"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "study.yaml").write_text(f"title: A study\n{said}\n")
        if rows:
            (folder / "images.csv").write_text(rows)
        study = load_study(folder, site_paths(tmp_path, content="content", output="_site"))
        return Subject(study=study, licence=licence, **facts)

    return make


@pytest.fixture
def judge(subject: Callable[..., Subject]) -> Judge:
    """Findings about a study of these texts and facts, by code."""
    return lambda *texts, **facts: {found.code: found for found in report(subject(*texts, **facts)).findings}


def histogram(*counts: int, low: float = 0, high: float = 256) -> Histogram:
    return Histogram(low=low, high=high, counts=counts)


def values(low: float, high: float, shown: Histogram | None = None) -> ChannelStatistics:
    """A channel with these extremes; its histogram is flat over the 8-bit range unless given."""
    return ChannelStatistics(
        minimum=low, maximum=high, start=low, end=high + 1, histogram=shown or histogram(*[10] * 256)
    )


def linted(number: int = 1, **facts: Any) -> LintedImage:
    """An image that says all that it should, with what a test says instead."""
    pixels = {"size_x": 9, "size_y": 9, "size_c": 2, "dtype": "uint8", "pixel_size_um": (0.5, 0.1, 0.1)}
    own = {name: facts.pop(name) for name in list(facts) if name in Pixels.__dataclass_fields__}
    image = Image(
        series=0,
        name=f"Cell {number}",
        pixels=Pixels(**(pixels | own)),
        channels=(Channel(), Channel()),
        rgb=facts.pop("rgb", False),
    )
    told = {
        "name": ImageName(f"cell-{number}", f"Cell {number}"),
        "dataset": "control",
        "path": f"images/{number}.tif",
        "channels": ("DNA", "Tubulin"),
        "statistics": (values(0, 200), values(0, 200)),
        "digest": f"digest {number}",
        "has_row": True,
    }
    return LintedImage(image=image, **(told | facts))
