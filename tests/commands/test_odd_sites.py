"""Odd input ends in a message with a place and a way out: never a traceback, never a half-written site."""

import os
import sqlite3
from pathlib import Path

import pytest

from tests.commands.conftest import Publisher, dataset_page
from tests.pipeline.sites import make_site, tree

ROWS = "content/studies/mitosis/images.csv"
STUDY = "content/studies/mitosis/study.yaml"


@pytest.mark.parametrize(
    "table",
    [
        b"\xef\xbb\xbfimage,name,Gene\r\na,Cell A,CDC20\r\n",
        b"image\tname\tGene\na\tCell A\tCDC20\n",
        b"image;name;Gene\na;Cell A;CDC20\n",
        b"image,name,Gene" + b"," * 478 + b"\na,Cell A,CDC20" + b"," * 478 + b"\n",
        b'image,name,Gene\na,"Cell A",CDC20\n',
        b"image,name,Gene\n\na,Cell A,CDC20\n\n",
    ],
    ids=["BOM and Windows line ends", "tabs", "semicolons", "478 trailing commas", "quotes", "empty lines"],
)
def test_a_table_is_read_as_spreadsheets_write_it(publisher: Publisher, light_site: Path, table: bytes) -> None:
    (light_site / ROWS).write_bytes(table)
    assert publisher("build", "--site", light_site).code == 0
    assert "Cell A" in dataset_page(light_site)


@pytest.mark.parametrize(
    ("name", "content", "code", "place"),
    [
        (ROWS, "image,name\na,Zürich\n".encode("latin-1"), "images.not-utf-8", f"{ROWS}:2"),
        (ROWS, "image,name\na,Cell\n".encode("utf-16"), "images.not-utf-8", f"{ROWS}:1"),
        (ROWS, b'image,name\na,"Cell\n', "images.syntax", f"{ROWS}:2"),
        (ROWS, b"image,id\na,x\nb,X\n", "images.repeated-id", f"{ROWS}:3"),
        (STUDY, b"title: X\nauthors:\n\t- name: Y\n", "yaml.syntax", f"{STUDY}:3: is indented by a tab"),
        (STUDY, b"- a\n- b\n", "yaml.not-a-mapping", f"{STUDY}:1"),
        (STUDY, b"title: \xff\n", "yaml.not-utf-8", f"{STUDY}:1"),
        (STUDY, b"", "study.missing-key", f"{STUDY}:1"),
        (STUDY, b"title: A\nimages: nothing/*.tif\n", "study.no-such-file", f"{STUDY}:2"),
        ("content/pages/about.md", b"# \xff\n", "page.not-utf-8", "content/pages/about.md"),
    ],
)
def test_a_faulty_file_is_named_and_what_was_published_stays(
    publisher: Publisher, light_site: Path, name: str, content: bytes, code: str, place: str
) -> None:
    publisher("build", "--site", light_site)
    before = tree(light_site / "_site")
    (light_site / name).parent.mkdir(exist_ok=True)
    (light_site / name).write_bytes(content)
    said = publisher("build", "--site", light_site)
    assert said.code == 1
    assert said.codes == {code}
    assert place in said.err
    assert tree(light_site / "_site") == before


def test_a_study_in_markdown_may_have_any_line_ends_but_must_be_text(publisher: Publisher, light_site: Path) -> None:
    (light_site / STUDY).unlink()
    described = light_site / "content/studies/mitosis/study.md"
    described.write_bytes(b"---\r\ntitle: Windows\r\n---\r\nSeen *twice*.\r\n")
    assert publisher("build", "--site", light_site).code == 0
    assert "<em>twice</em>" in (light_site / "_site/studies/mitosis/index.html").read_text()
    described.write_bytes(b"---\ntitle: \xff\n---\n")
    assert publisher("build", "--site", light_site).codes == {"yaml.not-utf-8"}


def test_rows_that_name_no_image_are_listed_with_a_warning(publisher: Publisher, light_site: Path) -> None:
    (light_site / ROWS).write_text("name,Gene\nCell A,CDC20\n")
    said = publisher("build", "--site", light_site)
    assert (said.code, said.codes) == (0, {"images.no-image-column"})
    assert "Cell A" in dataset_page(light_site)


def test_a_study_without_images_is_built_with_a_warning(publisher: Publisher, light_site: Path) -> None:
    (light_site / ROWS).unlink()
    said = publisher("build", "--site", light_site)
    assert (said.code, said.codes) == (0, {"study.no-images"})


def test_a_folder_without_a_study_is_named(publisher: Publisher, light_site: Path) -> None:
    (light_site / "content/studies/notes").mkdir()
    (light_site / "content/studies/_mine").mkdir()
    said = publisher("build", "--site", light_site)
    assert (said.code, said.codes) == (0, {"study.no-description"})
    assert "content/studies/notes" in said.err
    assert "_mine" not in said.err


def test_a_study_folder_whose_name_is_no_address_is_named(publisher: Publisher, light_site: Path) -> None:
    (light_site / "content/studies/mitosis").rename(light_site / "content/studies/my study 🔬 [1]")
    said = publisher("build", "--site", light_site)
    assert (said.code, said.codes) == (1, {"study.bad-folder-name"})


def test_a_site_may_lie_in_a_folder_of_any_name(publisher: Publisher, tmp_path: Path) -> None:
    root = tmp_path / "my lab 🔬 [x] #1& *?"
    make_site(root)
    said = publisher("build", "--site", root)
    assert (said.code, said.codes) == (0, set())


@pytest.mark.parametrize("output", ["content/out", "content", ".", "..", "themes/x", ".publisher/x"])
def test_an_output_inside_what_the_site_is_made_from_is_refused(
    publisher: Publisher, light_site: Path, output: str
) -> None:
    before = tree(light_site)
    said = publisher("build", "--site", light_site, "--output", light_site / output)
    assert (said.code, said.codes) == (1, {"config.output-overlaps"})
    assert said.err.startswith("error: --output: ")
    assert tree(light_site) == before


def test_somebodys_folder_is_not_written_into(publisher: Publisher, light_site: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (theirs / "index.html").write_text("mine")
    said = publisher("build", "--site", light_site, "--output", theirs)
    assert (said.code, said.codes) == (1, {"build.output-taken"})
    (tmp_path / "file").write_text("mine")
    assert publisher("build", "--site", light_site, "--output", tmp_path / "file").codes == {"build.output-taken"}
    assert (tmp_path / "file").read_text() == (theirs / "index.html").read_text() == "mine"


def test_a_file_of_ones_own_beside_the_pages_stays(publisher: Publisher, light_site: Path) -> None:
    publisher("build", "--site", light_site)
    (light_site / "_site/CNAME").write_text("lab.example.org")
    assert publisher("build", "--force", "--site", light_site).code == 0
    assert (light_site / "_site/CNAME").read_text() == "lab.example.org"


def test_a_damaged_ledger_is_told_and_set_aside(publisher: Publisher, light_site: Path) -> None:
    publisher("build", "--site", light_site)
    before = tree(light_site / "_site")
    (light_site / ".publisher/ledger.sqlite").write_bytes(b"no database" * 1000)
    said = publisher("build", "--site", light_site)
    assert (said.code, said.codes) == (0, {"build.ledger-damaged"})
    assert tree(light_site / "_site") == before
    assert (publisher("build", "--site", light_site)).codes == set()


def test_a_file_where_the_work_folder_should_be_is_told(publisher: Publisher, light_site: Path) -> None:
    (light_site / ".publisher").write_text("")
    assert publisher("build", "--site", light_site).codes == {"build.storage"}


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read and write everything")
@pytest.mark.parametrize(("name", "mode"), [(ROWS, 0o000), (STUDY, 0o000), (".", 0o555)])
def test_what_may_not_be_read_or_written_is_told(publisher: Publisher, light_site: Path, name: str, mode: int) -> None:
    (light_site / name).chmod(mode)
    said = publisher("build", "--site", light_site)
    (light_site / name).chmod(0o755)
    assert (said.code, said.codes <= {"disk.denied", "build.storage"}) == (1, True)


@pytest.mark.parametrize(
    "error", [OSError(28, "No space left on device", "x"), sqlite3.OperationalError("database or disk is full")]
)
def test_a_full_disk_leaves_the_old_site(
    publisher: Publisher, light_site: Path, monkeypatch: pytest.MonkeyPatch, error: Exception
) -> None:
    publisher("build", "--site", light_site)
    before = tree(light_site / "_site")
    (light_site / STUDY).write_text("title: Changed\n")

    def refuse(*_: object) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr("publisher.graph.stage.StepStage.write", refuse)
        said = publisher("build", "--site", light_site)
    assert (said.code, said.codes) == (1, {"build.storage"})
    assert tree(light_site / "_site") == before
    assert publisher("build", "--site", light_site).code == 0
    assert "Changed" in (light_site / "_site/studies/mitosis/index.html").read_text()


def test_ctrl_c_leaves_the_old_site(publisher: Publisher, light_site: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publisher("build", "--site", light_site)
    before = tree(light_site / "_site")
    (light_site / STUDY).write_text("title: Changed\n")

    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr("publisher.graph.stage.StepStage.write", interrupted)
        said = publisher("build", "--site", light_site)
    assert said.code == 1
    assert "what was published stands as it was" in said.err
    assert tree(light_site / "_site") == before
    assert publisher("build", "--site", light_site).code == 0
