"""A site offers each image as one file; it is packed again when, and only when, something in it changed."""

import hashlib
import json
import shutil
import zipfile
from pathlib import Path

import numpy as np
import pytest
import zarr
from zarr.storage import ZipStore

from publisher.config.load import load_config
from publisher.errors import ConfigError
from publisher.sources.ome_zarr import OmeZarrReader
from publisher.sources.protocol import Roots
from tests.pipeline.sites import CONFIG, ROWS, STUDY, build_site, make_site, plan_site, tree

WITH_OZX = CONFIG + "downloads: {ozx: image}\n"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site with single files, built once."""
    root = tmp_path_factory.mktemp("built") / "site"
    make_site(root)
    (root / "site_config.yaml").write_text(WITH_OZX)
    assert build_site(root).problems == ()
    return root


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    """A copy of it: moved, a site is current."""
    return Path(shutil.copytree(built, tmp_path / "site"))


def packed(root: Path) -> list[Path]:
    return sorted((root / "_site/data/mitosis").glob("*.ozx"))


def ran(root: Path) -> list[str]:
    """Names of the images that a build packs."""
    outcome = build_site(root)
    assert outcome.problems == ()
    return [name for name in outcome.report.ran if name.startswith("ozx ")]


def test_no_single_file_unless_asked_for(tmp_path: Path) -> None:
    make_site(tmp_path / "site")
    build_site(tmp_path / "site")
    assert packed(tmp_path / "site") == []


def test_the_file_holds_the_published_bytes_with_metadata_and_licence(site: Path) -> None:
    store = min((site / "_site/data/mitosis").glob("a-*.ome.zarr")) / "0"
    with zipfile.ZipFile(packed(site)[0]) as file:
        inside = {name: file.read(name) for name in file.namelist()}
        for path, digest in tree(store).items():
            assert hashlib.sha256(inside[path]).hexdigest() == digest
        crate = json.loads(inside["ro-crate-metadata.json"])
        root = crate["@graph"][1]
        assert root["license"] == "https://creativecommons.org/publicdomain/zero/1.0/"
        assert root["name"] == "Cell A"
        page = site / "_site/studies/mitosis/images" / packed(site)[0].stem
        assert inside["OME/METADATA.ome.xml"] == (page / "ome.xml").read_bytes()


def test_readers_open_the_file_without_a_warning_of_its_groups(site: Path) -> None:
    reference = zarr.open_array(min((site / "_site/data/mitosis").glob("a-*.ome.zarr")) / "0/0", mode="r")[...]
    with ZipStore(packed(site)[0], mode="r") as store:
        group = zarr.open_group(store, mode="r")
        assert np.array_equal(group["0"][...], reference)
    with OmeZarrReader().open(packed(site)[0], Roots((site,))) as source:
        (image,) = source.images()
        assert [channel.name for channel in image.channels] == ["DNA", "Tubulin"]
        block = source.read(0, 0, t=0, z=1, c=slice(0, 2), y=slice(0, 200), x=slice(0, 300))
        assert np.array_equal(block, reference[0, :, 1])


def test_the_page_offers_it_with_size_and_checksum(site: Path) -> None:
    file = packed(site)[0]
    page = json.loads((site / "_site/studies/mitosis/images" / file.stem / "index.json").read_bytes())
    (panel,) = [panel for panel in page["side"] if panel["kind"] == "download"]
    (link,) = [link for link in panel["files"] if link["href"].endswith(".ozx")]
    assert link["href"] == f"../../../../data/mitosis/{file.name}"
    assert link["size"] == f"{file.stat().st_size / 1000:.0f} kB"
    assert link["sha256"] == hashlib.sha256(file.read_bytes()).hexdigest()


def test_with_pixels_elsewhere_the_link_leads_there(site: Path) -> None:
    (site / "site_config.yaml").write_text(WITH_OZX + "data_url: https://bucket.example.org/lab\n")
    build_site(site)
    page = (site / "_site/studies/mitosis/images" / packed(site)[0].stem / "index.html").read_text()
    assert f'href="https://bucket.example.org/lab/data/mitosis/{packed(site)[0].name}"' in page


def test_a_changed_name_packs_that_image_alone_and_decodes_nothing(site: Path) -> None:
    (site / "content/studies/mitosis/images.csv").write_text(ROWS.replace("Cell B", "Cell Beta"))
    outcome = build_site(site)
    assert [name.split("/")[1][:1] for name in outcome.report.ran if name.startswith("ozx ")] == ["b"]
    assert not any(name.startswith("pixels ") for name in outcome.report.ran)


def test_words_that_are_not_in_the_file_do_not_pack_it_again(site: Path) -> None:
    study = site / "content/studies/mitosis/study.yaml"
    study.write_text(STUDY + "keywords: [spindle]\nauthors: [{name: Ada Lovelace}]\n")
    assert ran(site) == []


def test_a_changed_licence_packs_every_image_again(site: Path) -> None:
    study = site / "content/studies/mitosis/study.yaml"
    study.write_text(STUDY.replace("CC0-1.0", "CC-BY-4.0"))
    assert len(ran(site)) == 3


def test_two_builds_give_the_same_bytes(site: Path, tmp_path: Path) -> None:
    make_site(tmp_path / "other")
    (tmp_path / "other/site_config.yaml").write_text(WITH_OZX)
    build_site(tmp_path / "other")
    assert ran(site) == []
    assert tree(tmp_path / "other/_site") == tree(site / "_site")


def test_switched_off_the_files_are_removed(site: Path) -> None:
    (site / "site_config.yaml").write_text(CONFIG)
    build_site(site)
    assert packed(site) == []
    assert ".ozx" not in next((site / "_site/studies/mitosis/images").rglob("index.html")).read_text()


def test_a_plan_counts_their_bytes(tmp_path: Path) -> None:
    make_site(tmp_path / "site")
    without = plan_site(tmp_path / "site").expected
    (tmp_path / "site/site_config.yaml").write_text(WITH_OZX)
    size, files = plan_site(tmp_path / "site").expected
    build_site(tmp_path / "site")
    assert files == without[1] + 3
    assert size - without[0] >= sum(file.stat().st_size for file in packed(tmp_path / "site"))


def test_a_damaged_shard_is_not_packed_under_a_new_checksum(site: Path) -> None:
    shard = next((site / "_site/data/mitosis").glob("b-*.ome.zarr/0/0/c/0/0/0/0/0"))
    data = bytearray(shard.read_bytes())
    data[100] ^= 1
    shard.write_bytes(data)
    (site / "content/studies/mitosis/images.csv").write_text(ROWS.replace("Cell B", "Cell Beta"))
    before = {file.name: file.read_bytes() for file in packed(site)}
    outcome = build_site(site)
    assert "store.changed" in {problem.code for problem in outcome.problems}
    assert {file.name: file.read_bytes() for file in packed(site)} == before


def test_both_releases_over_one_set_of_chunks_pack_the_newer(tmp_path: Path) -> None:
    make_site(tmp_path / "site")
    (tmp_path / "site/site_config.yaml").write_text(WITH_OZX + 'zarr: {version: "0.4+0.5"}\n')
    assert build_site(tmp_path / "site").problems == ()
    assert len(packed(tmp_path / "site")) == 3
    for file in packed(tmp_path / "site"):
        with ZipStore(file, mode="r") as store:
            group = zarr.open_group(store, mode="r")
            assert group.metadata.zarr_format == 3
            assert group.attrs["ome"]["version"] == "0.5"
            assert group["0"][...].any()
            assert not any(".z" in name for name in zipfile.ZipFile(file).namelist())


def test_zarr_2_alone_cannot_be_one_file(tmp_path: Path) -> None:
    make_site(tmp_path / "site")
    (tmp_path / "site/site_config.yaml").write_text(WITH_OZX + 'zarr: {version: "0.4"}\n')
    with pytest.raises(ConfigError, match=r"downloads.ozx: image needs Zarr v3"):
        load_config(tmp_path / "site")
