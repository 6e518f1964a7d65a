"""The example plugin: installed, it is found; publisher's own tests for readers pass on it."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PLUGIN = ROOT / "docs" / "examples" / "reader-plugin"

pytestmark = pytest.mark.skipif(
    find_spec("publisher.testing.reader_tests") is None, reason="the readers are not in this tree"
)


def run(*arguments: str, path: tuple[Path, ...]) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path)), "PYTHONDONTWRITEBYTECODE": "1"}
    return subprocess.run(
        [sys.executable, *arguments], cwd=PLUGIN, env=environment, capture_output=True, text=True, check=False
    )


@pytest.mark.slow
def test_the_example_passes_the_conformance_tests() -> None:
    done = run("-m", "pytest", "-q", "-p", "no:cacheprovider", "tests", path=(ROOT, PLUGIN))
    assert done.returncode == 0, done.stdout[-3000:]


def test_an_installed_plugin_is_found(tmp_path: Path) -> None:
    """An installation is a package and its dist-info; this one is made by hand, so that nothing is downloaded."""
    info = tmp_path / "publisher_npy-1.0.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: publisher-npy\nVersion: 1.0.0\n")
    (info / "entry_points.txt").write_text("[publisher.readers]\nnpy = publisher_npy:NpyReader\n")
    code = "from publisher.sources.registry import installed_readers; print(*installed_readers().readers)"
    done = run("-c", code, path=(ROOT, PLUGIN, tmp_path))
    assert done.returncode == 0, done.stderr[-3000:]
    assert "npy" in done.stdout.split()
