"""One site of all real data that this release reads, built once for the tests of this folder."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from publisher import urls
from publisher.catalogue.folders import study_folders
from publisher.catalogue.load import load_study
from publisher.catalogue.resolve import resolve
from publisher.cli import run
from publisher.model.identity import fileset_id, image_id
from publisher.paths import SitePaths
from publisher.pipeline import BuildOptions, Outcome, build
from publisher.reporting import SilentReporter

ADDED = (
    ("idr0021", "studies/idr0021-standin/pixels", 0),
    # One file lacks its set, others are XML without pixels: `add` names them, leaves them out, and returns 1.
    ("ome-tiff", "ome-tiff", 1),
    ("ome-xml", "ome-xml", 1),
    ("slides", "other-formats/svs", 1),
)
HERE = Path(__file__).parent


@dataclass(frozen=True)
class PublishedSource:
    """A source file and the folders of its published images, by series; ``folder`` is the corpus's.

    A file with plates is published as a fileset for each.
    """

    study: str
    path: str
    source: Path
    stores: dict[int, Path]

    @property
    def filesets(self) -> list[Path]:
        """Its published filesets."""
        folders = (part for folder in self.stores.values() for part in folder.parents)
        return sorted({part for part in folders if part.name.endswith(".ome.zarr")})

    @property
    def shown(self) -> str:
        """Name in test reports and lists of exceptions."""
        return f"{self.study}/{self.path}"


def ome(folder: Path) -> Any:
    """What a group says of itself."""
    return json.loads((folder / "zarr.json").read_bytes())["attributes"]["ome"]


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
    for slug, folder, code in ADDED:
        assert run(["add", str(corpus / folder), "--study", slug, "--title", slug, "--site", str(root)]) == code
    outcome = build(root, BuildOptions(today=date(2026, 1, 1)), SilentReporter())
    return CorpusSite(outcome, tuple(_sources(outcome.paths)), corpus)


def _sources(paths: SitePaths) -> Iterator[PublishedSource]:
    for folder in study_folders(paths):
        study = load_study(folder, paths)
        for dataset in resolve(study).all_datasets():
            for ref in dataset.files:
                yield PublishedSource(study.slug, ref.path, ref.location, _stores(paths.output, study.slug, ref.path))


def _stores(output: Path, study: str, path: str) -> dict[int, Path]:
    """Folders of the published images of a file, as their pages name them; 0 where pages have names of their own."""
    found = {}
    for series in count():
        page = output / urls.image(study, image_id(study, path, series)).with_suffix(".json")
        if not page.is_file():
            break
        address = json.loads(page.read_text())["viewer"]["store"]["href"]
        found[series] = (page.parent / address).resolve()
    alone = output / urls.fileset(study, fileset_id(study, path)) / "0"
    return found or ({0: alone} if alone.exists() else {})
