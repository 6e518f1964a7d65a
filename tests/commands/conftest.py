"""A small site and the command line, as examples use them."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from publisher.cli import run
from tests.pipeline.sites import make_site


@dataclass(frozen=True, slots=True)
class Said:
    """What a command answered: exit code, standard output, standard error."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)

    @property
    def codes(self) -> set[str]:
        """Problem codes on standard error."""
        return {line.rpartition("[")[2].rstrip("]") for line in self.err.splitlines() if line.endswith("]")}


Publisher = Callable[..., Said]


@pytest.fixture
def publisher(capsys: pytest.CaptureFixture[str]) -> Publisher:
    """Run a command: ``publisher("build", "--site", root)``."""

    def call(*arguments: object) -> Said:
        code = run([str(argument) for argument in arguments])
        said = capsys.readouterr()
        assert "Traceback" not in said.err, said.err
        return Said(code, said.out, said.err)

    return call


@pytest.fixture
def site(tmp_path: Path) -> Path:
    """A site of one study with three images."""
    make_site(tmp_path / "site")
    return tmp_path / "site"


@pytest.fixture
def light_site(tmp_path: Path) -> Path:
    """A site of one study with three rows and no pixels: quick to build."""
    root = tmp_path / "site"
    study = root / "content/studies/mitosis"
    study.mkdir(parents=True)
    (root / "site_config.yaml").write_text("title: Lab\nbase_url: https://lab.example.org/\n")
    (study / "study.yaml").write_text("title: Mitosis\nlicence: CC0-1.0\n")
    (study / "images.csv").write_text("image,name,Gene\na,Cell A,CDC20\nb,Cell B,PLK1\nc,Cell C,\n")
    return root


def dataset_page(root: Path) -> str:
    """The page of the light site's dataset."""
    return (root / "_site/studies/mitosis/datasets/images/index.html").read_text()
