"""IDR's own study folders, as they stand: added, built, and compared with their tables and with IDR's own parse.

What is expected is read here with csv and json alone, by nothing of the importer.
"""

import csv
import html
import json
import re
import shutil
from collections import Counter
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from publisher.cli import run
from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter

pytestmark = pytest.mark.corpus

FOLDERS = {
    "idr0000": "idr/idr0000-lastname-example",
    "idr0020": "idr/idr0020-barr-chtog",
    "idr0021": "idr/idr0021-lawo-pericentriolarmaterial",
    "idr0038": "idr/idr0038-held-kidneylightsheet",
    "idr0062": "idr/idr0062-blin-nuclearsegmentation",
}
PIXELS = {
    "idr0020": ("studies/idr0020-standin/standin-wells.tsv", "hcs"),
    "idr0021": ("studies/idr0021-standin/pixels",),
}
GENE = "[openmicroscopy.org/mapr/gene]"
ELSEWHERE = {"Study Title", "Publication Title", "Publication Authors"}
"""Keys whose values have a place of their own on the study's page: its heading and its publications."""


@pytest.fixture(scope="module")
def site(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All five, added by the command and built; the folder of the site."""
    root = tmp_path_factory.mktemp("idr") / "site"
    root.mkdir()
    (root / "site_config.yaml").write_text("title: IDR\nbase_url: https://example.org/\n")
    for study, folder in FOLDERS.items():
        places = [word for place in PIXELS.get(study, ()) for word in ("--images", str(corpus / place))]
        assert run(["add", str(corpus / folder), "--study", study, "--site", str(root), *places]) == 0
    outcome = build(root, BuildOptions(today=date(2026, 1, 1)), SilentReporter())
    assert outcome.problems == ()
    return root


def table(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def annotation(corpus: Path, study: str) -> list[dict[str, str]]:
    return [row for path in sorted((corpus / FOLDERS[study]).glob("*/*-annotation.csv")) for row in table(path)]


def pages(site: Path, study: str, kind: str = "*") -> Iterator[dict[str, Any]]:
    for path in sorted((site / "_site/studies" / study).rglob("index.json")):
        page = json.loads(path.read_bytes())
        if kind in ("*", page["kind"]):
            yield page


def facts(value: Any) -> Iterator[tuple[str, str, str]]:
    """Label, text and address of every labelled value, and key and value of every pair, anywhere in a page."""
    if isinstance(value, dict):
        if "label" in value and isinstance(value.get("values"), list):
            for each in value["values"]:
                yield value["label"], each["text"], each["href"] or ""
        elif "key" in value and "value" in value:
            yield value["key"], value["value"], ""
        for each in value.values():
            yield from facts(each)
    elif isinstance(value, list):
        for each in value:
            yield from facts(each)


def plain(text: str) -> str:
    """Text without tags, references and line ends that were spelled out."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).replace("\\n", " ").split())


@pytest.mark.parametrize("study", ["idr0020", "idr0021", "idr0038", "idr0062"])
def test_every_key_and_value_that_idr_reads_is_on_a_page(site: Path, corpus: Path, study: str) -> None:
    said = json.loads((corpus / f"oracle/idr-study-parser/{study}-study.json").read_bytes())
    shown = {(label, text) for page in pages(site, study) for label, text, _ in facts(page)}
    addresses = {text for page in pages(site, study) for _, text, href in facts(page) for text in (text, href)}
    [page] = pages(site, study, "study")
    told = {page["title"], *(part for paper in page["publications"] for part in (paper["title"], paper["where"]))}
    missing = []
    for part in (said, *said["experiments"], *said["screens"]):
        for key, value in ((key, value) for pair in part["map"] for key, value in pair.items()):
            text, _, address = value.partition(" http") if " http" in value else (value, "", "")
            address = f"http{address}" if address else ""
            if key in ELSEWHERE:
                is_there = any(text in each for each in told)
            else:
                is_there = any(label == key and text in shown_text for label, shown_text in shown)
            if address and key not in ("PubMed ID", "PMC ID"):  # both have newer addresses
                is_there = is_there and address in addresses
            missing += [] if is_there else [(part["name"], key, value)]
    assert missing == []


@pytest.mark.parametrize("study", ["idr0020", "idr0021", "idr0038", "idr0062"])
def test_every_description_that_idr_reads_is_on_a_page(site: Path, corpus: Path, study: str) -> None:
    said = json.loads((corpus / f"oracle/idr-study-parser/{study}-study.json").read_bytes())
    shown = [plain(page["about"]) for page in pages(site, study) if "about" in page]
    titles = {page["title"] for page in pages(site, study)}
    for part in (said, *said["experiments"], *said["screens"]):
        description = part["description"].split("Description\n", 1)[1]
        assert any(plain(description) in text for text in shown), part["name"]
        assert part is said or part["name"] in titles


@pytest.mark.parametrize("study", ["idr0020", "idr0021", "idr0038", "idr0062"])
def test_every_row_and_every_cell_is_kept(site: Path, corpus: Path, study: str) -> None:
    given = annotation(corpus, study)
    kept = [row for row in table_rows(site, study) if not (row["image"] and row.get("field"))]
    assert len(kept) == len(given)
    for row, cells in zip(given, kept, strict=True):
        values = list(cells.values())
        for key, value in row.items():
            if key in ("Dataset Name", "Plate"):
                continue  # by id: below
            text = " ".join(value.split())
            parts = [part.strip() for part in value.split(";")]
            assert any(" ".join(cell.split()) == text for cell in values) or all(
                part in values for part in parts if part
            ), (key, value)


def table_rows(site: Path, study: str) -> list[dict[str, str]]:
    """Rows of images.csv; of headers that stand twice, each with its number."""
    with (site / "content/studies" / study / "images.csv").open(newline="") as file:
        header, *found = csv.reader(file)
    seen: Counter[str] = Counter()
    names = []
    for name in header:
        seen[name] += 1
        names.append(name if seen[name] == 1 else f"{name} #{seen[name]}")
    return [dict(zip(names, row, strict=True)) for row in found]


def test_images_of_datasets_have_the_pairs_of_their_row(site: Path, corpus: Path) -> None:
    given = {(row["Dataset Name"], row["Image Name"]): row for row in annotation(corpus, "idr0021")}
    with (corpus / "studies/idr0021-standin/standin-filePaths.tsv").open(newline="") as file:
        placed = [
            (row["target"].removeprefix("Dataset:name:"), row["image_name"])
            for row in csv.DictReader(file, delimiter="\t")
        ]
    shown = list(pages(site, "idr0021", "image"))
    assert len(shown) == len(placed) == 60
    dataset_of = {page["title"]: page for page in pages(site, "idr0021", "dataset")}
    assert {name: page["total"] for name, page in dataset_of.items()} == Counter(dataset for dataset, _ in given)
    found: Counter[tuple[str, str]] = Counter()
    for page in shown:
        key = (page["breadcrumbs"][-2]["title"], page["title"])
        found[key] += 1
        row, labelled = given[key], {(label, text) for label, text, _ in facts(page)}
        for header, label in (
            ("Characteristics [Cell Line]", "Cell Line"),
            ("Comment [Gene Identifier]", "Gene Identifier"),
            ("Experimental Condition [Antibody Target]", "Antibody Target"),
            ("Mean Outer Toroid Diameter", "Mean Outer Toroid Diameter"),
            ("Number of Centrosomes Measured", "Number of Centrosomes Measured"),
            ("Phenotype 1", "Phenotype"),
        ):
            assert (label, row[header]) in labelled
    assert found == Counter(placed)


def test_images_in_wells_have_the_pairs_of_their_well(site: Path, corpus: Path) -> None:
    given = {(row["Plate"], row["Well"]): row for row in annotation(corpus, "idr0020")}
    with (corpus / "studies/idr0020-standin/standin-wells.tsv").open(newline="") as file:
        placed = Counter((row["plate"], row["well"]) for row in csv.DictReader(file, delimiter="\t"))
    found: Counter[tuple[str, str]] = Counter()
    for page in pages(site, "idr0020", "image"):
        labelled = {(label, text) for label, text, _ in facts(page)}
        said = dict(labelled)
        key = (said["Plate"], said["Well"])
        found[key] += 1
        for header, label in (
            ("Control Type", "Control Type"),
            ("Gene Symbol", "Gene Symbol"),
            ("siRNA Pool Identifier", "siRNA Pool Identifier"),
            ("Cell number - Z-score", "Cell number - Z-score"),
        ):
            assert not given[key][header] or (label, given[key][header]) in labelled
    assert found == placed
    assert found.total() == 60


def test_every_well_of_every_plate_is_listed_with_what_the_table_says(site: Path, corpus: Path) -> None:
    given = annotation(corpus, "idr0020")
    plates = {page["title"]: page for page in pages(site, "idr0020", "plate")}
    assert set(plates) == {row["Plate"] for row in given}
    for title, page in plates.items():
        wells = [row["Well"] for row in given if row["Plate"] == title]
        assert [cell["name"] for row in page["grid"]["rows"] for cell in row["cells"]] == wells
        for header in ("Gene Identifier", "Control Type", "Mitotic Index - Z-score"):
            values = {row[header] for row in given if row["Plate"] == title and row[header]}
            text = json.dumps(page["wells"], ensure_ascii=False)
            assert all(json.dumps(value, ensure_ascii=False) in text for value in values)


def test_rows_without_pixels_are_listed_with_their_dataset(site: Path, corpus: Path) -> None:
    for study in ("idr0038", "idr0062"):
        given = Counter(row["Dataset Name"] for row in annotation(corpus, study))
        assert {page["title"]: page["total"] for page in pages(site, study, "dataset") if page["first"] == 1} == given


def test_pairs_are_grouped_as_idr_shows_them(site: Path) -> None:
    page = next(pages(site, "idr0021", "image"))
    groups = next(panel for panel in page["main"] if panel["kind"] == "key_values")["groups"]
    own = [[row["label"] for row in group["rows"]] for group in groups if not group["added_on"]]
    assert own[0] == ["Cell Cycle Phase", "Channels", "Has Phenotype", "Phenotype Annotation Level"]
    assert own[1:3] == [["Organism"], ["Cell Line"]]
    assert own[3][0] == "Gene Identifier"
    assert own[5][:3] == ["Phenotype", "Phenotype Term Name", "Phenotype Term Accession"]


def test_the_template_of_idr_makes_an_empty_study(site: Path) -> None:
    [page] = pages(site, "idr0000", "study")
    assert page["title"] == "idr0000-lastname-example"
    assert "# fill in" not in json.dumps(list(pages(site, "idr0000")))


def test_library_and_processed_data_join_as_idr_joined_them(corpus: Path, tmp_path: Path) -> None:
    """IDR made annotation.csv of the two tables; without it they give the same rows, but for the terms it added."""
    folder = tmp_path / "idr0020-barr-chtog"
    shutil.copytree(corpus / FOLDERS["idr0020"], folder, copy_function=shutil.copyfile)
    (folder / "screenA/idr0020-screenA-annotation.csv").unlink()
    (tmp_path / "site").mkdir()
    (tmp_path / "site/site_config.yaml").write_text("title: IDR\n")
    assert run(["add", str(folder), "--study", "idr0020", "--site", str(tmp_path / "site")]) == 0
    with (tmp_path / "site/content/studies/idr0020/images.csv").open(newline="") as file:
        kept = [{cell.strip() for cell in row} for row in csv.reader(file)][1:]
    given = annotation(corpus, "idr0020")
    assert len(kept) == len(given)
    for row, cells in zip(given, kept, strict=True):
        values = {value.strip() for key, value in row.items() if "Term" not in key and key != "Plate"}
        assert values - {""} <= cells
