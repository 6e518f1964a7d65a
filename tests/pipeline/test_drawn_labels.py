"""A study whose images have masks among their regions: the label images that are drawn of these."""

import csv
import io
import json
from base64 import b64encode
from pathlib import Path

import numpy as np
import pytest
import tifffile
import zarr

from publisher.ngff.validate import validate_fileset
from publisher.testing.images import planes, write_ome_zarr
from tests.pipeline.sites import build_site, make_site, tree

RED, CLEAR_GREEN = -16776961, 16711808
"""As OME writes colours: FF0000FF, 00FF0080."""
DISC = np.hypot(*np.mgrid[-9.5:10, -14.5:15]) < 9
"""20 rows of 30 pixels."""
ROIS = (
    '<ROI ID="ROI:1" Name="cell"><Union>{first}{second}<Label ID="Shape:x" X="1" Y="1" Text="no mask"/></Union></ROI>'
    '<ROI ID="ROI:2"><Union><Rectangle ID="Shape:r" X="200" Y="100" Width="50" Height="20" Text="box"/></Union></ROI>'
    '<ROI ID="ROI:3" Name="bud"><Union>{third}</Union></ROI>'
)


def mask(identifier: str, bits: np.ndarray, x: float, y: float, **said: object) -> str:
    height, width = said.pop("box", bits.shape)
    data = b64encode(np.packbits(bits).tobytes()).decode()
    words = " ".join(f'{name}="{value}"' for name, value in said.items())
    return (
        f'<Mask ID="Shape:{identifier}" X="{x}" Y="{y}" Width="{width}" Height="{height}" {words}>'
        f'<BinData BigEndian="false" Length="{len(data)}">{data}</BinData></Mask>'
    )


def rois(third_x: int = 20) -> str:
    return ROIS.format(
        first=mask("a", DISC, 10, 15, TheZ=0, FillColor=CLEAR_GREEN, Text="in the middle"),
        second=mask("b", DISC, 40, 50, TheZ=1),
        third=mask("c", DISC, third_x, 20, StrokeColor=RED),
    )


def write_rois(path: Path, elements: str) -> None:
    """Put regions into the document of an OME-TIFF with one image."""
    xml = tifffile.tiffcomment(path)
    refs = "".join(f'<ROIRef ID="ROI:{number}"/>' for number in (1, 2, 3) if f'"ROI:{number}"' in elements)
    assert "</Image></OME>" in xml
    tifffile.tiffcomment(path, xml.replace("</Image></OME>", f"{refs}</Image>{elements}</OME>").encode())


def expected(third_x: int = 20) -> np.ndarray:
    """(T, Z, Y, X): later regions over earlier ones, the third on both sections."""
    found = np.zeros((1, 2, 200, 300), np.uint8)
    found[0, 0, 15:35, 10:40][DISC] = 1
    found[0, 1, 50:70, 40:70][DISC] = 1
    for section in found[0]:
        section[20:40, third_x : third_x + 30][DISC] = 2
    return found


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A site whose image a has regions, not built yet."""
    root = tmp_path / "site"
    write_rois(make_site(root) / "images/a.ome.tiff", rois())
    return root


def say(root: Path, old: str, new: str) -> None:
    path = root / "content/studies/mitosis/study.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new))


def store(root: Path, stem: str = "a") -> Path:
    [found] = (root / "_site/data/mitosis").glob(f"{stem}-*.ome.zarr")
    return found / "0"


def page(root: Path, stem: str = "a") -> Path:
    [found] = (root / "_site/studies/mitosis/images").glob(f"{stem}-*")
    return found


def drawn(root: Path, name: str = "masks", stem: str = "a") -> np.ndarray:
    assert validate_fileset(store(root, stem).parent) == ()
    return zarr.open_array(store(root, stem) / "labels" / name / "0", mode="r")[:]


def described(root: Path, name: str = "masks") -> dict:
    return json.loads((store(root) / "labels" / name / "zarr.json").read_text())["attributes"]["ome"]["image-label"]


def test_masks_become_labels_on_their_planes_in_the_order_of_regions(root):
    outcome = build_site(root)
    assert outcome.problems == ()
    assert np.array_equal(drawn(root), expected())
    assert not (store(root, "b") / "labels").exists()


def test_labels_have_the_names_words_and_colours_of_their_regions(root):
    build_site(root)
    said = described(root)
    assert said["properties"] == [
        {"label-value": 1, "roi": "ROI:1", "name": "cell", "text": "in the middle"},
        {"label-value": 2, "roi": "ROI:3", "name": "bud"},
    ]
    assert said["colors"] == [
        {"label-value": 1, "rgba": [0, 255, 0, 128]},
        {"label-value": 2, "rgba": [255, 0, 0, 255]},
    ]
    [one] = json.loads((page(root) / "labels.json").read_text())["labels"]
    assert (one["name"], one["path"], one["count"]) == ("masks", "labels/masks", 2)
    table = list(csv.DictReader(io.StringIO((page(root) / one["table"]).read_text())))
    assert [(row["value"], row["roi"], row["pixels"]) for row in table] == [
        (str(value), roi, str((expected() == value).sum())) for value, roi in ((1, "ROI:1"), (2, "ROI:3"))
    ]
    assert "ROI:3" in (page(root) / "regions.csv").read_text()


def test_what_later_regions_cover_is_counted(root):
    overlap = int((expected(250)[0, 0] == 1).sum() - (expected()[0, 0] == 1).sum())
    assert overlap > 0
    [found] = [each for each in build_site(root).warnings if each.code == "labels.regions-overlap"]
    assert f" {overlap:,} pixels" in found.message


def test_a_region_beyond_the_image_is_missed_in_words(root):
    write_rois(root / "content/studies/mitosis/images/b.ome.tiff", rois(third_x=1000))
    [found] = [each for each in build_site(root).warnings if each.code == "labels.regions-unseen"]
    assert "1 regions" in found.message
    assert set(np.unique(drawn(root, stem="b"))) == {0, 1}


def test_a_moved_mask_is_drawn_anew_and_no_pixel_of_a_curated_document_is(root):
    document = root / "content/studies/mitosis/a.ome.xml"
    image = root / "content/studies/mitosis/images/a.ome.tiff"
    xml = tifffile.tiffcomment(image)
    document.write_text(xml)
    tifffile.tiffcomment(image, xml[: xml.index("<ROIRef")].encode() + b"</Image></OME>")
    with (root / "content/studies/mitosis/study.yaml").open("a") as file:
        file.write("regions: [{path: a.ome.xml, image: images/a.ome.tiff}]\n")
    assert build_site(root).problems == ()
    assert np.array_equal(drawn(root), expected())
    assert not build_site(root).report.ran
    document.write_text(xml.replace('X="20"', 'X="90"'))
    ran = build_site(root).report.ran
    assert any(name.endswith("/labels/masks") for name in ran)
    assert not any(name.startswith("pixels") and "/labels/" not in name for name in ran)
    assert np.array_equal(drawn(root), expected(90))
    document.write_text(xml.replace("Mask", "Label"))
    assert build_site(root).problems == ()
    assert not (store(root) / "labels").exists()
    assert not (page(root) / "labels.json").exists()


def test_masks_of_a_document_beside_the_file_are_drawn(root):
    images = root / "content/studies/mitosis/images"
    (images / "b.xml").write_text(tifffile.tiffcomment(images / "a.ome.tiff"))
    say(root, "[images/b.ome.tiff,", "[{path: images/b.ome.tiff, metadata: images/b.xml},")
    assert build_site(root).problems == ()
    assert np.array_equal(drawn(root, stem="b"), expected())


def test_all_closed_shapes_are_drawn_where_the_curator_says_so(root):
    say(root, "images/a.ome.tiff}", "{path: images/a.ome.tiff, labels_from_regions: all}}")
    assert build_site(root).problems == ()
    found = np.where(expected() == 2, 3, expected())
    found[..., 100:120, 200:250] = 2
    assert np.array_equal(drawn(root, "regions"), found)
    assert [each["roi"] for each in described(root, "regions")["properties"]] == ["ROI:1", "ROI:2", "ROI:3"]


def test_none_are_drawn_where_the_curator_says_so(root):
    say(root, "images/a.ome.tiff}", "{path: images/a.ome.tiff, labels_from_regions: none}}")
    assert build_site(root).problems == ()
    assert not (store(root) / "labels").exists()


def test_a_label_image_of_that_name_keeps_it(root):
    study = root / "content/studies/mitosis"
    (study / "curated").mkdir()
    curated = np.full((2, 200, 300), 7, np.uint8)
    tifffile.imwrite(study / "curated/a.tif", curated, ome=True, metadata={"axes": "ZYX"})
    say(root, "images/a.ome.tiff}", "{path: images/a.ome.tiff, labels: {masks: 'curated/{stem}.tif'}}}")
    assert build_site(root).problems == ()
    assert (drawn(root) == 7).all()
    assert np.array_equal(drawn(root, "masks-2"), expected())


def test_the_same_regions_give_the_same_bytes(root, tmp_path):
    build_site(root)
    other = tmp_path / "other"
    write_rois(make_site(other) / "images/a.ome.tiff", rois())
    build_site(other)
    assert tree(root / "_site") == tree(other / "_site")


def write_zarr(root: Path, name: str, levels: tuple[int, ...]) -> Path:
    """An OME-Zarr halved so many times at each level, and a document with regions of its name."""
    study = root / "content/studies/mitosis"
    (study / "regions").mkdir(exist_ok=True)
    xml = tifffile.tiffcomment(study / "images/a.ome.tiff")
    (study / "regions" / f"{name}.ome.xml").write_text(xml)
    folder = study / "images" / f"{name}.ome.zarr"
    pixels = planes(c=2, z=2, y=200, x=300, dtype="uint16")
    write_ome_zarr(folder, pixels, levels=max(levels) + 1, chunk=(1, 1, 1, 64, 64))
    said = json.loads((folder / "zarr.json").read_text())
    [scale] = said["attributes"]["ome"]["multiscales"]
    scale["datasets"] = [scale["datasets"][level] for level in levels]
    (folder / "zarr.json").write_text(json.dumps(said))
    return folder


def test_pixels_that_are_kept_as_they_are_stay_so(root):
    for name, levels in (("one", (0,)), ("two", (0, 1)), ("odd", (0, 2))):
        write_zarr(root, name, levels)
    say(root, "[images/b.ome.tiff,", "[images/*.ome.zarr, images/b.ome.tiff,")
    with (root / "content/studies/mitosis/study.yaml").open("a") as file:
        file.write("regions: [regions/*.ome.xml]\n")
    outcome = build_site(root)
    assert outcome.problems == ()
    assert np.array_equal(drawn(root, stem="two"), expected())
    left = [each.path.rpartition("/")[2] for each in outcome.warnings if each.code == "labels.left-out"]
    assert left == ["odd.ome.zarr", "one.ome.zarr"]
    assert not any((store(root, name) / "labels").exists() for name in ("one", "odd"))
    for name in ("one", "two", "odd"):
        own = zarr.open_array(root / "content/studies/mitosis/images" / f"{name}.ome.zarr/0", mode="r")
        kept = zarr.open_array(store(root, name) / "0", mode="r")
        assert kept.chunks == own.chunks
        assert np.array_equal(kept[:], own[:])
