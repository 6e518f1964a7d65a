"""A build is killed at any moment: the old site stands byte for byte, or the next command finishes the new one."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.pipeline.sites import build_site, make_site, plan_site, tree, write_image

KILLS = int(os.environ.get("PUBLISHER_KILLS", "8"))
"""How many random moments; .ci/full tries 20."""
BUILD = "from pathlib import Path; from tests.pipeline.sites import build_site; build_site(Path({root!r}))"
DIE_AT_RENAME = (
    "import os, pathlib; left = [{count}]; real = pathlib.Path.replace\n"
    "def replace(self, target):\n"
    "    if left[0] == 0: os.kill(os.getpid(), 9)\n"
    "    left[0] -= 1\n"
    "    return real(self, target)\n"
    "pathlib.Path.replace = replace\n"
)


def change(root: Path) -> None:
    """A new caption, new pixels, a removed image, a new page."""
    study = root / "content/studies/mitosis"
    write_image(study / "images/b.ome.tiff", 6)
    (study / "images/c.ome.tiff").unlink()
    for name, old, new in (
        ("study.yaml", ", images/c.ome.tiff", ""),
        ("images.csv", "Cell A", "Cell Alpha"),
        ("images.csv", "images/c.ome.tiff,Cell C,PLK1\n", ""),
    ):
        (study / name).write_text((study / name).read_text().replace(old, new))
    (root / "content/pages/new.md").write_text("# New\n\nA page.\n")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A built site with a change waiting; tests work on copies."""
    root = tmp_path_factory.mktemp("kill") / "site"
    make_site(root)
    build_site(root)
    change(root)
    return root


@pytest.fixture(scope="module")
def new(built: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """The bytes of a clean build of the changed site."""
    root = tmp_path_factory.mktemp("clean") / "site"
    shutil.copytree(built, root, ignore=shutil.ignore_patterns(".publisher", "_site"))
    build_site(root)
    return tree(root / "_site")


def killed(root: Path, code: str, after_s: float | None) -> int:
    process = subprocess.Popen([sys.executable, "-c", code], cwd=Path(__file__).parents[2], start_new_session=True)
    if after_s is not None:
        time.sleep(after_s)
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()


def check(root: Path, old: dict[str, str], new: dict[str, str]) -> str:
    """Old before the next command, or new after it; a build ends at the new in any case."""
    if tree(root / "_site") == old:
        state = "old"
    else:
        plan_site(root)
        assert tree(root / "_site") == new
        state = "new"
    assert build_site(root).problems == ()
    assert tree(root / "_site") == new
    leftovers = [path for path in (root / ".publisher").rglob("*") if "stage" in path.parts and path.is_file()]
    assert leftovers == []
    return state


@pytest.mark.slow
@pytest.mark.parametrize("number", range(KILLS))
def test_killed_at_a_random_moment(built: Path, new: dict[str, str], tmp_path: Path, number: int) -> None:
    root = tmp_path / "site"
    shutil.copytree(built, root, symlinks=True)
    old = tree(root / "_site")
    after_s = random.Random(number).uniform(0.3, 3.0)
    killed(root, BUILD.format(root=str(root)), after_s)
    check(root, old, new)


@pytest.mark.slow
@pytest.mark.parametrize("count", [0, 1, 2, 5, 9, 14])
def test_killed_at_a_rename_of_the_commit(built: Path, new: dict[str, str], tmp_path: Path, count: int) -> None:
    root = tmp_path / "site"
    shutil.copytree(built, root, symlinks=True)
    old = tree(root / "_site")
    status = killed(root, DIE_AT_RENAME.format(count=count) + BUILD.format(root=str(root)), None)
    assert status == -signal.SIGKILL
    state = check(root, old, new)
    assert state == ("old" if count == 0 else "new")
