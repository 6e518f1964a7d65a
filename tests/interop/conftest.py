"""The images that other programs are to read: the example site, and one small image of every pixel type."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from publisher import urls
from publisher.catalogue.folders import study_folders
from publisher.catalogue.load import load_study
from publisher.catalogue.resolve import resolve
from publisher.model.identity import fileset_id
from publisher.paths import SitePaths, site_paths
from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter
from publisher.testing.images import planes, write_ome_tiff
from tests.interop.published import Published, stores_below

_HERE = Path(__file__).parent
DTYPES = ("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "float32", "float64")
STUDY = "title: Every pixel type\nlicence: CC0-1.0\nimages: images/*.ome.tiff\n"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if _HERE in item.path.parents:
            item.add_marker(pytest.mark.slow)


@pytest.fixture(scope="session")
def site_of_all_types(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Output of a site whose images have T2 C3 Z2, 301 x 533 pixels and one pixel type each."""
    root = tmp_path_factory.mktemp("types")
    study = root / "content" / "studies" / "types"
    (study / "images").mkdir(parents=True)
    (root / "site_config.yaml").write_text("title: Types\nbase_url: https://types.example.org/\n")
    (study / "study.yaml").write_text(STUDY)
    for dtype in DTYPES:
        pixels = planes(t=2, c=3, z=2, y=301, x=533, dtype=dtype)
        write_ome_tiff(study / "images" / f"{dtype}.ome.tiff", pixels, pixel_size_um=(0.5, 0.1, 0.1))
    outcome = build(root, BuildOptions(today=date(2026, 1, 1)), SilentReporter())
    assert outcome.problems == ()
    return outcome.paths.output


@pytest.fixture(scope="session")
def images(example_site: Path, site_of_all_types: Path) -> tuple[Published, ...]:
    """Every published image, beside what it should be."""
    found = (
        *published(example_site, example_site.parent / "site"),
        *published(site_of_all_types, site_of_all_types.parent),
    )
    stores = {*stores_below(example_site), *stores_below(site_of_all_types)}
    assert {image.store for image in found} == stores
    return found


def published(output: Path, root: Path) -> Iterator[Published]:
    """The images of the site in ``output``, built from ``root``; every source holds one."""
    paths: SitePaths = site_paths(root, content="content", output=str(output))
    for folder in study_folders(paths):
        study = load_study(folder, paths)
        tree = resolve(study)
        plates = (plate.images for screen in tree.screens for plate in screen.plates)
        for dataset in (*tree.all_datasets(), *plates):
            for ref in dataset.files:
                store = output / urls.store(study.slug, fileset_id(study.slug, ref.path), "0")
                yield Published(output, store, ref.location)
