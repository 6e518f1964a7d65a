"""`publisher check` as it is typed: what it says, and its exit code."""

import shutil
from pathlib import Path

import pytest

from publisher.preview.server import serving
from publisher.testing.images import planes, write_ome_zarr
from tests.commands.conftest import Publisher
from tests.pipeline.sites import build_site


@pytest.fixture
def built(site: Path) -> Path:
    assert build_site(site).problems == ()
    return site / "_site"


def test_a_built_site_has_no_faults(publisher: Publisher, built: Path) -> None:
    said = publisher("check", built)
    assert said.code == 0
    assert said.out.splitlines()[0].startswith("Checked 3 filesets of ")
    assert said.out.splitlines()[0].endswith("; links and pages.")
    assert said.out.splitlines()[1] == "No faults found."


def test_without_a_folder_the_output_of_the_site_here_is_checked(
    publisher: Publisher, built: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(built.parent)
    page = next(built.glob("studies/mitosis/images/*/index.html"))
    page.write_text(page.read_text().replace('href="', 'href="https://lab.example.org/nowhere/" data-was="', 1))
    said = publisher("check")
    assert said.code == 1
    assert said.codes == {"link.broken"}


def test_verify_finds_a_changed_byte_that_a_look_does_not(publisher: Publisher, built: Path) -> None:
    crate = next(built.rglob("ro-crate-metadata.json"))
    crate.write_text(crate.read_text().replace("Mitosis", "Mitosys"))
    assert publisher("check", built).code == 0
    said = publisher("check", "--verify", "--json", built)
    assert said.code == 1
    (problem,) = said.json["problems"]
    assert problem["path"] == str(crate)
    assert problem["code"] == "store.invalid"
    assert said.json["checked"]["filesets"] == 3


def test_warnings_count_only_when_they_are_to(publisher: Publisher, tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "c.zarr", planes(y=40, x=50), axes="yx") / "zarr.json"
    path.write_text(path.read_text().replace("micrometer", "um"))
    said = publisher("check", tmp_path)
    assert (said.code, said.out.splitlines()[1]) == (0, "0 problems, 2 warnings.")
    assert publisher("check", "--strict", tmp_path).code == 1


def test_a_folder_with_nothing_to_check_is_told_so(publisher: Publisher, tmp_path: Path) -> None:
    said = publisher("check", tmp_path)
    assert (said.code, said.codes) == (1, {"check.nothing-found"})
    assert publisher("check", tmp_path / "missing").code == 2


def test_a_caption_changes_the_checksums_and_no_chunk(site: Path, built: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in built.rglob("c/**/*") if path.is_file()}
    manifests = {path: path.read_bytes() for path in built.rglob("manifest-sha256.txt")}
    rows = site / "content/studies/mitosis/images.csv"
    rows.write_text(rows.read_text().replace("Cell A", "Cell One"))
    outcome = build_site(site)
    assert sum(name.startswith("manifest ") for name in outcome.report.ran) == 1
    assert not any(name.startswith("pixels ") for name in outcome.report.ran)
    assert before == {path: path.stat().st_mtime_ns for path in built.rglob("c/**/*") if path.is_file()}
    changed = [path for path, data in manifests.items() if path.read_bytes() != data]
    assert len(changed) == 1


def test_an_image_that_is_gone_leaves_no_line_in_the_checksums(publisher: Publisher, site: Path, built: Path) -> None:
    (site / "content/studies/mitosis/images/c.ome.tiff").unlink()
    study = site / "content/studies/mitosis/study.yaml"
    study.write_text(study.read_text().replace("[images/b.ome.tiff, images/c.ome.tiff]", "images/b.ome.tiff"))
    rows = site / "content/studies/mitosis/images.csv"
    rows.write_text("".join(line for line in rows.read_text().splitlines(keepends=True) if "c.ome" not in line))
    assert build_site(site).problems == ()
    assert len(list(built.rglob("manifest-sha256.txt"))) == 2
    assert publisher("check", "--verify", built).code == 0


def test_a_copy_elsewhere_is_checked_without_the_site(publisher: Publisher, built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / "data", tmp_path / "copy")
    said = publisher("check", "--verify", tmp_path / "copy")
    assert (said.code, "every byte" in said.out, "pages" in said.out) == (0, True, False)


def test_on_the_web_it_says_what_was_looked_at_and_counts_no_files_that_it_cannot_see(
    publisher: Publisher, built: Path
) -> None:
    fileset = next(built.glob("data/*/*.ome.zarr"))
    with serving(fileset.parent) as url:
        looked = publisher("check", f"{url}{fileset.name}").out.splitlines()[0]
        verified = publisher("check", "--verify", f"{url}{fileset.name}").out.splitlines()[0]
        (fileset / "manifest-sha256.txt").unlink()
        without = publisher("check", "--verify", f"{url}{fileset.name}").out.splitlines()[0]
    assert looked == without == "Checked 1 fileset: metadata, and the first chunk of each array."
    assert verified.endswith(", every byte.")
