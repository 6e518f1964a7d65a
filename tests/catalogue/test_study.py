"""A study folder in a few lines of text, and what it means."""

from pathlib import Path

import pytest

from publisher.catalogue.image_patterns import looks_like_image, matches
from publisher.catalogue.load import load_study
from publisher.catalogue.resolve import resolve
from publisher.catalogue.rows import Rows
from publisher.catalogue.tree import FileRef
from publisher.errors import ContentError
from publisher.model.annotation import Pair
from publisher.model.image import Image, Pixels
from publisher.paths import SitePaths, site_paths


def make(root: Path, **files: str) -> SitePaths:
    for name, text in files.items():
        path = root / "content/studies/mitosis" / name.replace("__", "/").replace("_dot_", ".")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return site_paths(root, content="content", output="_site")


def study(root: Path, **files: str):
    paths = make(root, **files)
    return load_study(paths.studies / "mitosis", paths)


def one_image(ref: FileRef) -> list[Image]:
    return [Image(series=0, name=ref.path, pixels=Pixels(size_x=1, size_y=1, dtype="uint8"), channels=())]


def problems_of(root: Path, **files: str) -> list[str]:
    with pytest.raises(ContentError) as caught:
        resolve(study(root, **files))
    return [f"{p.code} {p.line}" for p in caught.value.problems]


def test_every_fault_of_a_study_is_reported_with_its_line(tmp_path: Path) -> None:
    text = "titel: Mitosis\nauthors:\n  - nam: Ada\nrelease_date: soon\nlicence: CC0-1.0\n"
    assert problems_of(tmp_path, study_dot_yaml=text, images_dot_csv="image,id\na.tif,../x\n") == [
        "study.missing-key 1",
        "study.unknown-key 1",
        "study.missing-key 3",
        "study.unknown-key 3",
        "study.bad-value 4",
        "images.bad-id 2",
    ]


def test_a_repeated_key_is_a_fault(tmp_path: Path) -> None:
    assert problems_of(tmp_path, study_dot_yaml="title: A\ntitle: B\n") == ["yaml.repeated-key 2"]


def test_a_pattern_that_finds_nothing_is_a_fault_with_its_line(tmp_path: Path) -> None:
    text = "title: A\nimages:\n  - a.tif\n  - b/*.tif\n"
    assert problems_of(tmp_path, study_dot_yaml=text, a_dot_tif="") == ["study.no-such-file 4"]


def test_a_pattern_for_everything_does_not_take_what_speaks_of_the_study(tmp_path: Path) -> None:
    files = {
        "study_dot_yaml": "title: A\nimages: '*'\n",
        "images_dot_csv": "image\n",
        "TODO_dot_md": "",
        "a_dot_raw": "",
    }
    [dataset] = resolve(study(tmp_path, **files)).datasets
    assert [file.path for file in dataset.files] == ["a.raw"]


def test_a_path_that_finds_nothing_is_told_with_every_folder_that_was_searched(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    (disk / "a.tif").write_text("")
    make(tmp_path, study_dot_yaml=f"title: A\nsources: ['{disk}']\nimages: ['{disk}/a.tif', b.tif]\n")
    with pytest.raises(ContentError) as caught:
        resolve(study(tmp_path))
    whole, other = caught.value.problems
    assert "the path below it" in whole.hint
    assert f"below content/studies/mitosis or {disk}" in other.message


def test_a_path_with_brackets_is_found_as_it_stands(tmp_path: Path) -> None:
    make(tmp_path, study_dot_yaml="title: A\nimages: ['plate [1].tif']\n")
    (tmp_path / "content/studies/mitosis/plate [1].tif").write_text("")
    tree = resolve(study(tmp_path))
    assert [ref.path for ref in tree.datasets[0].files] == ["plate [1].tif"]


@pytest.mark.parametrize("path", ["/etc/passwd", "../other/a.tif"])
def test_a_path_out_of_the_study_finds_nothing(tmp_path: Path, path: str) -> None:
    make(tmp_path)
    assert problems_of(tmp_path, study_dot_yaml=f"title: A\nimages: ['{path}']\n") == ["study.no-such-file 2"]


def test_curated_pairs_keep_order_and_repeated_keys(tmp_path: Path) -> None:
    csv = "image,Gene,Phenotype,Phenotype,name\nimg/a.tif,CDC20,round,bright,Cell A\n"
    content = study(tmp_path, study_dot_yaml="title: A\nimages: img/*.tif\n", images_dot_csv=csv, img__a_dot_tif="")
    tree = resolve(content)
    [entry] = Rows(content, tree).entries(tree.datasets[0], one_image)
    assert entry.name == "Cell A"
    assert entry.pairs == (Pair("Gene", "CDC20"), Pair("Phenotype", "round"), Pair("Phenotype", "bright"))


def test_rows_without_pixels_stand_in_the_dataset_they_name(tmp_path: Path) -> None:
    csv = "image,dataset,Gene\na.tif,One,X\nlost,Two,Y\nlost,Two,Z\n"
    yaml = "title: A\ndatasets:\n  - {name: One, images: a.tif}\n"
    content = study(tmp_path, study_dot_yaml=yaml, images_dot_csv=csv, a_dot_tif="")
    tree = resolve(content)
    rows = Rows(content, tree)
    assert [d.name for d in tree.datasets] == ["One", "Two"]
    assert [e.name for d in tree.datasets for e in rows.entries(d, one_image)] == [""]
    records = rows.without_pixels()
    assert list(records) == ["two"]
    assert [(e.name, e.ref, e.pairs) for e in records["two"]] == [
        ("lost", None, (Pair("Gene", "Y"),)),
        ("lost", None, (Pair("Gene", "Z"),)),
    ]
    assert len({e.id for e in records["two"]}) == 2


def test_front_matter_and_body_make_a_study(tmp_path: Path) -> None:
    content = study(tmp_path, study_dot_md="---\ntitle: A\n---\nThe *text*.\n")
    assert (content.description.title, content.description.description) == ("A", "The *text*.")


def test_yaml_aliases_cannot_explode(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [" + ", ".join([f"*a{n - 1}"] * 10) + "]" for n in range(1, 9)]
    assert problems_of(tmp_path, study_dot_yaml="\n".join(lines)) == ["yaml.too-large None"]


@pytest.mark.parametrize(
    ("pattern", "path", "fits"),
    [
        ("*.tif", "a.tif", True),
        ("*.tif", "b/a.tif", False),
        ("**/*.tif", "a.tif", True),
        ("**/*.tif", "b/c/a.tif", True),
        ("b/?.tif", "b/a.tif", True),
        ("[!ab].tif", "c.tif", True),
        ("[ab].tif", "c.tif", False),
        ("b/**", "b/c/a.tif", True),
        ("a+(b).tif", "a+(b).tif", True),
    ],
)
def test_patterns(pattern: str, path: str, fits: bool) -> None:
    assert matches(pattern, path) is fits


def test_a_study_that_names_no_files_takes_those_of_microscopes() -> None:
    taken = ["a.ome.tiff", "b/c.SVS", "d.companion.ome", "e.ome.xml", "f.czi", "g.ome.zarr.zip", "h.stk"]
    assert [name for name in taken if not looks_like_image(name)] == []
    assert [name for name in ("figure.png", "notes.txt", "table.csv", "study.yaml") if looks_like_image(name)] == []
