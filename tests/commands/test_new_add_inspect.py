"""``new``, ``add`` and ``inspect``: from nothing to a study that builds."""

import os
from pathlib import Path

import numpy as np
import pytest
import tifffile

from publisher.testing.images import planes, write_ome_tiff
from tests.commands.conftest import Publisher


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder as microscopes leave it: odd names, a sub-folder, a broken file, notes."""
    folder = tmp_path / "data [1] 🔬"
    (folder / "late").mkdir(parents=True)
    for name in ("field 01", "late/field #2 & co"):
        pixels = planes(c=2, z=2, y=40, x=50, dtype="uint16")
        write_ome_tiff(folder / f"{name}.ome.tiff", pixels, channel_names=["DNA", "Tubulin"])
    tifffile.imwrite(folder / "plain.tif", np.zeros((5, 32, 32), "uint16"))
    (folder / "broken.tif").write_bytes(b"II*\0 nope")
    (folder / "notes.txt").write_text("hello")
    return folder


@pytest.fixture
def new_site(publisher: Publisher, tmp_path: Path) -> Path:
    assert publisher("new", tmp_path / "my-lab").code == 0
    return tmp_path / "my-lab"


def test_a_new_site_builds_as_it_is(publisher: Publisher, new_site: Path) -> None:
    said = publisher("build", "--site", new_site)
    assert (said.code, said.codes) == (0, {"config.no-base-url"})
    assert "<title>My lab" in (new_site / "_site/index.html").read_text()


def test_a_new_site_is_not_made_over_something(publisher: Publisher, new_site: Path) -> None:
    said = publisher("new", new_site)
    assert (said.code, said.codes) == (1, {"new.not-empty"})


def test_add_writes_a_study_that_builds_and_leaves_files_where_they_are(
    publisher: Publisher, new_site: Path, data: Path
) -> None:
    said = publisher("add", data, "--study", "spindle", "--site", new_site)
    assert said.code == 1, "one file could not be read"
    assert said.codes == {"source.truncated", "source.axes-guessed"}
    assert said.out.startswith("3 images in 3 files: see content/studies/spindle/study.yaml.")
    study = new_site / "content/studies/spindle"
    assert sorted(p.name for p in study.iterdir()) == ["images.csv", "study.yaml"]
    assert os.path.relpath(data, study) in (study / "study.yaml").read_text()
    built = publisher("build", "--site", new_site, "--study", "spindle")
    assert built.code == 0
    assert built.out.startswith("Converted 3 images")


def test_addresses_that_add_wrote_stay_when_files_are_copied_later(
    publisher: Publisher, new_site: Path, data: Path
) -> None:
    publisher("add", data, "--study", "spindle", "--copy", "--site", new_site)
    study = new_site / "content/studies/spindle"
    copied = {p.relative_to(study).as_posix() for p in study.rglob("*") if p.is_file()}
    assert copied == {
        "study.yaml",
        "images.csv",
        "images/field 01.ome.tiff",
        "images/late/field #2 & co.ome.tiff",
        "images/plain.tif",
    }
    ids = [line.split(",")[2] for line in (study / "images.csv").read_text().splitlines()[1:]]
    publisher("build", "--site", new_site)
    assert all((new_site / f"_site/studies/spindle/images/{i}/index.html").is_file() for i in ids)


@pytest.mark.parametrize("copy", [(), ("--copy",)])
def test_add_writes_nothing_where_nothing_can_be_read(
    publisher: Publisher, new_site: Path, data: Path, copy: tuple[str, ...]
) -> None:
    said = publisher("add", data / "broken.tif", "--study", "broken", "--site", new_site, *copy)
    assert (said.code, said.codes) == (1, {"source.truncated", "add.nothing"})
    assert not (new_site / "content/studies/broken").exists()


def test_add_refuses_names_that_are_no_addresses_and_studies_that_are_there(
    publisher: Publisher, new_site: Path, data: Path
) -> None:
    assert publisher("add", data, "--study", "my study", "--site", new_site).codes == {"study.bad-folder-name"}
    assert publisher("add", data, "--study", "colon-fhl2", "--site", new_site).codes == {"add.exists"}


def test_inspect_shows_images_and_names_faults_by_the_path_that_was_typed(
    publisher: Publisher, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(data)
    said = publisher("inspect", "field 01.ome.tiff", "plain.tif", "broken.tif")
    assert said.code == 1
    assert "T1 C2 Z2 Y40 X50 uint16" in said.out
    assert "channels: DNA, Tubulin" in said.out
    assert "warning: plain.tif: holds 5 pages" in said.err
    assert "error: broken.tif: " in said.err


def test_inspect_tells_programs_the_same(publisher: Publisher, data: Path) -> None:
    [seen] = publisher("inspect", "--json", data / "field 01.ome.tiff").json
    assert seen["reader"] == "tiff"
    assert [channel["name"] for channel in seen["images"][0]["channels"]] == ["DNA", "Tubulin"]


def test_inspect_takes_the_axes_of_a_plain_tiff(publisher: Publisher, data: Path) -> None:
    said = publisher("inspect", "--axes", "TYX", data / "plain.tif")
    assert (said.code, said.codes) == (0, set())
    assert "T5 C1 Z1 Y32 X32" in said.out
