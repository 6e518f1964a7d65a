"""A study whose images are on the web: built, not asked again without need, and built again when they change."""

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
import zarr

from publisher.cli import run
from publisher.pipeline import BuildOptions, Outcome, build
from publisher.reporting import SilentReporter
from publisher.testing.images import planes, write_ome_zarr
from publisher.testing.zarr_sets import write_labels, write_plate
from tests.sources.store_hosts import host, reply


def _site(root: Path, images: str) -> Path:
    study = root / "content" / "studies" / "s"
    study.mkdir(parents=True)
    (root / "site_config.yaml").write_text("title: T\nbase_url: https://t.example.org/\n")
    (study / "study.yaml").write_text(f"title: S\nimages:\n  - {images}\n")
    return study / "study.yaml"


def _build(root: Path, *, force: bool = False) -> Outcome:
    return build(root, BuildOptions(today=date(2026, 1, 2), threads=2, force=force), SilentReporter())


def _fileset(root: Path) -> Path:
    (found,) = (root / "_site/data/s").iterdir()
    return found


def test_a_store_on_the_web_is_published_and_not_asked_again(tmp_path: Path) -> None:
    pixels = planes(c=2, z=2, y=100, x=150, dtype="uint16")
    write_ome_zarr(tmp_path / "web/a.zarr", pixels, version="0.4", levels=2, chunk=(1, 1, 1, 64, 64))
    with host(tmp_path / "web") as server:
        study = _site(tmp_path, f"{server.url}/a.zarr")
        assert _build(tmp_path).problems == ()
        np.testing.assert_array_equal(zarr.open_array(_fileset(tmp_path) / "0/0", mode="r")[...], pixels)
        server.asked.clear()
        assert _build(tmp_path).report.ran == {}
        assert server.asked == []
        study.write_text(study.read_text() + "\n")
        assert _build(tmp_path).report.ran == {}
        assert 0 < len(server.asked) <= 4
        study.write_text(study.read_text().replace("title: S", "title: Other"))
        assert not any(name.startswith("pixels") for name in _build(tmp_path).report.ran)
        assert not any("/0/0/0" in path for path in server.asked)


def test_changed_metadata_build_the_image_again(tmp_path: Path) -> None:
    write_ome_zarr(tmp_path / "web/a.zarr", planes(y=100), version="0.4", chunk=(1, 1, 1, 64, 64))
    with host(tmp_path / "web") as server:
        study = _site(tmp_path, f"{server.url}/a.zarr")
        _build(tmp_path)
        pixels = planes(y=100, x=20)
        write_ome_zarr(tmp_path / "web/a.zarr", pixels, version="0.4", chunk=(1, 1, 1, 64, 64))
        study.write_text(study.read_text() + "\n")
        assert _build(tmp_path).problems == ()
        np.testing.assert_array_equal(zarr.open_array(_fileset(tmp_path) / "0/0", mode="r")[...], pixels)


def test_a_host_that_is_away_costs_a_warning_and_no_image(tmp_path: Path) -> None:
    write_ome_zarr(tmp_path / "web/a.zarr", planes(), version="0.4")
    with host(tmp_path / "web") as server:
        study = _site(tmp_path, f"{server.url}/a.zarr")
        _build(tmp_path)
    study.write_text(study.read_text() + "\n")
    outcome = _build(tmp_path)
    assert outcome.problems == ()
    assert [problem.code for problem in outcome.warnings] == ["source.not-asked"]
    assert (_fileset(tmp_path) / "0/0/zarr.json").is_file()


def test_a_store_that_cannot_be_reached_is_named_and_the_rest_is_built(tmp_path: Path) -> None:
    write_ome_zarr(tmp_path / "web/a.zarr", planes(), version="0.4")
    with host(tmp_path / "web", lambda request, path: "b.zarr" in path and reply(request, 403)) as server:
        _site(tmp_path, f"{server.url}/a.zarr\n  - {server.url}/b.zarr")
        outcome = _build(tmp_path)
        assert [(p.code, p.path) for p in outcome.problems] == [("source.unreachable", f"{server.url}/b.zarr")]
    assert _fileset(tmp_path).is_dir()


def test_a_public_bucket_is_read_through_its_endpoint(tmp_path: Path) -> None:
    path = write_plate(tmp_path / "web/bucket/a.zarr", {"A/1": [planes(y=40)]})
    write_labels(path / "A/1/0", "cells", planes(y=40, dtype="uint8"))
    with host(tmp_path / "web") as server:
        _site(tmp_path, f"{{path: 's3://bucket/a.zarr', endpoint: '{server.url}', passthrough: reference}}")
        assert _build(tmp_path).problems == ()
        (page,) = (tmp_path / "_site/studies/s/images").glob("*/index.json")
        store = json.loads(page.read_text())["viewer"]["store"]
        assert store == {"href": None, "url": f"{server.url}/bucket/a.zarr/A/1/0"}
        assert not (tmp_path / "_site/data").exists()


@pytest.mark.parametrize("path", ["https://user:pw@host/a.zarr", "ftp://host/a.zarr", "https://host/*.zarr?x"])
def test_an_address_that_cannot_be_read_is_a_fault_of_the_study(path: str, tmp_path: Path) -> None:
    _site(tmp_path, f"'{path}'")
    assert [problem.code for problem in _build(tmp_path).problems] == ["study.bad-address"]


def test_addresses_are_inspected_and_added_by_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write_plate(tmp_path / "web/a.zarr", {"A/1": [planes(), planes()]})
    write_labels(path / "A/1/0", "cells", planes(dtype="uint8"))
    site = tmp_path / "site"
    (site / "content").mkdir(parents=True)
    (site / "site_config.yaml").write_text("title: T\n")
    with host(tmp_path / "web") as server:
        assert run(["inspect", f"{server.url}/a.zarr"]) == 0
        shown = capsys.readouterr().out
        assert "plate plate: 2 rows, 2 columns" in shown
        assert "labels cells: uint8" in shown
        assert run(["add", f"{server.url}/a.zarr", "--study", "s", "--site", str(site)]) == 0
        text = (site / "content/studies/s/study.yaml").read_text()
        assert f"- {server.url}/a.zarr" in text
        assert "sources" not in text.split("datasets:")[0].split("imaging_methods")[1]
        assert _build(site).problems == ()
