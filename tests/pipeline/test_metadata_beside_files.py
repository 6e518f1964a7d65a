"""A study with an OME-XML document beside its files: what is published of it, and what a change costs."""

import json
from pathlib import Path

import pytest

from publisher.formats.ome_xml.tree import parse, validate
from tests.pipeline.sites import build_site, make_site

SIZES = 'DimensionOrder="XYZCT" Type="uint16" SizeX="300" SizeY="200" SizeZ="2" SizeC="2" SizeT="1"'
SAID = f"""<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
<Image ID="Image:51" Name="b.ome.tiff"><Description>Said of b</Description>
  <Pixels ID="Pixels:51" {SIZES}><MetadataOnly/></Pixels>
  <ROIRef ID="ROI:1"/><AnnotationRef ID="Annotation:1"/></Image>
<Image ID="Image:52" Name="a.ome.tiff"><Pixels ID="Pixels:52" {SIZES}><MetadataOnly/></Pixels>
  <AnnotationRef ID="Annotation:1"/><AnnotationRef ID="Annotation:2"/></Image>
<StructuredAnnotations><TagAnnotation ID="Annotation:1"><Value>shared tag</Value></TagAnnotation>
<MapAnnotation ID="Annotation:2"><Value><M K="Drug">taxol</M></Value></MapAnnotation></StructuredAnnotations>
<ROI ID="ROI:1"><Union><Rectangle ID="Shape:1" X="1" Y="2" Width="30" Height="40"/></Union></ROI></OME>"""


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    study = make_site(root)
    (study / "images.csv").unlink()
    (study / "transfer.xml").write_text(SAID)
    edit(study / "study.yaml", "images/a.ome.tiff}", "{path: images/a.ome.tiff, metadata: transfer.xml}}")
    edit(
        study / "study.yaml",
        "[images/b.ome.tiff, images/c.ome.tiff]",
        "[{path: images/b.ome.tiff, metadata: {path: transfer.xml, image: 'Image:51'}}, images/c.ome.tiff]",
    )
    outcome = build_site(root)
    assert outcome.problems == ()
    assert outcome.warnings == ()
    return root


def page(root: Path, stem: str) -> Path:
    [found] = (root / "_site/studies/mitosis/images").glob(f"{stem}-*")
    return found


def test_each_page_shows_what_the_document_says_of_its_image(site):
    a, b, c = ((page(site, stem) / "index.json").read_text() for stem in "abc")
    assert "taxol" in a
    assert "taxol" not in b + c
    assert "shared tag" in a
    assert "shared tag" in b
    assert "shared tag" not in c
    assert "Said of b" in b
    assert json.loads(b)["title"] == "b.ome.tiff"


def test_the_published_document_has_its_regions_and_annotations(site):
    data = (page(site, "b") / "ome.xml").read_bytes()
    assert validate(data) == ()
    tree = parse(data, name="b")
    [region] = tree.root.iterfind("{*}ROI")
    assert region[0][0].get("Width") == "30"
    assert [ref.get("ID") for ref in tree.image(0).iterfind("{*}ROIRef")] == [region.get("ID")]
    assert "shared tag" in {element.text for element in tree.root.iterfind(".//{*}TagAnnotation/{*}Value")}


def test_a_changed_document_is_published_and_no_pixel_converted(site):
    assert build_site(site).report.ran == {}
    edit(site / "content/studies/mitosis/transfer.xml", "taxol", "nocodazole")
    outcome = build_site(site)
    assert outcome.problems == ()
    ran = set(outcome.report.ran)
    assert not {step for step in ran if step.startswith(("pixels", "pictures"))}
    assert {step.split("-")[0] for step in ran if step.startswith("describe")} == {
        "describe mitosis/a",
        "describe mitosis/b",
    }
    assert "nocodazole" in (page(site, "a") / "index.json").read_text()
    assert "nocodazole" in (page(site, "a") / "ome.xml").read_text()


def test_a_document_that_is_not_there_is_named_with_the_line_that_asks_for_it(site):
    (site / "content/studies/mitosis/transfer.xml").unlink()
    found = [problem for problem in build_site(site).problems if problem.code == "metadata.no-such-file"]
    assert [problem.line for problem in found] == [7, 8]


def test_a_link_out_of_the_study_is_not_followed(site, tmp_path):
    outside = tmp_path / "secret.xml"
    study = site / "content/studies/mitosis"
    (study / "transfer.xml").unlink()
    outside.write_text(SAID.replace("taxol", "secret"))
    (study / "transfer.xml").symlink_to(outside)
    assert {problem.code for problem in build_site(site).problems} == {"metadata.outside"}


def test_a_hostile_document_costs_the_images_it_speaks_of_and_no_other(site):
    bomb = '<!DOCTYPE OME [<!ENTITY a "aaaa">]>' + SAID
    (site / "content/studies/mitosis/transfer.xml").write_text(bomb)
    outcome = build_site(site)
    assert {problem.code for problem in outcome.problems} == {"ome-xml.doctype"}
    assert (page(site, "c") / "index.html").is_file()
