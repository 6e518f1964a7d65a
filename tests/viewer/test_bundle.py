"""The viewer's bundle is what its sources make: found here without Node, rebuilt and compared where there is Node."""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from publisher.resources import viewer_bundle
from tests.browser.install import VIEWER, node_modules

_IMPORTS = re.compile(r'(?:from|import)"\./([^"]+\.js)"')


@pytest.fixture(scope="module")
def manifest() -> dict[str, dict[str, str]]:
    read: dict[str, dict[str, str]] = json.loads((viewer_bundle() / "manifest.json").read_text())
    return read


def digest(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def test_the_bundle_was_made_of_the_sources_that_are_here(manifest: dict[str, dict[str, str]]) -> None:
    own = [file for file in (VIEWER / "src").rglob("*") if file.is_file()]
    own += [VIEWER / name for name in ("build.mjs", "package.json", "package-lock.json", "tsconfig.json")]
    found = {file.relative_to(VIEWER).as_posix(): digest(file) for file in own}
    assert found == manifest["sources"], "run `npm ci --ignore-scripts && npm run build` in viewer/"


def test_nobody_changed_the_bundle_by_hand(manifest: dict[str, dict[str, str]]) -> None:
    files = [file for file in viewer_bundle().iterdir() if file.name != "manifest.json"]
    assert {file.name: digest(file) for file in files} == manifest["files"]


def zipped(name: str) -> int:
    return len(gzip.compress((viewer_bundle() / name).read_bytes(), 9))


def test_what_is_loaded_at_first_is_small() -> None:
    at_start, left = set[str](), ["viewer.js"]
    while left:
        at_start.add(name := left.pop())
        left += set(_IMPORTS.findall((viewer_bundle() / name).read_text(encoding="utf-8"))) - at_start
    assert len(at_start) > 1
    assert sum(map(zipped, at_start)) <= 140_000
    assert zipped("worker.js") <= 10_000


def test_the_licence_of_each_package_in_the_bundle_is_told() -> None:
    notices = (viewer_bundle() / "NOTICES.txt").read_text(encoding="utf-8")
    for package in ("ol 10", "zarrita 0", "fzstd 0", "numcodecs 0", "c-blosc", "LZ4"):
        assert package in notices


def run(*command: str, **environment: str) -> None:
    npm = shutil.which("npm")
    if npm is None or node_modules(VIEWER) is None:
        pytest.skip("the viewer's tools are not installed: with Node and npm, run `python tests/browser/install.py`")
    done = subprocess.run(
        [npm, "run", "--silent", *command], cwd=VIEWER, env=os.environ | environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-4000:]


@pytest.mark.slow
def test_the_same_sources_give_the_same_bytes(tmp_path: Path) -> None:
    run("build", OUT=str(tmp_path / "made"))
    made: dict[str, Any] = {file.name: file.read_bytes() for file in (tmp_path / "made").iterdir()}
    assert made == {file.name: file.read_bytes() for file in viewer_bundle().iterdir()}


@pytest.mark.slow
def test_its_types_are_right() -> None:
    run("types")


@pytest.mark.slow
def test_its_own_tests_pass() -> None:
    run("test")
