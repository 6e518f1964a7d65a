"""The process that reads dies, hangs or meets a fault of ours: one file is reported, the others are built."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from publisher.pipeline import BuildOptions, build, inspected
from publisher.reporting import SilentReporter
from tests.pipeline.sites import make_site
from tests.safety.failing_reading import dies, fails, hangs


@pytest.mark.parametrize(
    ("reading", "code"), [(dies, "source.worker-died"), (hangs, "source.timeout"), (fails, "source.bug")]
)
def test_one_file_is_reported_and_the_others_are_built(
    reading: Callable[..., object], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_site(tmp_path)
    monkeypatch.setattr(inspected, "inspect_source", reading)
    options = BuildOptions(today=date(2026, 1, 2), threads=1, inspect_timeout_s=15)
    outcome = build(tmp_path, options, SilentReporter())
    found = [(problem.code, problem.path) for problem in outcome.problems]
    assert found == [(code, "content/studies/mitosis/images/b.ome.tiff")]
    assert len(list((tmp_path / "_site").rglob("*.ome.zarr"))) == 2
