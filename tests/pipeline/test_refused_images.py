"""An image that can never be written is reported alone: its file, its plate and its study are built without it."""

from pathlib import Path

import pytest

from publisher.testing.images import planes, plate_xml, write_ome_tiff
from tests.pipeline.sites import build_site, make_site, plan_site, tree


@pytest.fixture
def study(tmp_path: Path) -> Path:
    """A study of three images and whatever a test writes to images/x*."""
    study = make_site(tmp_path)
    description = study / "study.yaml"
    description.write_text(description.read_text().replace("images/b", '"images/x*", images/b', 1))
    return study


def test_a_file_of_complex_numbers_costs_no_other_file(study: Path, tmp_path: Path) -> None:
    write_ome_tiff(study / "images/x.ome.tiff", planes().astype("complex64"))
    assert [problem.code for problem in plan_site(tmp_path).problems] == []
    outcome = build_site(tmp_path)
    [problem] = outcome.problems
    assert (problem.code, problem.path) == ("pixels.dtype-unsupported", "content/studies/mitosis/images/x.ome.tiff")
    assert len(list((tmp_path / "_site").rglob("*.ome.zarr"))) == 3
    assert len(list((tmp_path / "_site/studies/mitosis/images").rglob("index.html"))) == 3
    assert build_site(tmp_path).problems == outcome.problems, "told until it is mended"


def test_it_costs_no_other_image_of_its_file(study: Path, tmp_path: Path) -> None:
    image = study / "images/x.ome.tiff"
    write_ome_tiff(image, planes(), planes(y=9).astype("complex64"), planes(y=10, dtype="float32"))
    before = build_site(tmp_path)
    assert [problem.code for problem in before.problems] == ["pixels.dtype-unsupported"]
    [store] = (tmp_path / "_site").rglob("x-*.ome.zarr")
    assert sorted(path.name for path in store.iterdir() if path.name.isdigit()) == ["0", "2"]
    image.unlink()
    write_ome_tiff(image, planes(), planes(y=9), planes(y=10, dtype="float32"))
    assert build_site(tmp_path).problems == ()
    other = tmp_path / "other"
    make_site(other)
    (other / "content/studies/mitosis/study.yaml").write_text((study / "study.yaml").read_text())
    (other / "content/studies/mitosis/images/x.ome.tiff").write_bytes(image.read_bytes())
    build_site(other)
    assert tree(other / "_site") == tree(tmp_path / "_site")


def test_it_costs_no_other_field_of_its_plate(study: Path, tmp_path: Path) -> None:
    plate = plate_xml({(0, 0): [0], (0, 1): [1]})
    write_ome_tiff(study / "images/x.ome.tiff", planes(), planes().astype("complex64"), plates=[plate])
    outcome = build_site(tmp_path)
    assert [problem.code for problem in outcome.problems] == ["pixels.dtype-unsupported"]
    [store] = (tmp_path / "_site").rglob("x-*.ome.zarr")
    assert (store / "A/1/0/zarr.json").exists()
    assert not (store / "A/2").exists()
