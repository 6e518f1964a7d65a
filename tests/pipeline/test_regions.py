"""A study with regions: what is published of them, on which image, and what a change costs."""

import csv
import io
import json
from dataclasses import replace
from pathlib import Path
from zipfile import ZipFile

import pytest
import tifffile
from jsonschema import Draft202012Validator

from publisher.formats.imagej_roi import StackSizes, read_roi_file, write_roi_set
from publisher.formats.ome_xml.engine import to_text
from publisher.formats.ome_xml.roi import roi_element
from publisher.formats.ome_xml.tree import parse, validate
from publisher.model.roi import ROI, Plane, Point, Polygon, Rectangle
from publisher.testing.images import planes, write_imagej_tiff
from tests.model.test_shape_outline import mask
from tests.pipeline.sites import build_site, make_site, tree, write_image

SEAMS = Path(__file__).parents[2] / "docs/design/seams"
SIZES = StackSizes(c=2, z=2)
NUCLEUS = ROI(
    id="",
    name="nucleus",
    shapes=(Polygon(points=((10, 10), (40, 10), (40, 30), (10, 30)), plane=Plane(z=1, c=0, t=0)),),
)
OME = """<OME xmlns="http://www.openmicroscopy.org/Schemas/OME/2016-06">
<Image ID="Image:7" Name="Cell B"><Pixels ID="Pixels:7" DimensionOrder="XYZCT" Type="uint16" SizeX="300" SizeY="200"
 SizeZ="2" SizeC="2" SizeT="1"><MetadataOnly/></Pixels><ROIRef ID="ROI:5"/></Image>
<Image ID="Image:8" Name="Cell C"><Pixels ID="Pixels:8" DimensionOrder="XYZCT" Type="uint16" SizeX="300" SizeY="200"
 SizeZ="2" SizeC="2" SizeT="1"><MetadataOnly/></Pixels><ROIRef ID="ROI:6"/></Image>
<ROI ID="ROI:5" Name="of B"><Union><Rectangle ID="Shape:5" X="1" Y="2" Width="30" Height="40"/>
<Mask ID="Shape:50" X="5" Y="5" Width="4" Height="2"><BinData BigEndian="false" Length="1">8A==</BinData></Mask>
</Union></ROI>
<ROI ID="ROI:6" Name="of C"><Union><Ellipse ID="Shape:6" X="50" Y="60" RadiusX="9" RadiusY="4"/></Union></ROI></OME>"""
POINT = {"type": "Feature", "id": "f-1", "geometry": {"type": "Point", "coordinates": [7, 8]}, "properties": {}}


def write_set(path: Path, *rois: ROI) -> None:
    path.write_bytes(write_roi_set(rois, SIZES))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    study = make_site(root)
    (study / "rois").mkdir()
    write_set(study / "rois" / "a_RoiSet.zip", NUCLEUS)
    (study / "rois" / "all.ome.xml").write_text(OME)
    (study / "rois" / "second look.geojson").write_text(json.dumps(POINT))
    with (study / "study.yaml").open("a") as file:
        file.write(
            "regions: [rois/*.zip, rois/all.ome.xml, {path: rois/second look.geojson, image: images/a.ome.tiff}]\n"
        )
    outcome = build_site(root)
    assert outcome.problems == ()
    assert outcome.warnings == ()
    return root


def study(root: Path) -> Path:
    return root / "content/studies/mitosis"


def page(root: Path, stem: str) -> Path:
    [found] = (root / "_site/studies/mitosis/images").glob(f"{stem}-*")
    return found


def document(root: Path, stem: str) -> dict:
    return json.loads((page(root, stem) / "regions.json").read_text())


def rows(root: Path, stem: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO((page(root, stem) / "regions.csv").read_text())))


def names(root: Path, stem: str) -> list[str]:
    return [region.get("name", region["id"]) for region in document(root, stem)["regions"]]


def test_files_belong_to_the_image_that_is_named_or_whose_name_they_have(site):
    assert names(site, "a") == ["nucleus", "ROI:f-1"]
    assert names(site, "b") == ["of B"]
    assert names(site, "c") == ["of C"]


def test_the_region_json_is_what_the_seam_says_and_the_viewer_is_told_of_it(site):
    schema = Draft202012Validator(json.loads((SEAMS / "regions.schema.json").read_text()))
    for stem in "abc":
        schema.validate(document(site, stem))
        viewer = json.loads((page(site, stem) / "index.json").read_text())["viewer"]
        assert viewer["regions"] == "regions.json"
    [region] = document(site, "b")["regions"]
    assert (page(site, "b") / region["shapes"][1]["bitmap"]).read_bytes()[:4] == b"\x89PNG"


def test_intensities_are_those_of_the_pixels_at_full_resolution(site):
    pixels = planes(c=2, z=2, y=200, x=300, dtype="uint16")[0]  # T C Z Y X of a, seed 0
    [nucleus, point] = rows(site, "a")
    values = pixels[1, 1, 10:30, 10:40].astype(float)
    assert (nucleus["type"], nucleus["z"], nucleus["measured_z"], nucleus["pixels"]) == ("polygon", "2", "2", "600")
    assert float(nucleus["Tubulin mean"]) == pytest.approx(values.mean())
    assert float(nucleus["Tubulin sd"]) == pytest.approx(values.std(ddof=1))
    assert float(nucleus["Tubulin sum"]) == values.sum()
    assert float(nucleus["area_um2"]) == pytest.approx(600 * 0.01)
    assert float(point["DNA max"]) == pixels[0, 1, 8, 7]


def test_a_row_finds_its_region_in_every_file(site):
    [row, *_] = rows(site, "a")
    geojson = json.loads((page(site, "a") / "regions.geojson").read_text())["features"]
    selections = read_roi_file((page(site, "a") / "RoiSet.zip").read_bytes(), SIZES, name="RoiSet.zip")
    xml = parse((page(site, "a") / "ome.xml").read_bytes(), name="a")
    assert (row["roi"], row["shape"]) == ("ROI:a-roiset:1", "Shape:a-roiset:1:1")
    for found in (
        [(region["id"], region["shapes"][0]["id"]) for region in document(site, "a")["regions"]],
        [(feature["properties"]["roi"], feature["id"]) for feature in geojson],
        [(roi.id, roi.shapes[0].id) for roi in selections],
        [(roi.get("ID"), roi[0][0].get("ID")) for roi in xml.root.iterfind("{*}ROI")],
    ):
        assert (row["roi"], row["shape"]) in found
    assert float(row["DNA mean"]) == pytest.approx(geojson[0]["properties"]["measurements"]["DNA mean"])


def test_the_published_ome_xml_has_them_and_is_valid(site):
    data = (page(site, "b") / "ome.xml").read_bytes()
    assert validate(data) == ()
    found = parse(data, name="b")
    assert [ref.get("ID") for ref in found.image(0).iterfind("{*}ROIRef")] == ["ROI:5"]
    [fileset] = (site / "_site/data/mitosis").glob("b-*/OME/METADATA.ome.xml")
    assert b'ID="ROI:5"' in fileset.read_bytes()


def test_the_page_lists_them_and_draws_them_over_the_picture(site):
    html = (page(site, "a") / "index.html").read_text()
    assert '<th scope="row" title="ROI:a-roiset:1">nucleus</th>' in html
    assert 'src="regions.svg"' in html
    assert "2 ROIs: 1 polygon, 1 point" in html


def test_a_changed_file_is_measured_anew_and_no_pixel_converted(site):
    assert build_site(site).report.ran == {}
    write_set(study(site) / "rois" / "a_RoiSet.zip", NUCLEUS, ROI(id="", name="new", shapes=(Point(x=1, y=1),)))
    outcome = build_site(site)
    assert outcome.problems == ()
    ran = set(outcome.report.ran)
    assert not {step for step in ran if step.startswith(("pixels", "pictures", "page studies/mitosis/images/b"))}
    assert names(site, "a") == ["nucleus", "new", "ROI:f-1"]


def test_a_file_that_is_taken_away_takes_its_regions_along(site):
    (study(site) / "rois" / "a_RoiSet.zip").unlink()
    text = (study(site) / "study.yaml").read_text()
    (study(site) / "study.yaml").write_text(text.replace("rois/*.zip, ", ""))
    assert build_site(site).problems == ()
    assert names(site, "a") == ["ROI:f-1"]
    text = (study(site) / "study.yaml").read_text()
    (study(site) / "study.yaml").write_text(text[: text.index("regions:")])
    assert build_site(site).problems == ()
    assert not list((site / "_site/studies").rglob("regions*"))
    assert not list((site / "_site/studies").rglob("RoiSet.zip"))
    assert b"ROI" not in (page(site, "b") / "ome.xml").read_bytes()


def test_what_was_remembered_changes_no_byte(site, tmp_path):
    before = tree(site / "_site")
    for kept in (site / ".publisher").iterdir():
        kept.rename(tmp_path / kept.name)
    build_site(site)
    assert tree(site / "_site") == before


def test_a_damaged_file_costs_its_regions_and_not_the_image(site):
    (study(site) / "rois" / "a_RoiSet.zip").write_bytes(b"PK\x03\x04nothing")
    (site / "_site").rename(site / "before")
    (site / ".publisher").rename(site / "remembered")
    outcome = build_site(site)
    assert {problem.code for problem in outcome.problems} == {"regions.damaged"}
    assert outcome.problems[0].path == "content/studies/mitosis/rois/a_RoiSet.zip"
    assert (page(site, "a") / "index.html").is_file()
    assert not (page(site, "a") / "regions.json").exists()
    assert names(site, "b") == ["of B"]


def test_files_that_belong_to_nothing_or_to_several_are_told(site):
    (study(site) / "rois" / "stranger.geojson").write_text(json.dumps(POINT))
    (study(site) / "rois" / "stranger.ome.xml").write_text(OME.replace("Cell ", "Mouse "))
    write_image(study(site) / "images" / "d.ome.tiff", 5)
    text = (study(site) / "study.yaml").read_text()
    (study(site) / "study.yaml").write_text(
        text.replace("regions: [", "regions: [rois/stranger.*, {path: rois/a_RoiSet.zip, image: Twin}, ").replace(
            "images/c.ome.tiff]", "images/c.ome.tiff, images/d.ome.tiff]"
        )
    )
    with (study(site) / "images.csv").open("a") as file:
        file.write("images/d.ome.tiff,Twin,\n")
    rows_text = (study(site) / "images.csv").read_text()
    (study(site) / "images.csv").write_text(rows_text.replace("Cell C", "Twin"))
    found = {(problem.code, (problem.path or "").rpartition("/")[2]) for problem in build_site(site).warnings}
    assert ("regions.no-image", "stranger.geojson") in found
    assert ("regions.no-image", "stranger.ome.xml") in found
    assert ("regions.several-images", "a_RoiSet.zip") in found


def test_a_link_out_of_the_study_is_not_followed(site, tmp_path):
    outside = tmp_path / "secret.zip"
    (study(site) / "rois" / "a_RoiSet.zip").unlink()
    write_set(outside, NUCLEUS, NUCLEUS)
    (study(site) / "rois" / "a_RoiSet.zip").symlink_to(outside)
    assert {problem.code for problem in build_site(site).problems} == {"study.outside"}


def test_what_was_drawn_in_imagej_comes_along(tmp_path):
    root = tmp_path / "site"
    images = make_site(root) / "images"
    images.joinpath("b.ome.tiff").unlink()
    [drawn] = _selections(ROI(id="", name="of ann@example.org", shapes=(Rectangle(x=1, y=2, width=3, height=4),)))
    write_imagej_tiff(images / "b.tif", planes(z=3, y=20, x=30), Overlays=[drawn])
    text = (root / "content/studies/mitosis/study.yaml").read_text()
    (root / "content/studies/mitosis/study.yaml").write_text(text.replace("b.ome.tiff", "b.tif"))
    rows_text = (root / "content/studies/mitosis/images.csv").read_text()
    (root / "content/studies/mitosis/images.csv").write_text(rows_text.replace("b.ome.tiff", "b.tif"))
    assert build_site(root).problems == ()
    assert names(root, "b") == ["of [redacted]"]
    [row] = rows(root, "b")
    assert (row["x"], row["y"], row["width"], row["height"], row["measured_z"]) == ("1", "2", "3", "4", "2")
    assert b"[redacted]" in (page(root, "b") / "ome.xml").read_bytes()
    assert b"ann@" not in b"".join(path.read_bytes() for path in page(root, "b").iterdir())


def _selections(*rois: ROI) -> list[bytes]:
    data = write_roi_set(rois, StackSizes(z=3))
    with ZipFile(io.BytesIO(data)) as archive:
        return [archive.read(name) for name in archive.namelist()]


def test_private_words_of_the_source_stay_behind_and_those_of_the_curator_are_kept(tmp_path):
    root = tmp_path / "site"
    path = make_site(root) / "images" / "b.ome.tiff"
    label = '<Label ID="Shape:1" X="1" Y="1" Text="ann@example.org"/>'
    roi = f'<ROI ID="ROI:1" Name="by ann@example.org"><Union>{label}</Union></ROI>'
    with tifffile.TiffFile(path) as file:
        xml = file.ome_metadata
    tifffile.tiffcomment(
        path, xml.replace("</Image>", '<ROIRef ID="ROI:1"/></Image>').replace("</OME>", roi + "</OME>").encode()
    )
    assert build_site(root).problems == ()
    assert names(root, "b") == ["by [redacted]"]
    assert b"ann@" not in b"".join(path.read_bytes() for path in page(root, "b").iterdir())


def test_masks_of_one_form_share_their_picture(tmp_path):
    root = tmp_path / "site"
    folder = make_site(root)
    shape = mask("1010", "0111")

    shapes = tuple(replace(shape, id=f"Shape:{n}", x=float(n)) for n in range(3))
    roi = to_text(roi_element(ROI(id="ROI:1", shapes=shapes)))
    head, _, _ = OME.partition('<Image ID="Image:8"')
    (folder / "a.ome.xml").write_text(head.replace("ROI:5", "ROI:1") + roi + "</OME>")
    with (folder / "study.yaml").open("a") as file:
        file.write("regions: a.ome.xml\n")
    assert build_site(root).problems == ()
    [region] = document(root, "a")["regions"]
    assert {shape["bitmap"] for shape in region["shapes"]} == {"regions-mask-1.png"}
    assert len(list(page(root, "a").glob("*.png"))) == 1
