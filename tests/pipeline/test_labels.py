"""A study with curated label images: what is published of them, and what a change costs."""

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest
import tifffile
import zarr
from jsonschema import Draft202012Validator
from PIL import Image
from referencing import Registry, Resource

from publisher.ngff.validate import validate_fileset
from publisher.testing.images import planes, plate_xml, write_ome_tiff
from tests.pipeline.sites import build_site, make_site, tree, write_image

REPOSITORY = Path(__file__).parents[2]
LABELLED = (
    "images/a.ome.tiff}",
    "[{path: images/a.ome.tiff, labels: {nuclei: {path: 'masks/{stem}.tif', source: Drawn by hand}}}]}",
)


def objects(number: int = 3) -> np.ndarray:
    """Labels for `sites.write_image` (Z2, 200 x 300): ``number`` columns, with values 10 apart."""
    columns = np.arange(300) * (number + 1) // 300 * 10
    return np.broadcast_to(columns.astype("uint16"), (2, 200, 300)).copy()


def write_labels(path: Path, pixels: np.ndarray, axes: str = "ZYX") -> None:
    path.parent.mkdir(exist_ok=True)
    tifffile.imwrite(path, pixels, ome=True, metadata={"axes": axes})


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_text()
    assert old in text
    path.write_text(text.replace(old, new))


@pytest.fixture
def site(tmp_path: Path) -> Path:
    root = tmp_path / "site"
    study = make_site(root)
    edit(study / "study.yaml", *LABELLED)
    write_labels(study / "masks" / "a.tif", objects())
    assert build_site(root).problems == ()
    return root


def study(root: Path) -> Path:
    return root / "content" / "studies" / "mitosis"


def fileset(root: Path) -> Path:
    [found] = (root / "_site/data/mitosis").glob("a-*.ome.zarr")
    return found


def page(root: Path) -> Path:
    [found] = (root / "_site/studies/mitosis/images").glob("a-*")
    return found


def ran(root: Path) -> set[str]:
    """Steps that a build runs, without the study's slug and ids."""
    names = build_site(root).report.ran
    return {name.split(" ")[0] + (" labels" if "/labels/" in name else "") for name in names}


def changed(root: Path) -> set[str]:
    """Files that a build writes or removes."""
    before = {path: path.stat().st_mtime_ns for path in (root / "_site").rglob("*") if path.is_file()}
    build_site(root)
    after = {path: path.stat().st_mtime_ns for path in (root / "_site").rglob("*") if path.is_file()}
    return {
        str(path.relative_to(root / "_site")) for path in before.keys() | after if before.get(path) != after.get(path)
    }


def test_curated_labels_are_published_below_their_image(site: Path) -> None:
    assert validate_fileset(fileset(site)) == ()
    array = zarr.open_array(fileset(site) / "0/labels/nuclei/0", mode="r")
    assert np.array_equal(array[:], objects()[np.newaxis])
    document = json.loads((fileset(site) / "0/labels/nuclei/zarr.json").read_text())["attributes"]["ome"]
    assert [axis["name"] for axis in document["multiscales"][0]["axes"]] == ["t", "z", "y", "x"]
    scales = document["multiscales"][0]["datasets"][1]["coordinateTransformations"]
    assert scales[0]["scale"] == [1.0, 0.5, 0.2, 0.2]
    assert scales[1]["translation"] == pytest.approx([0.0, 0.0, 0.05, 0.05])
    assert [color["label-value"] for color in document["image-label"]["colors"]] == [10, 20, 30]


def test_labels_are_no_image_of_the_study(site: Path) -> None:
    assert len(list((site / "_site/data/mitosis").glob("*.ome.zarr"))) == 3
    assert not list((site / "_site").rglob("*masks*"))


def test_the_page_lists_and_shows_them(site: Path) -> None:
    html = (page(site) / "index.html").read_text()
    assert "3 objects" in html
    assert "Drawn by hand" in html
    assert 'href="labels-nuclei.csv"' in html
    assert 'src="labels-nuclei.webp"' in html
    viewer = json.loads((page(site) / "index.json").read_text())["viewer"]
    assert viewer["labels"] == [{"name": "nuclei", "path": "labels/nuclei"}]


def test_the_list_of_labels_fits_its_schema(site: Path) -> None:
    schema = json.loads((REPOSITORY / "docs/design/seams/labels.schema.json").read_text())
    document = json.loads((page(site) / "labels.json").read_text())
    registry = Registry().with_resource("labels.schema.json", Resource.from_contents(schema))
    Draft202012Validator(schema, registry=registry).validate(document)
    [labels] = document["labels"]
    assert (labels["count"], labels["source"], labels["table"]) == (3, "Drawn by hand", "labels-nuclei.csv")


def test_the_table_has_a_row_for_each_object(site: Path) -> None:
    rows = list(csv.DictReader(io.StringIO((page(site) / "labels-nuclei.csv").read_text())))
    assert [row["value"] for row in rows] == ["10", "20", "30"]
    assert rows[0] == {
        "value": "10", "pixels": "30000", "first_t": "0", "last_t": "0", "first_z": "0", "last_z": "1",
        "first_y": "0", "last_y": "199", "first_x": "75", "last_x": "149",
    }  # fmt: skip


def test_the_overlay_is_as_large_as_the_picture_and_clear_where_nothing_is(site: Path) -> None:
    folder = page(site)
    with Image.open(folder / "picture.webp") as picture, Image.open(folder / "labels-nuclei.webp") as overlay:
        assert overlay.size == picture.size
        alpha = np.asarray(overlay)[..., 3]
    assert (alpha[:, :74] == 0).all()
    assert alpha[100, 75] == 255, "an outline"
    assert 0 < alpha[100, 100] < 255, "inside of it"


def test_a_changed_colour_touches_no_chunk(site: Path) -> None:
    edit(study(site) / "study.yaml", "source: Drawn by hand", "source: Drawn by hand, colors: {20: FF0000}")
    assert ran(site) == {"describe", "labels", "manifest"}, "and the page names the same files"
    document = json.loads((fileset(site) / "0/labels/nuclei/zarr.json").read_text())["attributes"]["ome"]
    colors = {one["label-value"]: one["rgba"] for one in document["image-label"]["colors"]}
    assert colors[20] == [255, 0, 0, 255]
    assert set(colors) == {10, 20, 30}


def test_properties_come_from_a_table(site: Path) -> None:
    (study(site) / "masks" / "a.csv").write_text("value,phase\n10,anaphase\n")
    edit(study(site) / "study.yaml", "source: Drawn by hand", "properties: 'masks/{stem}.csv'")
    build_site(site)
    document = json.loads((fileset(site) / "0/labels/nuclei/zarr.json").read_text())["attributes"]["ome"]
    properties = [{"label-value": 10, "phase": "anaphase"}, {"label-value": 20}, {"label-value": 30}]
    assert document["image-label"]["properties"] == properties
    assert "10,30000,0,0,0,1,0,199,75,149,anaphase" in (page(site) / "labels-nuclei.csv").read_text()


def test_a_changed_label_file_writes_no_pixel_of_its_image(site: Path) -> None:
    write_labels(study(site) / "masks" / "a.tif", objects(5))
    written = changed(site)
    chunks = {path.split(".ome.zarr/")[1] for path in written if "/c/" in path}
    assert chunks
    assert all(path.startswith("0/labels/nuclei/") for path in chunks)
    assert "5 objects" in (page(site) / "index.html").read_text()


def test_a_changed_image_writes_no_pixel_of_its_labels(site: Path) -> None:
    write_image(study(site) / "images" / "a.ome.tiff", 7)
    chunks = {path.split(".ome.zarr/")[1] for path in changed(site) if "/c/" in path}
    assert chunks
    assert not any(path.startswith("0/labels/") for path in chunks)


def test_removed_labels_leave_nothing(site: Path) -> None:
    edit(study(site) / "study.yaml", LABELLED[1], LABELLED[0])
    (study(site) / "masks" / "a.tif").unlink()
    assert build_site(site).problems == ()
    assert not list(fileset(site).rglob("labels"))
    assert not list(page(site).glob("labels*"))
    assert validate_fileset(fileset(site)) == ()


def test_labels_that_do_not_fit_are_told_and_the_image_is_published(tmp_path: Path) -> None:
    study = make_site(tmp_path)
    edit(study / "study.yaml", *LABELLED)
    write_labels(study / "masks" / "a.tif", objects()[:, :, :-1])
    for _ in range(2):  # until it is mended
        [problem] = build_site(tmp_path).problems
        assert problem.code == "labels.other-size"
        assert "X 299" in problem.message
    assert (page(tmp_path) / "index.html").exists()
    assert not list(fileset(tmp_path).rglob("labels"))


def test_a_broken_label_file_leaves_what_was_published_of_it(site: Path) -> None:
    before = tree(site / "_site")
    (study(site) / "masks" / "a.tif").write_bytes(b"II*\0 not a TIFF")
    assert [problem.code for problem in build_site(site).problems] == ["source.truncated"]
    assert tree(site / "_site") == before


def test_each_channel_of_a_label_file_is_a_label_image(tmp_path: Path) -> None:
    study = make_site(tmp_path)
    edit(study / "study.yaml", *LABELLED)
    pixels = np.stack([objects(3), objects(4)], axis=0)
    (study / "masks").mkdir()
    metadata = {"axes": "CZYX", "Channel": {"Name": ["Cell", "Nucleus / DNA"]}}
    tifffile.imwrite(study / "masks" / "a.tif", pixels, ome=True, metadata=metadata)
    assert build_site(tmp_path).problems == ()
    names = json.loads((fileset(tmp_path) / "0/labels/zarr.json").read_text())["attributes"]["labels"]
    assert names == ["nuclei-cell", "nuclei-nucleus-dna"]
    for name, array in zip(names, pixels, strict=True):
        assert np.array_equal(zarr.open_array(fileset(tmp_path) / f"0/labels/{name}/0", mode="r")[0], array)
    edit(study / "study.yaml", "source: Drawn by hand", "channel: 2")
    assert build_site(tmp_path).problems == ()
    assert json.loads((fileset(tmp_path) / "0/labels/zarr.json").read_text())["attributes"]["labels"] == ["nuclei"]
    assert np.array_equal(zarr.open_array(fileset(tmp_path) / "0/labels/nuclei/0", mode="r")[0], pixels[1])


def test_a_colour_picture_of_labels_is_refused(tmp_path: Path) -> None:
    study = make_site(tmp_path)
    edit(study / "study.yaml", *LABELLED)
    (study / "masks").mkdir()
    tifffile.imwrite(study / "masks" / "a.tif", np.zeros((200, 300, 3), "uint8"), photometric="rgb")
    assert [problem.code for problem in build_site(tmp_path).problems] == ["labels.no-integers"]


def test_two_builds_give_the_same_bytes(site: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    study = make_site(other)
    edit(study / "study.yaml", *LABELLED)
    write_labels(study / "masks" / "a.tif", objects())
    build_site(other)
    assert tree(other / "_site") == tree(site / "_site")


def test_labels_of_a_plates_fields_stand_below_the_fields(tmp_path: Path) -> None:
    study = make_site(tmp_path)
    fields = [planes(c=2, y=size, x=50, dtype="uint16") for size in (40, 700, 60)]
    plate = plate_xml({(0, 0): [1, 0], (1, 2): [2]})
    write_ome_tiff(study / "images" / "a.ome.tiff", *fields, plates=[plate])
    masks = [planes(y=field.shape[3], x=50, dtype="uint8") // 60 for field in fields]
    (study / "masks").mkdir()
    write_ome_tiff(study / "masks" / "a.tif", *masks)
    edit(study / "study.yaml", *LABELLED)
    assert build_site(tmp_path).problems == ()
    for path, series in (("A/1/0", 1), ("A/1/1", 0), ("B/3/0", 2)):
        array = zarr.open_array(fileset(tmp_path) / path / "labels/nuclei/0", mode="r")
        assert np.array_equal(array[:], masks[series][:, 0]), path
        levels = [len(list((fileset(tmp_path) / path / place).glob("[0-9]"))) for place in ("", "labels/nuclei")]
        assert levels == [3, 3], "as many as the largest field has"
