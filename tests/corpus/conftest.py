"""One site of all real data that this release reads, built once for the tests of this folder."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from publisher import urls
from publisher.catalogue.folders import study_folders
from publisher.catalogue.load import load_study
from publisher.catalogue.resolve import resolve
from publisher.cli import run
from publisher.model.identity import fileset_id
from publisher.paths import SitePaths
from publisher.pipeline import BuildOptions, Outcome, build
from publisher.reporting import SilentReporter

HERE = Path(__file__).parent


@dataclass(frozen=True)
class PublishedSource:
    """A source file and its published filesets: a plate each, one for other images; none if unreadable."""

    study: str
    path: str
    source: Path
    filesets: tuple[Path, ...]

    @cached_property
    def stores(self) -> dict[int, Path]:
        """Folder of each published image by its series in the source."""
        found = {}
        for fileset in self.filesets:
            for number, path in enumerate(ome(fileset / "OME")["series"]):
                on_plate = "plate" in ome(fileset)
                found[_series_of(fileset, number) if on_plate else int(path)] = fileset / path
        return dict(sorted(found.items()))

    @property
    def shown(self) -> str:
        """Name in test reports and lists of exceptions."""
        return f"{self.study}/{self.path}"


def ome(folder: Path) -> Any:
    """What a group says of itself."""
    return json.loads((folder / "zarr.json").read_bytes())["attributes"]["ome"]


def _series_of(fileset: Path, number: int) -> int:
    """Series of image ``number`` of a plate, from the ID that its source gave it: all in the collection count."""
    root = ElementTree.parse(fileset / "OME" / "METADATA.ome.xml").getroot()
    annotation = next(
        each for each in root.iter() if each.get("ID") == f"Annotation:publisher-source-{number}" and len(each)
    )
    return next(int((pair.text or "").split(":")[1]) for pair in annotation.iter() if pair.get("K") == "Image/@ID")


@dataclass(frozen=True)
class CorpusSite:
    """The built site and its sources."""

    outcome: Outcome
    sources: tuple[PublishedSource, ...]
    corpus: Path


@pytest.fixture(scope="session")
def corpus_site(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> CorpusSite:
    """S-BIAD843 by hand, the OME-TIFFs of idr0021 and every OME-TIFF of the collection by `publisher add`."""
    root = tmp_path_factory.mktemp("corpus")
    (root / "site_config.yaml").write_text("title: Corpus\nbase_url: https://corpus.example.org/\n")
    study = root / "content" / "studies" / "S-BIAD843"
    study.mkdir(parents=True)
    text = (HERE / "S-BIAD843" / "study.yaml").read_text(encoding="utf-8")
    (study / "study.yaml").write_text(text.replace("{corpus}", str(corpus)), encoding="utf-8")
    # One file of the second lacks its set: `add` names it, leaves it out, and says so by its exit code.
    for slug, folder, code in (("idr0021", "studies/idr0021-standin/pixels", 0), ("ome-tiff", "ome-tiff", 1)):
        assert run(["add", str(corpus / folder), "--study", slug, "--title", slug, "--site", str(root)]) == code
    outcome = build(root, BuildOptions(today=date(2026, 1, 1)), SilentReporter())
    return CorpusSite(outcome, tuple(_sources(outcome.paths)), corpus)


def _sources(paths: SitePaths) -> Iterator[PublishedSource]:
    for folder in study_folders(paths):
        study = load_study(folder, paths)
        for dataset in resolve(study).all_datasets():
            for ref in dataset.files:
                whole = paths.output / urls.fileset(study.slug, fileset_id(study.slug, ref.path))
                name = whole.name.removesuffix(".ome.zarr")
                plates = sorted(whole.parent.glob(f"{name}-plate-*.ome.zarr"))
                filesets = tuple(folder for folder in (whole, *plates) if folder.exists())
                yield PublishedSource(study.slug, ref.path, ref.location, filesets)
