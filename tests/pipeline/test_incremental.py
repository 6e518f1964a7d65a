"""A real site is changed in one place; only what shows it is written, and the bytes are those of a clean build."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
import tifffile

from tests.pipeline.sites import build_site, make_site, plan_site, tree, write_image


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    make_site(root)
    assert build_site(root).problems == ()
    return root


def study(root: Path) -> Path:
    return root / "content" / "studies" / "mitosis"


def changed_files(root: Path) -> set[str]:
    """What a build writes, by the change of inode and time."""
    output = root / "_site"
    before = {path: path.stat().st_mtime_ns for path in output.rglob("*") if path.is_file()}
    build_site(root)
    after = {path: path.stat().st_mtime_ns for path in output.rglob("*") if path.is_file()}
    return {path.relative_to(output).as_posix() for path in after if before.get(path) != after[path]}


def kinds(root: Path) -> set[str]:
    """Kinds of steps that a build runs."""
    return {name.split(" ", 1)[0] for name in build_site(root).report.ran}


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


def test_a_second_build_does_nothing_and_touches_no_file(site: Path) -> None:
    assert changed_files(site) == set()
    outcome = build_site(site)
    assert outcome.report.ran == {}
    assert outcome.report.current > 20


def test_deleting_the_ledger_changes_no_byte(site: Path) -> None:
    before = tree(site / "_site")
    shutil.rmtree(site / ".publisher")
    build_site(site)
    assert tree(site / "_site") == before


def test_what_an_older_version_remembered_of_files_is_looked_at_again(site: Path) -> None:
    before = tree(site / "_site")
    with closing(sqlite3.connect(site / ".publisher" / "ledger.sqlite")) as ledger, ledger:
        rows = ledger.execute("select key, value from memo where kind = 'inspection'").fetchall()
        assert rows
        for key, value in rows:
            old = json.loads(value)
            old["stamp"][0] -= 1
            record = json.loads(old["inspection"])
            record["images"][0]["of_an_older_version"] = True
            old["inspection"] = json.dumps(record)
            ledger.execute("update memo set value = ? where kind = 'inspection' and key = ?", (json.dumps(old), key))
    assert build_site(site).problems == ()
    assert tree(site / "_site") == before


def test_two_builds_in_different_folders_give_the_same_bytes(site: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere" / "deeper"
    other.mkdir(parents=True)
    make_site(other)
    build_site(other)
    assert tree(other / "_site") == tree(site / "_site")


def test_a_changed_caption_rewrites_just_what_shows_it(site: Path) -> None:
    edit(study(site) / "images.csv", "Cell B", "Cell Beta")
    written = changed_files(site)
    assert written
    assert not any("/c/" in path or path.endswith((".webp", ".jpg")) for path in written), "no chunk, no picture"
    assert not any("images/a-" in path for path in written), "not the page of another dataset's image"
    assert any(path.endswith("datasets/treated/index.html") for path in written)


def test_a_changed_licence_touches_no_chunk(site: Path) -> None:
    edit(study(site) / "study.yaml", "CC0-1.0", "CC-BY-4.0")
    assert kinds(site) == {"describe", "manifest", "page", "card"}


def test_a_changed_colour_touches_no_chunk(site: Path) -> None:
    edit(study(site) / "study.yaml", "46EB82", "FFC446")
    assert kinds(site) == {"describe", "manifest", "pictures", "page"}


def test_a_changed_pair_touches_no_chunk_and_no_picture(site: Path) -> None:
    edit(study(site) / "images.csv", "CDC20", "CDC25")
    ran = build_site(site).report.ran
    assert {name.split(" ", 1)[0] for name in ran} == {"describe", "manifest", "page"}
    assert [name for name in ran if name.startswith("page")] == [name for name in ran if "/images/b-" in name]


def test_a_changed_pixel_file_rewrites_its_store_pictures_and_pages(site: Path) -> None:
    write_image(study(site) / "images" / "b.ome.tiff", 6)
    reasons = {name: str(reason) for name, reason in plan_site(site).report.ran.items()}
    [pixels] = [name for name in reasons if name.startswith("pixels")]
    assert reasons[pixels] == "file changed: images/b.ome.tiff"
    written = changed_files(site)
    assert all("/b-" in path or "treated" in path or "studies/mitosis/index" in path for path in written if "/" in path)
    assert any(path.startswith("data/mitosis/b-") and "/c/" in path for path in written)


def test_a_removed_image_leaves_nothing(site: Path) -> None:
    (study(site) / "images" / "c.ome.tiff").unlink()
    edit(study(site) / "study.yaml", ", images/c.ome.tiff", "")
    edit(study(site) / "images.csv", "images/c.ome.tiff,Cell C,PLK1\n", "")
    outcome = build_site(site)
    assert any("/c-" in path for path in outcome.report.pruned)
    assert not [path for path in (site / "_site").rglob("*") if path.name.startswith("c-")]
    assert "Cell C" not in "".join(page.read_text() for page in (site / "_site").rglob("*.html"))


def test_a_broken_file_is_reported_and_stays_published_as_it_was(site: Path) -> None:
    before = tree(site / "_site")
    (study(site) / "images" / "b.ome.tiff").write_bytes(b"II*\0 not a TIFF")
    outcome = build_site(site)
    assert [problem.path for problem in outcome.problems] == ["content/studies/mitosis/images/b.ome.tiff"]
    assert tree(site / "_site") == before


def test_a_broken_new_file_is_reported_and_the_rest_is_built(site: Path) -> None:
    (study(site) / "images" / "d.ome.tiff").write_bytes(b"II*\0 not a TIFF")
    edit(study(site) / "study.yaml", "images/c.ome.tiff", "images/c.ome.tiff, images/d.ome.tiff")
    edit(study(site) / "images.csv", "Cell A", "Cell Alpha")
    for _ in range(2):  # the problem is reported until it is mended
        outcome = build_site(site)
        assert [problem.code for problem in outcome.problems] == ["source.truncated"]
    assert "Cell Alpha" in (site / "_site/studies/mitosis/datasets/control/index.html").read_text()


def test_no_page_leads_to_an_image_whose_pixels_could_not_be_read(site: Path) -> None:
    file = study(site) / "images" / "bb.ome.tiff"
    pixels = np.random.default_rng(0).integers(0, 4000, (2, 200, 300)).astype("uint16")
    tifffile.imwrite(file, pixels, compression="zlib", metadata={"axes": "CYX"})
    data = file.read_bytes()
    file.write_bytes(data[:100_000] + b"x" * 300 + data[100_300:])  # its tags are sound
    edit(study(site) / "study.yaml", "images/c.ome.tiff", "images/bb.ome.tiff, images/c.ome.tiff")
    assert len(build_site(site).problems) == 1
    pages = list((site / "_site").rglob("*.html"))
    links = [
        (page, link)
        for page in pages
        for link in re.findall(r'(?:href|src)="([^"#:?]+)"', page.read_text())
        if not link.startswith("/")
    ]
    assert [(page, link) for page, link in links if not (page.parent / link).exists()] == []
    assert "bb" in (site / "_site/studies/mitosis/datasets/treated/index.html").read_text()


def test_a_faulty_study_keeps_its_pages_and_others_are_built(site: Path) -> None:
    before = tree(site / "_site/studies/mitosis")
    edit(study(site) / "study.yaml", "title:", "titel:")
    edit(site / "content/pages/about.md", "a lab", "a facility")
    outcome = build_site(site)
    assert {problem.code for problem in outcome.problems} == {"study.missing-key", "study.unknown-key"}
    assert tree(site / "_site/studies/mitosis") == before
    assert "a facility" in (site / "_site/pages/about/index.html").read_text()


def test_a_withdrawn_study_leaves_no_byte(site: Path) -> None:
    edit(study(site) / "study.yaml", "title:", "visibility: draft\ntitle:")
    build_site(site)
    assert not (site / "_site/studies").exists()
    assert not (site / "_site/data").exists()
    everything = b"".join(path.read_bytes() for path in (site / "_site").rglob("*") if path.is_file())
    assert b"Mitosis" not in everything
    assert b"mitosis" not in everything


def test_a_plan_writes_nothing_and_names_every_step_with_its_reason(site: Path) -> None:
    edit(study(site) / "images.csv", "Cell A", "Cell Alpha")
    before = tree(site / "_site")
    outcome = plan_site(site)
    assert tree(site / "_site") == before
    assert {str(reason) for reason in outcome.report.ran.values()} <= {
        "metadata or settings changed",
        *(f"if its input changes: {name}" for name in outcome.report.ran),
    }
    assert outcome.report.ran
