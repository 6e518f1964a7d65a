"""What is private, a draft or under embargo leaves no byte in the site."""

import json
import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

from publisher.formats.redaction import PERSONAL
from publisher.pipeline import BuildOptions, build
from publisher.reporting import SilentReporter
from publisher.testing.images import ome_xml, planes, write_ome_tiff
from tests.pipeline.sites import CONFIG, build_site, tree
from tests.pipeline.sites import make_site as make_plain_site
from tests.safety import site_of_strings
from tests.safety.canaries import Canaries
from tests.safety.private_files import KINDS


def private_site(root: Path, kind: str, config: str = "") -> tuple[Path, Canaries]:
    """A site whose image files, of one kind, are full of private things."""
    canary = Canaries()
    root /= f"home-{canary('folder of the site')}"
    study = make_plain_site(root)
    shutil.rmtree(study / "images")
    (study / "images").mkdir()
    (study / "images.csv").unlink()
    KINDS[kind](study / "images", canary)
    (study / "study.yaml").write_text(f"title: S\nlicence: CC0-1.0\nimages: {PATTERNS.get(kind, '[images/*]')}\n")
    with (root / "site_config.yaml").open("a") as settings:
        settings.write(f"downloads: {{ozx: image}}\ncatalogue: {{quality_page: true}}\n{config}")
    return root, canary


PATTERNS = {"vendors": "['images/*', images/cv8000/plate.wpi]"}
STORES = {"tiffs": 6, "vendors": 8, "pictures": 2, "zarrs": 3}


@pytest.mark.parametrize("kind", KINDS)
def test_private_parts_of_files_of_all_formats_stay_out(kind: str, tmp_path: Path) -> None:
    root, canary = private_site(tmp_path, kind)
    outcome = build_site(root)
    assert outcome.problems == ()
    assert len(list((root / "_site").rglob("*.ome.zarr"))) == STORES[kind]
    assert canary.found_in(root / "_site") == {}
    for problem in outcome.warnings:
        assert not [value for value in canary.fields if value in problem.message], "nor does a warning quote them"


EVERYTHING = (*PERSONAL, "attachment")


def test_what_the_site_keeps_is_published_so_that_the_search_can_see_it(tmp_path: Path) -> None:
    root, canary = private_site(tmp_path, "tiffs", f"privacy: {{keep: {json.dumps(EVERYTHING)}}}\n")
    assert build_site(root).problems == ()
    found = canary.found_in(root / "_site")
    for field in ("Experimenter LastName", "Experimenter Email", "Group Name", "old OMEName", "old LastName"):
        assert field in found, field
    for field in ("key Operator", "key PatientName", "vendor user", "attachment", "file folder", "comment home"):
        assert field in found, field
    assert len(found) > 100
    for field in ("Artist", "HostComputer", "XMP"):
        assert f"ome {field}" not in found, "tags that nobody publishes"
    assert "Aperio barcode" not in found


def test_a_site_takes_out_more_everywhere(tmp_path: Path) -> None:
    """Elements, attributes and keys, in OME-XML, pages and JSON."""
    config = "privacy: {redact: [Description, CommentAnnotation, Gene, Model]}\n"
    root = tmp_path / "site"
    study = make_plain_site(root)
    canary = Canaries()
    pixels = planes(c=2, z=2, y=40, x=50, dtype="uint16")
    document = site_of_strings.ome_document(canary, pixels.shape)
    gene = "</Value></MapAnnotation>".join(document.split("</Value></MapAnnotation>"))
    gene = gene.replace("</Value></MapAnnotation>", f'<M K="Gene">{canary("gene")}</M></Value></MapAnnotation>')
    write_ome_tiff(study / "images/a.ome.tiff", pixels, xml=gene)
    build_site(root)
    wanted = {"ome description", "annotation description", "comment", "gene", "model", "detector", "objective"}
    assert wanted <= set(canary.found_in(root / "_site"))
    (root / "site_config.yaml").write_text(CONFIG + config)
    build_site(root)
    left = set(canary.found_in(root / "_site"))
    assert not left & wanted
    assert {"map value", "tag", "ome image name"} <= left


@pytest.mark.parametrize(("series", "published"), [("", [0]), (", series: [0, 2]", [0, 2])])
def test_the_label_of_a_slide_is_published_only_when_its_series_is_listed(
    series: str, published: list[int], tmp_path: Path
) -> None:
    study = make_plain_site(tmp_path)
    scan, label, macro = (planes(c=3, y=size, x=60) for size in (90, 40, 30))
    data = [f'<TiffData IFD="{number}"/>' for number in range(3)]
    xml = ome_xml([scan, label, macro], data, samples=3)
    xml = xml.replace('"image 1"', '"label image"').replace('"image 2"', '"macro image"')
    write_ome_tiff(study / "images" / "slide.ome.tiff", scan, label, macro, samples=3, xml=xml)
    text = (study / "study.yaml").read_text()
    said = f"[images/a.ome.tiff, {{path: images/slide.ome.tiff{series}}}]"
    (study / "study.yaml").write_text(text.replace("images/a.ome.tiff", said))
    outcome = build_site(tmp_path)
    assert outcome.problems == ()
    (store,) = (tmp_path / "_site").rglob("slide-*.ome.zarr")
    assert sorted(int(path.name) for path in store.iterdir() if path.name.isdigit()) == published
    document = (store / "OME" / "METADATA.ome.xml").read_text()
    assert ("macro image" in document) == (2 in published)
    assert "label image" not in document


HIDE: list[tuple[str, dict[str, object]]] = [
    ("draft", {"visibility": "draft"}),
    ("embargoed", {"visibility": "embargoed", "embargo_until": date(2026, 6, 1)}),
]


def hidden_study(root: Path, canary: Callable[[str], str], **more: object) -> Path:
    """A second study whose every field and file name is a token."""
    folder = root / "content/studies" / canary("slug")
    data = site_of_strings.study(canary, **more)
    for author in data["authors"]:
        author.pop("email", None)
    site_of_strings.write_yaml(folder / "study.yaml", data)
    file_name = f"odd/{canary('image folder')}/{canary('image file')}.ome.tiff"
    (folder / "images.csv").write_text(site_of_strings.rows(canary, file_name))
    site_of_strings.write_images(folder, canary, file_name)
    return folder


def build_on(root: Path, day: date) -> None:
    outcome = build(root, BuildOptions(today=day, threads=1), SilentReporter())
    assert outcome.problems == ()


@pytest.mark.parametrize(("name", "hiding"), HIDE)
def test_a_hidden_study_leaves_no_byte(name: str, hiding: dict[str, object], tmp_path: Path) -> None:
    root, canary = tmp_path / "site", Canaries()
    make_plain_site(root)
    build_site(root)
    before = tree(root / "_site")
    folder = hidden_study(root, canary, **hiding)
    build_site(root)
    assert canary.found_in(root / "_site") == {}
    assert tree(root / "_site") == before, "nor a count, nor a place in a list"
    if name == "embargoed":
        build_on(root, date(2026, 5, 31))
        assert canary.found_in(root / "_site") == {}
        build_on(root, date(2026, 6, 1))
        assert len(canary.found_in(root / "_site")) > 40
    else:
        site_of_strings.write_yaml(folder / "study.yaml", site_of_strings.study(canary))
        build_site(root)
        assert len(canary.found_in(root / "_site")) > 40
    site_of_strings.write_yaml(folder / "study.yaml", site_of_strings.study(canary, **HIDE[0][1]))
    build_site(root)
    assert canary.found_in(root / "_site") == {}
    assert tree(root / "_site") == before
    shutil.rmtree(folder)
    build_site(root)
    assert tree(root / "_site") == before


def test_a_study_withdrawn_after_the_ledger_was_lost_is_told_of(tmp_path: Path) -> None:
    root = tmp_path / "site"
    study = make_plain_site(root)
    build_site(root)
    shutil.rmtree(root / ".publisher")
    (study / "study.yaml").write_text("visibility: draft\n" + (study / "study.yaml").read_text())
    outcome = build_site(root)
    [problem] = [problem for problem in outcome.problems if problem.code == "build.unknown-files"]
    assert "_site" in str(problem)
    assert "data/mitosis" in str(problem)
