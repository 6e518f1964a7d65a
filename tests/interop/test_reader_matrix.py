"""Every kind of output in every version, opened by readers that live in Pythons of their own.

``PUBLISHER_READERS`` names a folder with one virtual environment a reader; .ci/full makes it. What each reader
returns must equal what zarr-python here returns, which other tests compare with the sources.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import zarr

from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter
from tests.interop.other_pythons import READERS, answer, environments_folder, reader_python
from tests.interop.published import digest
from tests.interop.sources_of_all_kinds import write_study_of_all_kinds

VERSIONS = ("0.5", "0.4", "0.4+0.5", "0.6")


@dataclass(frozen=True)
class Reader:
    """A program: its environment below ``PUBLISHER_READERS``, its script, the versions it reads."""

    environment: str
    script: str
    versions: tuple[str, ...] = VERSIONS
    reads_labels: bool = False
    layers: bool = False


ALL = (
    Reader("zarr-2", "by_zarr_python.py", ("0.4", "0.4+0.5"), reads_labels=True),
    Reader("zarr-3", "by_zarr_python.py", reads_labels=True),
    Reader("ome-zarr", "by_ome_zarr.py"),
    Reader("bioio", "by_bioio.py"),
    Reader("napari", "by_napari.py", layers=True),
)


@dataclass(frozen=True)
class Store:
    """An image or label image of a built site, and its first and last level as zarr-python reads them."""

    folder: Path
    axes: list[str]
    levels: list[dict[str, Any]]

    @property
    def is_label(self) -> bool:
        return self.folder.parent.name == "labels"


@pytest.fixture(scope="session", params=VERSIONS)
def version(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(scope="session")
def environments() -> Path:
    """Folder of the readers' environments; asked for first, so that no site is built for tests that are skipped."""
    return environments_folder()


@pytest.fixture(scope="session")
def stores(environments: Path, version: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, ...]:
    """Every image and label image of a site that holds every kind of fileset."""
    root = tmp_path_factory.mktemp("matrix")
    (root / "site_config.yaml").write_text(f'title: Matrix\nzarr:\n  version: "{version}"\n  experimental: true\n')
    write_study_of_all_kinds(root / "content" / "studies" / "kinds")
    outcome = build(root, BuildOptions(today=date(2026, 1, 1)), SilentReporter())
    assert outcome.problems == ()
    return tuple(_stores(outcome.paths.output / "data"))


def _stores(data: Path) -> Iterator[Store]:
    for document in sorted({*data.rglob(".zattrs"), *data.rglob("zarr.json")}):
        group = json.loads(document.read_bytes())
        attributes = group.get("attributes", {}).get("ome", {}) if document.name == "zarr.json" else group
        # A group of both versions is one store.
        if "multiscales" not in attributes or (document.name == ".zattrs" and (document.parent / "zarr.json").exists()):
            continue
        (multiscale,) = attributes["multiscales"]
        paths = [level["path"] for level in multiscale["datasets"]]
        generation = 2 if document.name == ".zattrs" else 3
        arrays = [
            np.asarray(zarr.open_array(document.parent / path, mode="r", zarr_format=generation)[...])
            for path in (paths[0], paths[-1])
        ]
        yield Store(
            document.parent,
            [axis["name"] for axis in _axes(multiscale)],
            [{"shape": list(a.shape), "dtype": a.dtype.name, "sha256": digest(a)} for a in arrays],
        )


def _axes(multiscale: dict[str, Any]) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (multiscale if "axes" in multiscale else multiscale["coordinateSystems"][0])["axes"]
    return found


@pytest.mark.parametrize("reader", ALL, ids=lambda reader: reader.environment)
def test_every_store_is_read_as_it_is(reader: Reader, version: str, stores: tuple[Store, ...]) -> None:
    python = reader_python(reader.environment)
    if version not in reader.versions:
        pytest.skip(f"{reader.environment} reads no {version}")
    wanted = [store for store in stores if reader.reads_labels or not store.is_label]
    assert len(wanted) >= 10
    answers = answer([python, str(READERS / reader.script)], [str(store.folder) for store in wanted], timeout_s=900)
    for store, read in zip(wanted, answers, strict=True):
        if reader.layers:
            images = [layer for layer in read if layer["kind"] == "image"]
            channels = store.levels[0]["shape"][store.axes.index("c")] if "c" in store.axes else 1
            assert len(images) == channels, store.folder
        else:
            assert read["axes"] == store.axes, store.folder
            assert read["levels"] == store.levels, store.folder
