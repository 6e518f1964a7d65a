"""``publisher convert``: one file to one OME-Zarr, as a build would make it."""

import fcntl
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
import tifffile
import zarr
from zarr.storage import ZipStore

from publisher.config.model import ZarrSection
from publisher.ngff.validate import validate_fileset
from publisher.pipeline.single_fileset import FilesetRequest
from publisher.testing.images import planes, write_ome_tiff
from tests.commands.conftest import Publisher
from tests.pipeline.sites import build_site, make_site, tree

PIXELS = planes(t=2, c=2, z=2, y=90, x=600, dtype="uint16")


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_ome_tiff(tmp_path / "cell [1].ome.tiff", PIXELS, channel_names=["DNA", "Tubulin"])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def level_0(store: Path) -> np.ndarray:
    return np.asarray(zarr.open_array(store / "0/0", mode="r")[...])


def test_a_file_becomes_a_fileset_that_passes_the_gate(publisher: Publisher, source: Path, tmp_path: Path) -> None:
    said = publisher("convert", source, tmp_path / "out/cell.ome.zarr")
    assert said.code == 0, said.err
    assert f"{tmp_path}/out/cell.ome.zarr: 1 image, " in said.out
    assert np.array_equal(level_0(tmp_path / "out/cell.ome.zarr"), PIXELS)
    assert validate_fileset(tmp_path / "out/cell.ome.zarr") == ()
    assert names(tmp_path / "out") == ["cell.ome.zarr"], "nothing else is left"


def test_its_arrays_are_those_of_a_site(publisher: Publisher, tmp_path: Path) -> None:
    study = make_site(tmp_path / "site")
    build_site(tmp_path / "site")
    publisher("convert", study / "images/b.ome.tiff", tmp_path / "b.ome.zarr")
    built = min((tmp_path / "site/_site/data/mitosis").glob("b-*.ome.zarr"))
    for level in ("0/0", "0/1"):
        assert tree(tmp_path / "b.ome.zarr" / level) == tree(built / level)


def test_a_name_that_ends_in_ozx_gives_one_file(publisher: Publisher, source: Path, tmp_path: Path) -> None:
    assert publisher("convert", source, tmp_path / "cell.ozx").code == 0
    with ZipStore(tmp_path / "cell.ozx", mode="r") as store:
        assert np.array_equal(zarr.open_group(store, mode="r")["0"][...], PIXELS)
    assert "OME/METADATA.ome.xml" in zipfile.ZipFile(tmp_path / "cell.ozx").namelist()
    checked = publisher("check", tmp_path / "cell.ozx", "--verify")
    assert checked.code == 0, checked.err
    assert "Checked 1 fileset of 1 file" in checked.out


def test_one_file_is_read_again_with_all_it_says(publisher: Publisher, tmp_path: Path) -> None:
    sized = write_ome_tiff(tmp_path / "sized.ome.tiff", PIXELS, channel_names=["DNA", "Tubulin"])
    document = tifffile.tiffcomment(sized).replace('Name="DNA"', 'Name="DNA" EmissionWavelength="461"')
    tifffile.tiffcomment(sized, document.encode())
    publisher("convert", sized, tmp_path / "once.ozx")
    assert publisher("convert", tmp_path / "once.ozx", tmp_path / "again.ome.zarr").code == 0
    xml = (tmp_path / "again.ome.zarr/OME/METADATA.ome.xml").read_text()
    assert 'EmissionWavelength="461' in xml
    assert np.array_equal(level_0(tmp_path / "again.ome.zarr"), PIXELS)


def test_a_url_gets_the_same_bytes(publisher: Publisher, source: Path, tmp_path: Path) -> None:
    pytest.importorskip("obstore", reason="sending to stores needs: pip install 'ome-publisher[remote]'")
    publisher("convert", source, tmp_path / "cell.ome.zarr")
    said = publisher("convert", source, f"file://{tmp_path}/bucket/lab/cell.ome.zarr")
    assert said.code == 0, said.err
    assert tree(tmp_path / "bucket/lab/cell.ome.zarr") == tree(tmp_path / "cell.ome.zarr")
    assert publisher("convert", source, f"file://{tmp_path}/bucket/lab/cell.ome.zarr").codes == {"convert.exists"}
    again = publisher(
        "convert", source, f"file://{tmp_path}/bucket/lab/cell.ome.zarr", "--overwrite", "--version", "0.4"
    )
    assert again.code == 0, again.err
    assert (tmp_path / "bucket/lab/cell.ome.zarr/.zgroup").is_file()
    assert not list((tmp_path / "bucket/lab/cell.ome.zarr").rglob("zarr.json")), "the older fileset is gone"


def test_other_versions_are_written_on_request(publisher: Publisher, source: Path, tmp_path: Path) -> None:
    assert publisher("convert", source, tmp_path / "cell.ome.zarr", "--version", "0.4").code == 0
    assert zarr.open_group(tmp_path / "cell.ome.zarr/0", mode="r").metadata.zarr_format == 2
    assert np.array_equal(level_0(tmp_path / "cell.ome.zarr"), PIXELS)


def test_what_stands_there_is_replaced_only_when_asked(publisher: Publisher, source: Path, tmp_path: Path) -> None:
    (tmp_path / "cell.ome.zarr").mkdir()
    (tmp_path / "cell.ome.zarr/mine").write_text("keep me")
    assert publisher("convert", source, tmp_path / "cell.ome.zarr").codes == {"convert.exists"}
    assert (tmp_path / "cell.ome.zarr/mine").read_text() == "keep me"
    assert publisher("convert", source, tmp_path / "cell.ome.zarr", "--overwrite").code == 0
    assert not (tmp_path / "cell.ome.zarr/mine").exists()


def test_a_file_that_cannot_be_read_leaves_what_stood_there(publisher: Publisher, tmp_path: Path) -> None:
    (tmp_path / "broken.ome.tiff").write_bytes(b"II*\0 no tiff")
    (tmp_path / "cell.ome.zarr").mkdir()
    (tmp_path / "cell.ome.zarr/mine").write_text("keep me")
    said = publisher("convert", tmp_path / "broken.ome.tiff", tmp_path / "cell.ome.zarr", "--overwrite")
    assert said.code == 1
    assert said.codes
    assert (tmp_path / "cell.ome.zarr/mine").read_text() == "keep me"
    assert names(tmp_path) == ["broken.ome.tiff", "cell.ome.zarr"]


def test_one_file_holds_one_image(publisher: Publisher, tmp_path: Path) -> None:
    source = write_ome_tiff(tmp_path / "two.ome.tiff", PIXELS, PIXELS[:1, :1])
    assert publisher("convert", source, tmp_path / "two.ozx").codes == {"convert.several-images"}
    assert publisher("convert", source, tmp_path / "second.ozx", "--series", "1").code == 0
    with ZipStore(tmp_path / "second.ozx", mode="r") as store:
        assert np.array_equal(zarr.open_group(store, mode="r")["0"][...], PIXELS[:1, :1])
    assert publisher("convert", source, tmp_path / "third.ozx", "--series", "2").codes == {"convert.no-such-series"}
    assert publisher("convert", source, tmp_path / "both.ome.zarr").code == 0
    assert np.array_equal(np.asarray(zarr.open_array(tmp_path / "both.ome.zarr/1/0", mode="r")[...]), PIXELS[:1, :1])


@pytest.mark.parametrize(("output", "options"), [("cell", ()), ("cell.tiff", ()), ("cell.ozx", ("--version", "0.4"))])
def test_a_name_that_is_no_ome_zarr_is_refused(
    publisher: Publisher, source: Path, tmp_path: Path, output: str, options: tuple[str, ...]
) -> None:
    assert publisher("convert", source, tmp_path / output, *options).codes == {"convert.bad-output"}
    assert not (tmp_path / output).exists()


@pytest.mark.parametrize("options", [("--version", "0.6"), ("--version", "0.4", "--sharding", "on")])
def test_options_that_do_not_go_together_are_refused_in_words(
    publisher: Publisher, source: Path, tmp_path: Path, options: tuple[str, ...]
) -> None:
    assert publisher("convert", source, tmp_path / "cell.ome.zarr", *options).codes == {"convert.bad-option"}
    assert not (tmp_path / "cell.ome.zarr").exists()


def test_an_experiment_that_is_meant_is_made(publisher: Publisher, source: Path, tmp_path: Path) -> None:
    assert publisher("convert", source, tmp_path / "a.ome.zarr", "--version", "0.6", "--experimental").code == 0
    document = json.loads((tmp_path / "a.ome.zarr/0/zarr.json").read_bytes())
    assert document["attributes"]["ome"]["version"] == "0.6"
    assert publisher("check", tmp_path / "a.ome.zarr").code == 0


def test_two_runs_to_one_output_do_not_disturb_each_other(publisher: Publisher, source: Path, tmp_path: Path) -> None:
    lock = tmp_path / ".cell.ome.zarr.publisher/.publisher/lock"
    lock.parent.mkdir(parents=True)
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        assert publisher("convert", source, tmp_path / "cell.ome.zarr").codes == {"build.locked"}
        assert lock.exists(), "the other run's work is still there"
    assert publisher("convert", source, tmp_path / "cell.ome.zarr").code == 0


def test_json_tells_what_was_made(publisher: Publisher, source: Path, tmp_path: Path) -> None:
    said = publisher("convert", source, tmp_path / "cell.ome.zarr", "--json", "--quiet")
    files = tree(tmp_path / "cell.ome.zarr")
    assert said.json["images"] == 1
    assert said.json["files"] == len(files)
    assert said.json["bytes"] == sum((tmp_path / "cell.ome.zarr" / path).stat().st_size for path in files)


@pytest.mark.parametrize("output", ["s3://bucket/a.ome.zarr", "memory://a.ozx", "/data/a.ome.zarr", "a.ozx"])
def test_a_request_knows_files_and_urls(output: str) -> None:

    request = FilesetRequest(source=Path("a.tif"), output=output, zarr=ZarrSection())
    assert request.is_remote == ("://" in output)
    assert request.is_file == output.endswith(".ozx")
