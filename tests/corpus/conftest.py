"""One site of all real data that this release reads, built once for the tests of this folder."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

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
    """A source file and its published fileset; ``folder`` is the corpus's."""

    study: str
    path: str
    source: Path
    store: Path

    @property
    def series(self) -> list[int]:
        """Numbers of the published images."""
        return sorted(int(path.name) for path in self.store.iterdir() if path.name.isdigit())

    @property
    def shown(self) -> str:
        """Name in test reports and lists of exceptions."""
        return f"{self.study}/{self.path}"


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
                store = paths.output / urls.fileset(study.slug, fileset_id(study.slug, ref.path))
                yield PublishedSource(study.slug, ref.path, ref.location, store)
