"""Label images that study.yaml names: found beside their images, and never published as images of their own."""

from pathlib import Path

import pytest

from publisher.catalogue.label_files import filled
from publisher.catalogue.load import load_study
from publisher.catalogue.resolve import resolve
from publisher.catalogue.tree import StudyTree
from publisher.errors import ContentError
from publisher.model.labels import LabelValue
from publisher.paths import SitePaths, site_paths


def resolved(root: Path, images: str, *files: str, table: str = "") -> StudyTree:
    """The tree of a study with empty ``files`` and these ``images``; ``table`` is what every CSV holds."""
    folder = root / "content" / "studies" / "cells"
    folder.mkdir(parents=True)
    (folder / "study.yaml").write_text(f"title: Cells\nimages:\n{images}\n")
    for file in files:
        (folder / file).parent.mkdir(parents=True, exist_ok=True)
        (folder / file).write_text(table if file.endswith(".csv") else "")
    return resolve(load_study(folder, paths(root)))


def paths(root: Path) -> SitePaths:
    return site_paths(root, content="content", output="_site")


def problems(root: Path, images: str, *files: str, table: str = "") -> list[str]:
    with pytest.raises(ContentError) as caught:
        resolved(root, images, *files, table=table)
    return [f"{problem.code}: {problem.message}" for problem in caught.value.problems]


def test_labels_are_found_by_the_name_and_the_folder_of_their_image(tmp_path: Path) -> None:
    yaml = "  - {path: 'images/**/*.ome.tiff', labels: {nuclei: '{folder}/masks/{stem}_nuclei.tif'}}"
    files = ("images/a/1.ome.tiff", "images/a/masks/1_nuclei.tif", "images/b/1.ome.tiff", "images/b/masks/1_nuclei.tif")
    [dataset] = resolved(tmp_path, yaml, *files).datasets
    found = {ref.path: [label.path for label in ref.labels] for ref in dataset.files}
    assert found == {files[0]: [files[1]], files[2]: [files[3]]}


def test_placeholders_are_filled_in_at_the_top_of_a_study_too() -> None:
    assert filled("masks/{stem}.tif", "Cell 1.ome.tiff") == "masks/Cell 1.tif"
    assert filled("{folder}/{stem}.tif", "Cell 1.ome.tiff") == "Cell 1.tif"


def test_a_label_file_is_no_image_of_its_own(tmp_path: Path) -> None:
    yaml = "  - {path: '**/*.tif', labels: {cells: 'masks/{stem}_cells.tif'}}"
    [dataset] = resolved(tmp_path, yaml, "a.tif", "b.tif", "masks/a_cells.tif", "masks/b_cells.tif").datasets
    assert [ref.path for ref in dataset.files] == ["a.tif", "b.tif"]


def test_a_later_pattern_does_not_publish_labels_of_an_earlier_one_or_the_other_way_round(tmp_path: Path) -> None:
    patterns = ["  - '**/*.tif'", "  - {path: images/a.ome.tiff, labels: {cells: 'a.tif'}}"]
    for number, order in enumerate((patterns, patterns[::-1])):
        [dataset] = resolved(tmp_path / str(number), "\n".join(order), "images/a.ome.tiff", "a.tif", "b.tif").datasets
        assert sorted(ref.path for ref in dataset.files) == ["b.tif", "images/a.ome.tiff"]


def test_labels_may_be_a_channel_of_the_image_itself(tmp_path: Path) -> None:
    yaml = "  - {path: '*.tif', labels: {cells: {path: '{stem}.tif', channel: 3}}}"
    [dataset] = resolved(tmp_path, yaml, "a.tif").datasets
    assert [(ref.path, ref.labels[0].path) for ref in dataset.files] == [("a.tif", "a.tif")]


def test_all_missing_labels_are_named_at_once(tmp_path: Path) -> None:
    yaml = "  - {path: '*.tif', labels: {cells: 'm/{stem}.tif', nuclei: 'n/{stem}.tif'}}"
    found = problems(tmp_path, yaml, "a.tif", "b.tif", "c.tif", "m/b.tif")
    assert found == [
        "labels.no-such-file: labels 'cells': 2 files are not there: m/a.tif, m/c.tif",
        "labels.no-such-file: labels 'nuclei': 3 files are not there: n/a.tif, n/b.tif, n/c.tif",
    ]


@pytest.mark.parametrize("path", ["../other/{stem}.tif", "/etc/{stem}", "{folder}/../../{stem}.tif"])
def test_labels_lie_within_the_study(tmp_path: Path, path: str) -> None:
    yaml = f"  - {{path: '*.tif', labels: {{cells: '{path}'}}}}"
    (tmp_path / "content/studies/other").mkdir(parents=True)
    (tmp_path / "content/studies/other/a.tif").write_text("")
    assert problems(tmp_path, yaml, "a.tif")[0].startswith("labels.no-such-file")


def test_colours_and_properties_are_read_value_by_value(tmp_path: Path) -> None:
    yaml = (
        "  - path: '*.tif'\n    labels:\n      cells: {path: 'm/{stem}.tif', colors: {2: '00FF00'}, "
        "properties: 'm/{stem}.csv'}"
    )
    table = "value,phase,area,note\n2,anaphase,12.50,007\n7,,3,=1+1\n"
    [dataset] = resolved(tmp_path, yaml, "a.tif", "m/a.tif", "m/a.csv", table=table).datasets
    [label] = dataset.files[0].labels
    assert label.values == (
        LabelValue(value=2, rgba=(0, 255, 0, 255), properties=(("phase", "anaphase"), ("area", 12.5), ("note", "007"))),
        LabelValue(value=7, properties=(("area", 3), ("note", "=1+1"))),
    )


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("value\n1\n", "at least two columns"),
        ("value,a,a\n1,2,3\n", "a stands twice"),
        ("value,a\n1,2\n1,3\n", "has a row already"),
        ("value,a\nx,2\n", "expected a whole number"),
        ("value,a\n1,2,3\n", "expected a whole number and 1 more cells"),
        ('value,a\n1,"2\n', "is not a table"),
        ("value,a\n" + "".join(f"{n},1\n" for n in range(10_001)), "at most 10,000"),
    ],
)
def test_a_table_that_cannot_be_used_is_told_with_its_line(tmp_path: Path, table: str, words: str) -> None:
    yaml = "  - {path: '*.tif', labels: {cells: {path: 'm/{stem}.tif', properties: 'm/{stem}.csv'}}}"
    [found] = problems(tmp_path, yaml, "a.tif", "m/a.tif", "m/a.csv", table=table)
    assert found.startswith("labels.bad-table")
    assert words in found


def test_a_table_is_not_followed_out_of_the_study(tmp_path: Path) -> None:
    (tmp_path / "secret.csv").write_text("value,name\n1,patient\n")
    folder = tmp_path / "content/studies/cells/m"
    folder.mkdir(parents=True)
    (folder / "a.csv").symlink_to(tmp_path / "secret.csv")
    (folder.parent / "a.tif").write_text("")
    (folder / "a.tif").write_text("")
    (folder.parent / "study.yaml").write_text(
        "title: Cells\nimages: [{path: 'a.tif', labels: {cells: {path: 'm/a.tif', properties: 'm/a.csv'}}}]\n"
    )
    with pytest.raises(ContentError) as caught:
        resolve(load_study(folder.parent, paths(tmp_path)))
    assert [problem.code for problem in caught.value.problems] == ["labels.outside"]
