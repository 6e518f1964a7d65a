"""A dataset of many images: the memory of a build does not grow with their number."""

import subprocess
import sys
from pathlib import Path

import pytest

from publisher.testing.images import planes, write_ome_tiff

REPOSITORY = Path(__file__).parents[2]
BUILD = (
    "import sys; from pathlib import Path; from tests.pipeline.sites import build_site\n"
    "assert build_site(Path(sys.argv[1])).problems == ()\n"
    "print(next(line for line in open('/proc/self/status') if line.startswith('VmHWM')).split()[1])"
)
"""Prints its peak memory in KiB; ru_maxrss would be that of the tests, from which a child begins."""


def megabytes(root: Path, count: int) -> float:
    """Peak memory of the parent process of a clean build of ``count`` images."""
    images = root / "content/studies/flood/images"
    images.mkdir(parents=True)
    (root / "site_config.yaml").write_text("title: Lab\n")
    (images.parent / "study.yaml").write_text("title: Flood\nimages: images/*.tiff\n")
    first = write_ome_tiff(images / "0.ome.tiff", planes(y=64, x=64, dtype="uint16"))
    for number in range(1, count):
        (images / f"{number}.ome.tiff").write_bytes(first.read_bytes())
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(root)], cwd=REPOSITORY, capture_output=True, text=True, check=True
    )
    return int(done.stdout) / 1024


@pytest.mark.slow
def test_memory_stays_flat(tmp_path: Path) -> None:
    assert megabytes(tmp_path / "many", 150) - megabytes(tmp_path / "few", 30) < 15
