"""Folders of filesets, ours and others', sound and damaged, as `publisher check` judges them."""

import random
import shutil
from pathlib import Path

import pytest

from publisher.check.stores import Seen, check_address, check_stores, filesets_in, judged_store
from publisher.errors import Problem, Severity
from publisher.model.location import address_of
from publisher.preview.server import serving
from publisher.testing.images import planes, write_fileset, write_ome_zarr
from tests.pipeline.sites import CONFIG, build_site, make_site

VERSIONS = ("0.5", "0.4", "0.4+0.5")
FLIPS = 50
"""For each version; three times as many in all."""


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A built site in each version; outputs."""
    folder = tmp_path_factory.mktemp("versions")
    for version in VERSIONS:
        root = folder / version
        make_site(root)
        (root / "site_config.yaml").write_text(f'{CONFIG}zarr: {{version: "{version}"}}\n')
        assert build_site(root).problems == ()
    return {version: folder / version / "_site" for version in VERSIONS}


def check(folder: Path, *, verify: bool = False) -> list[Problem]:
    return list(check_stores(folder, Seen(), verify=verify))


def one_of(site: Path) -> Path:
    return min(site.glob("data/mitosis/*.ome.zarr"))


@pytest.fixture(params=VERSIONS)
def fileset(request: pytest.FixtureRequest, sites: dict[str, Path], tmp_path: Path) -> Path:
    """A copy of one published fileset."""
    copy = tmp_path / "a.ome.zarr"
    shutil.copytree(one_of(sites[request.param]), copy)
    return copy


@pytest.mark.parametrize("version", VERSIONS)
def test_what_a_build_publishes_has_no_fault(sites: dict[str, Path], version: str) -> None:
    seen = Seen()
    assert list(check_stores(sites[version], seen, verify=True)) == []
    files = [path for path in (sites[version] / "data").rglob("*") if path.is_file()]
    assert (seen.filesets, seen.files) == (3, len(files))
    assert seen.bytes == sum(path.stat().st_size for path in files)


def test_every_flipped_bit_is_found_and_told_by_its_file(fileset: Path) -> None:
    files = sorted(path for path in fileset.rglob("*") if path.is_file())
    sizes = [path.stat().st_size for path in files]
    chance = random.Random(fileset.parent.name)
    missed = []
    # Half of the flips anywhere in the bytes, half in any file: else hardly any would hit the manifest.
    chosen = [*chance.choices(files, weights=sizes, k=FLIPS // 2), *chance.choices(files, k=FLIPS // 2)]
    for path in chosen:
        whole = path.read_bytes()
        bit = chance.randrange(8 * len(whole))
        damaged = bytearray(whole)
        damaged[bit // 8] ^= 1 << bit % 8
        path.write_bytes(damaged)
        verdict = judged_store(fileset, verify=True)
        path.write_bytes(whole)
        # A digest that was flipped in the manifest blames the file that it is of.
        place = path.relative_to(fileset).as_posix()
        told = any(fault.path == place or "manifest-sha256.txt" in (place, fault.path) for fault in verdict.faults)
        if not told:
            missed.append((place, bit, verdict.faults))
    assert missed == []
    assert judged_store(fileset, verify=True).faults == ()


def test_missing_and_additional_files_are_found_without_reading_a_byte(fileset: Path) -> None:
    (fileset / "ro-crate-metadata.json").unlink()
    (fileset / "notes.txt").write_text("mine")
    gone, added = check(fileset)
    assert gone.path == str(fileset / "ro-crate-metadata.json")
    assert gone.message == "is missing; manifest-sha256.txt lists it"
    assert added.path == str(fileset / "notes.txt")
    assert "was added after" in added.message


def test_a_missing_chunk_is_found_by_the_manifest(fileset: Path) -> None:
    chunk = min(path for path in (fileset / "0/0").rglob("*") if path.is_file() and path.name.isdigit())
    chunk.unlink()
    (problem,) = check(fileset)
    assert problem.path == str(chunk)


def test_a_fileset_of_ours_without_a_manifest_is_one_all_the_same(fileset: Path) -> None:
    (fileset / "manifest-sha256.txt").unlink()
    (problem,) = check(fileset)
    assert (problem.path, problem.severity) == (str(fileset / "manifest-sha256.txt"), Severity.ERROR)


def test_other_peoples_filesets_owe_us_nothing_but_the_specification(tmp_path: Path) -> None:
    write_fileset(tmp_path / "b.zarr", [planes(c=2, y=40, x=50)], version="0.4")
    write_ome_zarr(tmp_path / "deep/c.zarr", planes(c=2, y=40, x=50), axes="cyx", levels=2)
    assert [path.name for path in filesets_in(tmp_path)] == ["b.zarr", "c.zarr"]
    assert check(tmp_path, verify=True) == []


def test_a_fault_that_only_some_readers_mind_is_a_warning_in_other_peoples_filesets(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "c.zarr", planes(y=40, x=50), axes="yx")
    document = path / "zarr.json"
    document.write_text(document.read_text().replace("micrometer", "um"))
    problems = check(tmp_path)
    assert {problem.severity for problem in problems} == {Severity.WARNING}
    assert "unit 'um'" in problems[0].message


def test_a_damaged_chunk_of_a_foreign_codec_is_found_by_decoding_all(tmp_path: Path) -> None:
    path = write_ome_zarr(tmp_path / "c.zarr", planes(t=2, y=64, x=64, dtype="uint16"), chunk=(1, 1, 1, 64, 64))
    chunk = path / "0/c/1/0/0/0/0"
    chunk.write_bytes(chunk.read_bytes()[:-9])
    assert check(tmp_path) == []
    (problem,) = check(tmp_path, verify=True)
    assert problem.path == str(chunk)
    assert "cannot be decoded" in problem.message


def test_a_zip_is_judged_as_the_fileset_in_it(sites: dict[str, Path], tmp_path: Path) -> None:
    shutil.make_archive(str(tmp_path / "a"), "zip", one_of(sites["0.5"]))
    (tmp_path / "a.zip").rename(tmp_path / "a.ozx")
    assert check(tmp_path) == []
    broken = tmp_path / "broken.ozx"
    broken.write_bytes((tmp_path / "a.ozx").read_bytes()[:5000])
    (problem,) = check(tmp_path)
    assert str(broken) in str(problem.path)


def test_a_hostile_store_ends_its_own_judgement_and_no_other(sites: dict[str, Path], tmp_path: Path) -> None:
    bomb = write_ome_zarr(tmp_path / "bomb.zarr", planes(y=40, x=50)) / "0/zarr.json"
    text = bomb.read_text()
    assert '"shape": [\n    1,' in text
    bomb.write_text(text.replace('"shape": [\n    1,', '"shape": [\n    2000000000,'))
    deep = tmp_path / "deep.zarr"
    deep.mkdir()
    (deep / "zarr.json").write_text("[" * 100_000)
    nested = write_ome_zarr(tmp_path / "nested.zarr", planes(y=40, x=50)) / "zarr.json"
    nested.write_text(nested.read_text().replace('"multiscales"', f'"x": {"[" * 900}{"]" * 900}, "multiscales"', 1))
    folder = write_ome_zarr(tmp_path / "folder.zarr", planes(y=40, x=50)) / "0/zarr.json"
    folder.unlink()
    folder.mkdir()
    shutil.copytree(one_of(sites["0.5"]), tmp_path / "sound.ome.zarr")
    seen = Seen()
    problems = list(check_stores(tmp_path, seen))
    assert seen.filesets == 5
    assert not any("bug" in problem.hint for problem in problems), problems
    told = {Path(str(problem.path)).relative_to(tmp_path).parts[0] for problem in problems}
    assert told == {"bomb.zarr", "deep.zarr", "nested.zarr", "folder.zarr"}


def test_a_fileset_on_the_web_is_judged_by_its_address(fileset: Path) -> None:
    def check_there(*, verify: bool) -> list[Problem]:
        with serving(fileset.parent) as url:
            address = address_of(f"{url}{fileset.name}")
            assert address is not None
            found = list(check_address(address, Seen(), verify=verify))
            return [Problem(code=one.code, message=one.message, path=str(one.path).removeprefix(url)) for one in found]

    assert check_there(verify=False) == check_there(verify=True) == []
    crate = fileset / "ro-crate-metadata.json"
    crate.write_text(crate.read_text().replace("Mitosis", "Mitosys"))
    (fileset / "OME/METADATA.ome.xml").unlink()
    (missing,) = check_there(verify=False)
    assert missing.path == f"{fileset.name}/OME/METADATA.ome.xml"
    _, changed = check_there(verify=True)
    assert changed.path == f"{fileset.name}/ro-crate-metadata.json"
    assert "other bytes" in changed.message
