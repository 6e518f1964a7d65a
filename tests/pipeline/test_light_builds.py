"""What a build loads: nothing heavy where nothing is to be converted, in no process of it."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.pipeline.sites import make_site
from tests.test_imports import HEAVY

ROOT = Path(__file__).parents[2]
NEVER = {"dask", "ome_types", "ome_zarr", "zarr"}
"""Libraries that cost seconds; no build of ours needs them."""


def loaded(root: Path, *command: str) -> set[str]:
    """Heavy libraries that a command and the processes it starts load."""
    done = subprocess.run(
        [sys.executable, "-m", "publisher", *command, "--site", str(root)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env=os.environ | {"PYTHONPROFILEIMPORTTIME": "1"},
    )
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    assert done.returncode == 0, done.stderr
    assert len(lines) > 50
    return {line.rpartition("|")[2].strip().partition(".")[0] for line in lines} & HEAVY


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.mark.slow
def test_a_build_loads_what_it_does(tmp_path: Path) -> None:
    study = make_site(tmp_path)
    first = loaded(tmp_path, "build")
    assert {"numpy", "tifffile", "jinja2"} <= first, "of the processes that convert, too"
    assert not first & NEVER
    assert loaded(tmp_path, "build") == {"pydantic", "yaml"}
    edit(tmp_path / "site_config.yaml", "title: Lab", "title: Laboratory")
    assert not loaded(tmp_path, "build") & (NEVER | {"numpy", "numcodecs", "tifffile", "imagecodecs", "yaozarrs"})
    edit(study / "images.csv", "CDC20", "CDC21")
    assert not loaded(tmp_path, "build") & (NEVER | {"tifffile", "imagecodecs"}), "new words are checked, not pixels"
    assert not loaded(tmp_path, "lint") & (NEVER | {"numpy", "numcodecs", "tifffile", "imagecodecs", "jinja2"})


def test_a_study_of_rows_alone_loads_no_array(tmp_path: Path) -> None:
    study = tmp_path / "content/studies/s"
    study.mkdir(parents=True)
    (tmp_path / "site_config.yaml").write_text("title: Lab\ncatalogue: {quality_page: true}\n")
    (study / "study.yaml").write_text("title: S\nlicence: CC0-1.0\n")
    (study / "images.csv").write_text("image,name,Gene\na,A,B\n")
    array = {"PIL", "imagecodecs", "lxml", "numcodecs", "numpy", "tifffile", "yaozarrs"}
    assert not loaded(tmp_path, "build") & (NEVER | array)
    assert (tmp_path / "_site/studies/s/quality/index.html").is_file()
    assert loaded(tmp_path, "lint") == {"pydantic", "yaml"}
