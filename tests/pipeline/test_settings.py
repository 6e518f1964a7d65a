"""A real site under other settings: each shows itself where it should, and nowhere else."""

import os
import shutil
from pathlib import Path

import pytest

from tests.pipeline.sites import CONFIG, build_site, make_site, tree


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("settings") / "site"
    make_site(root)
    assert build_site(root).problems == ()
    return root


@pytest.fixture
def site(built: Path, tmp_path: Path) -> Path:
    """A copy of the built site, with times kept."""
    root = tmp_path / "site"
    shutil.copytree(built, root, copy_function=shutil.copy2)
    return root


def configured(root: Path, more: str) -> None:
    (root / "site_config.yaml").write_text(CONFIG + more)


def image_page(root: Path) -> str:
    [page] = (root / "_site/studies/mitosis/images").glob("a-*/index.html")
    return page.read_text()


def chunks(root: Path) -> dict[str, str]:
    return {path: digest for path, digest in tree(root / "_site/data").items() if "/c/" in path}


def test_another_address_stands_on_every_page_and_the_old_one_on_none(site: Path) -> None:
    config = site / "site_config.yaml"
    config.write_text(config.read_text().replace("https://lab.example.org/", "https://other.example.org/x"))
    outcome = build_site(site)
    assert outcome.problems == ()
    assert not any(name.startswith(("pixels ", "pictures ")) for name in outcome.report.ran)
    texts = {p: p.read_text() for p in (site / "_site").rglob("*") if p.suffix in (".html", ".xml", ".json", ".txt")}
    assert [p for p, text in texts.items() if "lab.example.org" in text] == []
    assert all("https://other.example.org/x/" in text for p, text in texts.items() if p.name == "index.html")


def test_another_theme_touches_no_chunk_and_coming_back_gives_the_old_bytes(site: Path) -> None:
    before = tree(site / "_site")
    configured(site, "theme: {name: idr}\n")
    assert not any(name.startswith(("pixels ", "describe ", "pictures ")) for name in build_site(site).report.ran)
    assert tree(site / "_site") != before
    configured(site, "")
    build_site(site)
    assert tree(site / "_site") == before


def test_overrides_of_a_theme_show_on_the_pages(site: Path) -> None:
    (site / "look/templates").mkdir(parents=True)
    (site / "look/templates/main.html").write_text(
        '{% extends "!parent/main.html" %}{% block footer %}<p>Hosted by the facility.</p>{% endblock %}'
    )
    configured(site, "theme: {name: default, overrides: look}\n")
    assert build_site(site).problems == ()
    assert "Hosted by the facility." in image_page(site)


def test_github_pages_gets_chunks_in_files_of_their_own_and_the_file_it_wants(site: Path) -> None:
    configured(site, 'hosting: {profile: github-pages, missing_keys: "404"}\n')
    assert build_site(site).problems == ()
    assert (site / "_site/.nojekyll").is_file()
    assert chunks(site)


@pytest.mark.parametrize(("setting", "same"), [("zarr: {chunk_px: 128}", False), ("zarr: {shard_mb: 8}", True)])
def test_another_layout_of_pixels_is_written_and_a_clean_build_agrees(site: Path, setting: str, same: bool) -> None:
    before = chunks(site)
    configured(site, setting + "\n")
    assert build_site(site).problems == ()
    assert (chunks(site) == before) is same
    changed = tree(site / "_site")
    shutil.rmtree(site / "_site")
    shutil.rmtree(site / ".publisher")
    build_site(site)
    assert tree(site / "_site") == changed


@pytest.mark.parametrize("version", ["0.4", "0.4+0.5"])
def test_another_version_leaves_nothing_of_the_old_one_and_coming_back_gives_the_old_bytes(
    site: Path, version: str
) -> None:
    before = tree(site / "_site")
    configured(site, f'zarr: {{version: "{version}"}}\n')
    assert build_site(site).problems == ()
    names = {path.rpartition("/")[2] for path in tree(site / "_site/data")}
    assert {".zarray", ".zattrs", ".zgroup"} <= names
    assert ("zarr.json" in names) is (version == "0.4+0.5")
    assert chunks(site) == {}, "no shard of Zarr v3 is left"
    page = image_page(site)
    assert f"OME-Zarr {version.replace('+', ' and ')}" in page
    assert "QuPath" in page
    configured(site, "")
    build_site(site)
    assert tree(site / "_site") == before


def test_a_host_that_loses_hidden_files_is_warned_of(site: Path) -> None:
    configured(site, 'zarr: {version: "0.4"}\nhosting: {profile: github-pages}\n')
    assert "host.hidden-files" in {problem.code for problem in build_site(site).warnings}


def test_originals_are_linked_by_an_address(site: Path) -> None:
    configured(site, 'downloads: {originals: link, url: "https://archive.example.org/{study}/{path}"}\n')
    assert build_site(site).problems == ()
    assert "https://archive.example.org/mitosis/images/a.ome.tiff" in image_page(site)


def test_originals_are_copied_byte_for_byte(site: Path) -> None:
    configured(site, "downloads: {originals: copy}\nprivacy: {unredacted_sources: allow}\n")
    assert build_site(site).problems == ()
    source = site / "content/studies/mitosis/images/a.ome.tiff"
    [copy] = list((site / "_site").rglob("a.ome.tiff"))
    assert copy.read_bytes() == source.read_bytes()
    assert os.path.relpath(copy, site / "_site") in image_page(site)


def test_a_renamed_study_moves_with_its_pixels_and_leaves_nothing(site: Path) -> None:
    (site / "content/studies/mitosis").rename(site / "content/studies/meiosis")
    assert build_site(site).problems == ()
    assert not (site / "_site/studies/mitosis").exists()
    assert not (site / "_site/data/mitosis").exists()
    pages = "".join(p.read_text() for p in (site / "_site").rglob("*.html"))
    assert "studies/mitosis" not in pages


def test_originals_may_be_read_only(site: Path) -> None:
    for path in (site / "content").rglob("*"):
        path.chmod(0o555 if path.is_dir() else 0o444)
    shutil.rmtree(site / "_site")
    outcome = build_site(site)
    for path in (site / "content").rglob("*"):
        path.chmod(0o755)
    assert outcome.problems == ()
