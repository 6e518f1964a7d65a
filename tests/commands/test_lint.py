"""``lint``: a site is judged as it stands, before its first build and after."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from publisher.testing.images import write_ome_tiff
from tests.commands.conftest import Publisher
from tests.pages.test_seams import validator
from tests.test_imports import HEAVY

STUDY = "content/studies/mitosis/study.yaml"


def codes(report: dict[str, object]) -> set[str]:
    return {finding["code"] for finding in report["findings"]}  # type: ignore[attr-defined, index]  # JSON


def append(path: Path, text: str) -> None:
    path.write_text(path.read_text() + text)


def test_before_the_first_build_it_judges_texts_and_says_what_it_could_not_look_at(
    publisher: Publisher, site: Path
) -> None:
    append(site / STUDY, "organisms: [Mus musculus]\n")
    said = publisher("lint", "--site", site)
    assert said.code == 0
    assert "note: content/studies/mitosis: 3 files were not opened yet" in said.out
    assert f"warning: {STUDY}:9: 'Mus musculus' has no accession" in said.out
    assert said.out.splitlines()[-1] == "Looked at 1 study: 0 errors, 1 warning."
    assert not (site / "_site").exists()


def test_a_plan_shows_it_what_files_say_and_a_build_what_pixels_hold(publisher: Publisher, site: Path) -> None:
    publisher("plan", "--site", site)
    [report] = publisher("lint", "--site", site, "--json").json["studies"]
    assert report["looked_at"] == {"images": 3, "values": 0, "records": 0}
    assert codes(report) == {"lint.values-not-seen"}
    publisher("build", "--site", site)
    [report] = publisher("lint", "--site", site, "--json").json["studies"]
    assert report["looked_at"] == {"images": 3, "values": 3, "records": 0}
    assert report["findings"] == []


def test_images_are_judged_by_what_was_built(publisher: Publisher, site: Path) -> None:
    images = site / "content/studies/mitosis/images"
    shutil.copy(images / "a.ome.tiff", images / "twin.ome.tiff")
    write_ome_tiff(images / "empty.ome.tiff", np.full((1, 1, 1, 64, 64), 7, "uint8"))
    bright = np.tile(np.arange(200, dtype="uint8"), (1, 1, 1, 200, 1))
    bright[..., :50] = 255
    write_ome_tiff(images / "bright.ome.tiff", bright)
    study = site / STUDY
    study.write_text(study.read_text().replace("images/a.ome.tiff", '"images/[abet][.mrw]*"'))
    publisher("build", "--site", site)
    [report] = publisher("lint", "--site", site, "--json").json["studies"]
    found = {
        finding["code"]: [image["name"] for image in finding["images"]]
        for finding in report["findings"]
        if finding["images"]
    }
    assert found["lint.empty-image"] == ["image 0"]
    assert sorted(found["lint.same-pixels"]) == ["Cell A", "image 0"]
    assert len(found["lint.saturated"]) == 1
    assert len(found["lint.no-pixel-size"]) == 2


def test_a_changed_file_is_not_judged_by_what_it_was(publisher: Publisher, site: Path) -> None:
    publisher("build", "--site", site)
    path = site / "content/studies/mitosis/images/a.ome.tiff"
    path.write_bytes(path.read_bytes() + b"\0")
    [report] = publisher("lint", "--site", site, "--json").json["studies"]
    assert [finding["code"] for finding in report["findings"]] == ["lint.file-not-seen"]
    assert "'images/a.ome.tiff'" in report["findings"][0]["message"]


def test_errors_end_it_with_1_and_warnings_only_where_they_should(publisher: Publisher, light_site: Path) -> None:
    assert publisher("lint", "--site", light_site).code == 0
    assert publisher("lint", "--site", light_site, "--strict").code == 0
    append(light_site / STUDY, "keywords: [a]\norganisms: [Mouse]\n")
    assert publisher("lint", "--site", light_site).code == 0
    assert publisher("lint", "--site", light_site, "--strict").code == 1
    (light_site / STUDY).write_text("title: A\norganisms: [{name: Mouse, accession: NCBITaxon:9606}]\n")
    said = publisher("lint", "--site", light_site, "--quiet")
    assert said.code == 1
    assert "lint.term-mismatch" in said.out
    assert "lint.no-licence" in said.out
    assert "add next" not in said.out


def test_drafts_are_judged_and_a_study_that_cannot_be_read_hides_no_other(
    publisher: Publisher, light_site: Path
) -> None:
    other = light_site / "content/studies/other"
    other.mkdir()
    (other / "study.yaml").write_text("title: Other\nvisibility: draft\n")
    (light_site / STUDY).write_text("title: A\nlicense: CC0-1.0\n")
    (light_site / "content/studies/bare").mkdir()
    said = publisher("lint", "--site", light_site, "--json")
    reports = {report["study"]: report for report in said.json["studies"]}
    assert codes(reports["mitosis"]) == {"study.unknown-key"}
    assert codes(reports["other"]) == {"lint.no-licence"}
    assert codes(reports["bare"]) == {"study.no-description"}
    assert [
        r["study"] for r in publisher("lint", "--site", light_site, "--study", "other", "--json").json["studies"]
    ] == ["other"]


def test_its_json_fits_the_schema(publisher: Publisher, site: Path) -> None:
    append(site / STUDY, "organisms: [{name: Mouse, accession: NCBITaxon:9606}]\n")
    document = publisher("lint", "--site", site, "--json").json
    validator("lint").validate(document)
    assert document["studies"][0]["counts"]["errors"] == 1


def test_judging_rows_loads_no_heavy_library(light_site: Path) -> None:
    light = {"pydantic", "yaml"}
    code = (
        "import sys; from publisher.cli import run; code = run(['lint', '--site', sys.argv[1], '--json']); "
        "print('loaded', *sys.modules, file=sys.stderr); sys.exit(code)"
    )
    for built in (False, True):
        if built:
            assert json.loads(_run(code, light_site)[0])["studies"][0]["looked_at"]["records"] == 3
        out, loaded = _run(code, light_site)
        assert json.loads(out)["version"] == 1
        assert loaded & (HEAVY - light) == set()


def _run(code: str, root: Path) -> tuple[str, set[str]]:
    done = subprocess.run(
        [sys.executable, "-c", code, str(root)],
        capture_output=True,
        text=True,
        check=False,
        cwd=Path(__file__).parents[2],
    )
    assert done.returncode == 0, done.stderr
    line = next(line for line in done.stderr.splitlines() if line.startswith("loaded"))
    return done.stdout, {name.partition(".")[0] for name in line.split()[1:]}


@pytest.mark.parametrize("wanted", [False, True])
def test_a_study_has_a_page_of_its_quality_where_the_site_wants_it(
    publisher: Publisher, light_site: Path, wanted: bool
) -> None:
    config = light_site / "site_config.yaml"
    append(config, f"catalogue: {{quality_page: {str(wanted).lower()}}}\n")
    append(light_site / STUDY, "organisms: [{name: Mouse, accession: NCBITaxon:9606}]\n")
    assert publisher("build", "--site", light_site).code == 0
    page = light_site / "_site/studies/mitosis/quality/index.html"
    assert page.is_file() == wanted
    study = (light_site / "_site/studies/mitosis/index.html").read_text()
    assert ('href="quality/index.html"' in study) == wanted
    if wanted:
        text = page.read_text()
        assert "NCBITaxon:9606 is &#39;Homo sapiens&#39;, not &#39;Mouse&#39;" in text
        assert "content/" not in text
        before = page.stat().st_mtime_ns
        said = publisher("build", "--site", light_site)
        assert "Nothing to do" in said.out
        assert page.stat().st_mtime_ns == before
        config.write_text(config.read_text().replace("true", "false"))
        publisher("build", "--site", light_site)
        assert not page.exists()
