"""Ctrl-C in the middle of a conversion: the build ends soon, its workers too, and what was published stands."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from publisher.testing.images import planes, write_ome_tiff
from tests.pipeline.sites import build_site, hear_interrupts, make_site, tree

REPOSITORY = Path(__file__).parents[2]


def children(pid: int) -> list[int]:
    """Child processes of ``pid``."""
    found = []
    for thread in Path(f"/proc/{pid}/task").glob("*/children"):
        found += [int(child) for child in thread.read_text().split()]
    return found


def has_files(folder: Path) -> bool:
    """Whether anything stands below ``folder``, which may come and go meanwhile."""
    return any(names for _, _, names in os.walk(folder))


@pytest.mark.slow
def test_a_stopped_build_ends_soon_and_leaves_nobody_behind(tmp_path: Path) -> None:
    study = make_site(tmp_path)
    build_site(tmp_path)
    before = tree(tmp_path / "_site")
    pixels = np.tile(planes(y=2048, x=2048, dtype="uint16"), (1, 2, 24, 1, 1))
    write_ome_tiff(study / "images/b.ome.tiff", pixels, channel_names=["DNA", "Tubulin"])
    command = [sys.executable, "-m", "publisher", "build", "--site", str(tmp_path)]
    process = subprocess.Popen(command, cwd=REPOSITORY, stderr=subprocess.PIPE, text=True, preexec_fn=hear_interrupts)
    deadline = time.monotonic() + 60
    while not has_files(tmp_path / ".publisher/stage/data") and time.monotonic() < deadline:
        time.sleep(0.01)
    workers = children(process.pid)
    assert workers, "a worker converts"
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "what was published stands as it was" in said
    assert "Traceback" not in said
    time.sleep(0.2)
    assert not [pid for pid in workers if Path(f"/proc/{pid}").exists()]
    assert tree(tmp_path / "_site") == before
