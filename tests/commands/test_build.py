"""``publisher build``: what it says, and what its options do."""

import fcntl
from pathlib import Path

import pytest

from tests.commands.conftest import Publisher, dataset_page


def test_a_build_says_what_it_did_what_stands_there_and_what_to_do_next(publisher: Publisher, site: Path) -> None:
    said = publisher("build", "--site", site)
    assert said.code == 0
    done, stands, then = said.out.splitlines()
    assert done.startswith("Converted 3 images, wrote 10 pages, made ")
    assert stands.startswith("The site: ")
    assert stands.endswith(" in _site")
    assert then.startswith("Next: copy that folder to https://lab.example.org/; how: ")
    assert Path(then.partition("how: ")[2]).is_file()
    assert [line.split(" ")[:2] for line in said.err.splitlines()] == [["convert", "image"]] * 3


def test_a_second_build_says_that_nothing_is_to_do(publisher: Publisher, light_site: Path) -> None:
    publisher("build", "--site", light_site)
    said = publisher("build", "--site", light_site)
    assert said.out.startswith("Nothing to do: the site is up to date.\n")
    assert said.err == ""


def test_verbose_names_everything_and_quiet_nothing(publisher: Publisher, light_site: Path) -> None:
    assert "write page studies/mitosis/index.html (never built)" in publisher("build", "-v", "--site", light_site).err
    said = publisher("build", "--quiet", "--force", "--site", light_site)
    assert (said.code, said.out, said.err) == (0, "", "")


def test_quiet_still_says_what_went_wrong(publisher: Publisher, light_site: Path) -> None:
    (light_site / "content/studies/mitosis/study.yaml").write_text("title: Mitosis\nlicense: CC0-1.0\n")
    said = publisher("build", "--quiet", "--site", light_site)
    assert (said.code, said.out) == (1, "")
    assert said.err == (
        "error: content/studies/mitosis/study.yaml:2: unknown key 'license' (did you mean 'licence'?) "
        "[study.unknown-key]\n"
    )


def test_json_tells_programs_the_same(publisher: Publisher, light_site: Path) -> None:
    said = publisher("build", "--json", "--site", light_site).json
    assert said["ran"]["page index.html"] == {"cause": "new", "detail": ""}
    assert said["problems"] == []
    assert said["published"]["files"] == len([p for p in (light_site / "_site").rglob("*") if p.is_file()])


def test_json_tells_problems_of_a_build_that_could_not_begin(publisher: Publisher, light_site: Path) -> None:
    (light_site / "site_config.yaml").write_text("titel: Lab\n")
    said = publisher("build", "--json", "--site", light_site)
    assert said.code == 1
    assert [(problem["code"], problem["line"]) for problem in said.json["problems"]] == [
        ("config.missing-key", 1),
        ("config.unknown-key", 1),
    ]


def test_strict_makes_a_warning_count(publisher: Publisher, light_site: Path) -> None:
    (light_site / "site_config.yaml").write_text("title: Lab\n")
    assert publisher("build", "--site", light_site).code == 0
    said = publisher("build", "--strict", "--site", light_site)
    assert said.code == 1
    assert said.codes == {"config.no-base-url"}


def test_output_may_be_named_and_is_kept_apart_from_the_usual_one(
    publisher: Publisher, light_site: Path, tmp_path: Path
) -> None:
    publisher("build", "--site", light_site, "--output", tmp_path / "elsewhere")
    assert (tmp_path / "elsewhere/index.html").is_file()
    assert not (light_site / "_site").exists()


def test_study_limits_a_build_and_leaves_the_others_as_they_are(publisher: Publisher, light_site: Path) -> None:
    other = light_site / "content/studies/other"
    other.mkdir()
    (other / "study.yaml").write_text("title: Other\n")
    (other / "images.csv").write_text("image,name\nx,X\n")
    publisher("build", "--site", light_site)
    for study in ("mitosis", "other"):
        (light_site / f"content/studies/{study}/study.yaml").write_text("title: Changed\n")
    publisher("build", "--site", light_site, "--study", "other")
    titles = {s: "Changed" in (light_site / f"_site/studies/{s}/index.html").read_text() for s in ("mitosis", "other")}
    assert titles == {"mitosis": False, "other": True}
    said = publisher("build", "--site", light_site, "--study", "mitsis")
    assert said.code == 1
    assert "there are: mitosis, other" in said.err


def test_drafts_are_built_on_request_only(publisher: Publisher, light_site: Path) -> None:
    (light_site / "content/studies/mitosis/study.yaml").write_text("title: Secret\nvisibility: draft\n")
    publisher("build", "--site", light_site)
    assert "Secret" not in (light_site / "_site/index.html").read_text()
    publisher("build", "--site", light_site, "--drafts", "--output", light_site / "preview")
    assert "Secret" in (light_site / "preview/index.html").read_text()


def test_jobs_and_memory_change_no_byte(publisher: Publisher, site: Path, tmp_path: Path) -> None:
    def built(name: str, *options: str) -> dict[str, bytes]:
        folder = tmp_path / name
        assert publisher("build", "--site", site, "--output", folder, *options).code == 0
        return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*") if p.is_file()}

    assert built("a", "--jobs", "1") == built("b", "--jobs", "3", "--memory", "1G")


def test_a_second_build_at_the_same_time_waits_for_nobody(publisher: Publisher, light_site: Path) -> None:
    publisher("build", "--site", light_site)
    with (light_site / ".publisher/lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        said = publisher("build", "--site", light_site)
    assert (said.code, said.codes) == (1, {"build.locked"})


def test_the_site_may_be_named_relative_to_where_one_stands(
    publisher: Publisher, light_site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(light_site.parent)
    assert publisher("build", "--site", "site").code == 0
    monkeypatch.chdir(light_site)
    assert publisher("build").out.startswith("Nothing to do")
    assert "Cell A" in dataset_page(light_site)


def test_a_moved_site_is_up_to_date(publisher: Publisher, light_site: Path, tmp_path: Path) -> None:
    publisher("build", "--site", light_site)
    moved = light_site.rename(tmp_path / "elsewhere 🔬 [x] #1")
    assert publisher("build", "--site", moved).out.startswith("Nothing to do")
