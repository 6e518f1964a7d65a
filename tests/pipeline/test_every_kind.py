"""A site with every kind of fileset: the same bytes for any number of workers, after a kill, and without a memory."""

import json
import random
import shutil
import signal
import subprocess
import sys
import time
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from publisher.pipeline import BuildOptions, build, conversion_run
from publisher.reporting import SilentReporter
from publisher.testing.images import planes, plate_xml, write_ome_tiff, write_ome_zarr
from publisher.testing.zarr_sets import write_labels, write_plate
from tests.pipeline.sites import hear_interrupts, tree
from tests.safety.failing_reading import convert_dying

REPOSITORY = Path(__file__).parents[2]
CODE = "from pathlib import Path; from tests.pipeline.test_every_kind import build_all; build_all(Path({root!r}), 2)"


def make_all(root: Path) -> Path:
    """Plates of both kinds, labels of both kinds, kept and linked chunks, single files, a store of data/."""
    images = root / "content/studies/s/images"
    images.mkdir(parents=True)
    store = (root.parent / f"{root.name} bucket").as_uri()
    (root / "site_config.yaml").write_text(
        f"title: T\nbase_url: https://t.example.org/\ndownloads: {{ozx: image}}\nbuild: {{data_store: '{store}'}}\n"
    )
    (root / "content/studies/s/study.yaml").write_text(
        "title: S\nimages:\n  - images/plate*\n"
        "  - {path: images/linked.ome.zarr, passthrough: link}\n  - {path: images/kept.ome.zarr, passthrough: copy}\n"
        "  - {path: images/seen.ome.tiff, labels: {nuclei: images/nuclei.ome.tiff}}\n"
    )
    fields = [planes(c=2, y=40, x=40), planes(c=2, y=40, x=40) // 2, planes(c=2, y=40, x=40) // 3]
    write_ome_tiff(images / "plate.ome.tiff", *fields, plates=[plate_xml({(0, 0): [0, 1], (1, 1): [2]})])
    write_plate(images / "plate.ome.zarr", {"A/1": fields[:2], "B/2": fields[2:]})
    chunk = (1, 1, 1, 64, 64)
    write_ome_zarr(images / "linked.ome.zarr", planes(y=100, x=100), chunk=chunk)
    kept = write_ome_zarr(images / "kept.ome.zarr", planes(y=100, x=100), version="0.4", chunk=chunk)
    labels = (np.arange(10_000) // 700).astype("uint16").reshape(1, 1, 1, 100, 100)
    write_labels(kept, "cells", labels, properties=[{"label-value": 1, "area": 700.0}])
    write_ome_tiff(images / "seen.ome.tiff", planes(c=2, y=100, x=100, dtype="uint16"))
    write_ome_tiff(images / "nuclei.ome.tiff", labels)
    return images


def build_all(root: Path, threads: int = 1) -> tuple[str, ...]:
    """Build it; codes of what went wrong."""
    options = BuildOptions(today=date(2026, 1, 2), threads=threads, send=True)
    return tuple(problem.code for problem in build(root, options, SilentReporter()).problems)


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built with one worker."""
    root = tmp_path_factory.mktemp("kinds") / "site"
    make_all(root)
    assert build_all(root) == ()
    return root


def copied(first: Path, root: Path, *leave_out: str) -> Path:
    """The site elsewhere, with a bucket of its own."""
    shutil.copytree(first, root, ignore=shutil.ignore_patterns(*leave_out))
    config = root / "site_config.yaml"
    old, new = (folder.parent / f"{folder.name} bucket" for folder in (first, root))
    config.write_text(config.read_text().replace(old.as_uri(), new.as_uri()))
    return root


def bucket(root: Path) -> Path:
    return root.parent / f"{root.name} bucket"


@pytest.mark.parametrize("threads", [2, 4])
def test_any_number_of_workers_makes_the_same_bytes(threads: int, first: Path, tmp_path: Path) -> None:
    root = copied(first, tmp_path / "site", ".publisher", "_site")
    assert build_all(root, threads) == ()
    assert tree(root / "_site") == tree(first / "_site")
    assert tree(bucket(root)) == tree(bucket(first))


def test_without_its_memory_a_build_changes_no_byte(first: Path, tmp_path: Path) -> None:
    root = copied(first, tmp_path / "site")
    assert build_all(root) == ()
    shutil.rmtree(root / ".publisher")
    assert build_all(root, 2) == ()
    assert tree(root / "_site") == tree(first / "_site")
    assert tree(bucket(root)) == tree(bucket(first))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(8))
def test_killed_at_a_random_moment_it_ends_at_the_same_bytes(number: int, first: Path, tmp_path: Path) -> None:
    root = copied(first, tmp_path / "site", ".publisher", "_site")
    command = [sys.executable, "-c", CODE.format(root=str(root))]
    how = signal.SIGKILL if number % 4 else signal.SIGINT
    process = subprocess.Popen(
        command, cwd=REPOSITORY, start_new_session=True, stderr=subprocess.DEVNULL, preexec_fn=hear_interrupts
    )
    time.sleep(random.Random(number).uniform(1.0, 9.0))
    process.send_signal(how)
    process.wait()
    assert build_all(root, 2) == ()
    assert tree(root / "_site") == tree(first / "_site")
    assert tree(bucket(root)) == tree(bucket(first))


def test_a_worker_that_is_killed_while_it_converts_costs_one_image(
    first: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As the system does when memory runs out."""
    root = copied(first, tmp_path / "site", ".publisher", "_site")
    with monkeypatch.context() as patched:
        patched.setattr(conversion_run, "convert", convert_dying)
        assert set(build_all(root, 2)) == {"source.worker-died"}
    made = {path.name.partition("-")[0] for path in (root / "_site/data/s").glob("*.ome.zarr")}
    assert made == {"plate", "linked", "kept"}
    assert json.loads((root / "_site/index.json").read_text())
    assert build_all(root, 2) == ()
    assert tree(root / "_site") == tree(first / "_site")
