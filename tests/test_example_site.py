"""The example site: its YAML is valid, its tables fit its images, its images are what the generators draw."""

import csv
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tifffile
import yaml

from publisher.catalogue.schema import StudyDescription
from publisher.config.model import SiteConfig

ROOT = Path(__file__).parents[1]
STUDIES = sorted(path.parent for path in (ROOT / "content" / "studies").glob("*/study.yaml"))

WITHOUT_PLATES = [folder for folder in STUDIES if folder.name != "simulated-plate"]


def study_of(folder: Path) -> StudyDescription:
    return StudyDescription.model_validate(yaml.safe_load((folder / "study.yaml").read_text(encoding="utf-8")))


def dataset_images(study: StudyDescription) -> Iterator[tuple[str, str]]:
    """(dataset name, pattern) of every pattern of a study; "" when it has no datasets."""
    yield from (("", image.path) for image in study.images)
    datasets = [*study.datasets, *(dataset for project in study.projects for dataset in project.datasets)]
    yield from ((dataset.name, image.path) for dataset in datasets for image in dataset.images)
    plates = [plate for screen in study.screens for plate in screen.plates]
    yield from ((plate.name, image.path) for plate in plates for image in plate.images)


@pytest.fixture
def generators(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    before = set(sys.modules)
    monkeypatch.syspath_prepend(str(ROOT / "content" / "generators"))
    yield
    for name in set(sys.modules) - before:
        del sys.modules[name]


def test_site_config_is_valid() -> None:
    config = SiteConfig.model_validate(yaml.safe_load((ROOT / "site_config.yaml").read_text(encoding="utf-8")))
    pages = {path.stem for path in (ROOT / "content" / "pages").glob("*.md")}
    assert {item.page for item in config.navigation} <= pages
    assert config.catalogue.featured is not None
    assert config.catalogue.featured.partition("/")[0] in {folder.name for folder in STUDIES}


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_a_study_says_what_a_stranger_asks(folder: Path) -> None:
    study = study_of(folder)
    assert study.licence
    assert study.authors
    assert len(study.description) > 200
    assert study.imaging_methods
    assert study.keywords


@pytest.mark.parametrize("folder", STUDIES, ids=lambda folder: folder.name)
def test_every_simulated_study_says_so_first(folder: Path) -> None:
    study = study_of(folder)
    assert ("simulated" in study.note) == (study.study_type == "simulation")


def test_every_image_of_the_plate_is_in_a_well_and_one_well_is_lost() -> None:
    folder = ROOT / "content" / "studies" / "simulated-plate"
    with (folder / "images.csv").open(encoding="utf-8", newline="") as stream:
        rows = list(csv.DictReader(stream))
    placed = {row["image"]: row["well"] for row in rows if row["image"]}
    assert {path.relative_to(folder).as_posix() for path in folder.rglob("*.tiff")} == set(placed)
    spoken_of = {row["well"] for row in rows if not row["image"]}
    assert spoken_of - set(placed.values()) == {"C6"}


@pytest.mark.parametrize("folder", WITHOUT_PLATES, ids=lambda folder: folder.name)
def test_every_image_has_its_row_and_every_row_its_image(folder: Path) -> None:
    found = set()
    for dataset, pattern in dataset_images(study_of(folder)):
        for path in sorted(folder.glob(pattern)):
            with tifffile.TiffFile(path) as tiff:
                assert tiff.ome_metadata is not None
                found.add((dataset, tifffile.xml2dict(tiff.ome_metadata)["OME"]["Image"]["Name"]))
    with (folder / "images.csv").open(encoding="utf-8", newline="") as stream:
        rows = {(row.get("Dataset Name", ""), row["Image Name"]) for row in csv.DictReader(stream)}
    assert rows == found


def test_every_image_file_belongs_to_a_dataset() -> None:
    for folder in STUDIES:
        taken = {path for _, pattern in dataset_images(study_of(folder)) for path in folder.glob(pattern)}
        assert taken == set(folder.rglob("*.ome.tiff"))


@pytest.mark.usefixtures("generators")
def test_the_generator_draws_the_same_field_again(tmp_path: Path) -> None:
    import simulate_screen  # type: ignore[import-not-found]

    condition = simulate_screen.CONDITIONS[2]
    pixels, _ = simulate_screen.field(condition, 3003)
    path = simulate_screen.file_of(condition, 3)
    simulate_screen.write_ome_tiff(tmp_path / path, pixels, simulate_screen.facts_of(condition, 3))
    assert_same_image(tmp_path / path, ROOT / "content" / "studies" / path)


@pytest.mark.usefixtures("generators")
def test_the_generator_draws_the_same_moment_again() -> None:
    import simulate_mitosis  # type: ignore[import-not-found]

    shipped = tifffile.imread(ROOT / "content" / "studies" / simulate_mitosis.FILE)
    drawn = simulate_mitosis.pixels(count=1)[0].swapaxes(0, 1)
    assert drawn.shape == shipped[0].shape
    np.testing.assert_array_equal(drawn, shipped[0])


@pytest.mark.usefixtures("generators")
def test_the_generator_draws_the_same_well_again(tmp_path: Path) -> None:
    import simulate_plate  # type: ignore[import-not-found]

    well, dose, share = simulate_plate.wells()[1]
    condition = simulate_plate.replace(
        simulate_plate.UNTREATED, arrested=share, monopolar=True, density=0.92 - share / 3
    )
    pixels, _ = simulate_plate.field(condition, 9011)
    drawn = pixels[..., : simulate_plate.EDGE_PX, : simulate_plate.EDGE_PX]
    path = simulate_plate.file_of(well, 1)
    simulate_plate.write_ome_tiff(tmp_path / path, drawn, simulate_plate.facts_of(well, dose, 1))
    assert_same_image(tmp_path / path, ROOT / "content" / "studies" / path)


def assert_same_image(one: Path, other: Path) -> None:
    """Same pixels, same metadata; the compressed bytes may differ between versions of zlib."""

    def parts(path: Path) -> tuple[Any, str | None]:
        with tifffile.TiffFile(path) as tiff:
            return tiff.asarray(), tiff.ome_metadata

    (pixels, metadata), (other_pixels, other_metadata) = parts(one), parts(other)
    assert metadata == other_metadata
    np.testing.assert_array_equal(pixels, other_pixels)
