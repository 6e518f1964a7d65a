"""Which file shows which image: names first, folders where names are not enough."""

from pathlib import Path

import pytest

from publisher.errors import ContentError
from publisher.importers.idr.joins import Joins, join_images
from publisher.importers.idr.tables import Subject
from publisher.importers.pixel_files import PixelFiles, file_and_series, read_places


def join(
    root: Path, files: list[str], images: list[tuple[str, str]], listed: dict[str, list[str]] | None = None
) -> Joins:
    for name in files:
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).touch()
    return join_images([Subject(*image) for image in images], PixelFiles([root]), listed or {}, [])


def paths(joins: Joins) -> dict[tuple[str, str], str]:
    return {(subject.container, subject.name): file.path for subject, file in joins.files.items()}


def test_a_name_finds_its_file_though_it_was_converted(tmp_path: Path) -> None:
    joins = join(tmp_path, ["x/a.ome.tiff", "x/b.tif", "notes/b.txt"], [("D", "a.dv"), ("D", "b.tif"), ("D", "c.tif")])
    assert paths(joins) == {("D", "a.dv"): "x/a.ome.tiff", ("D", "b.tif"): "x/b.tif"}
    assert joins.ambiguous == ()


def test_images_of_one_file_are_told_by_their_number(tmp_path: Path) -> None:
    assert file_and_series("FK-09 [x].czi [3]") == ("FK-09 [x].czi", "3")
    joins = join(tmp_path, ["FK-09.czi"], [("D", "FK-09.czi [0]"), ("D", "FK-09.czi [1]")])
    assert [*paths(joins).values()] == ["FK-09.czi"] * 2


def test_the_folder_decides_where_a_name_stands_in_two_datasets(tmp_path: Path) -> None:
    images = [("CEP/2011", "a.dv"), ("CEP/2012", "a.dv")]
    assert paths(join(tmp_path / "1", ["CEP_2012/a.tif"], images)) == {images[1]: "CEP_2012/a.tif"}
    both = join(tmp_path / "2", ["CEP_2012/a.tif", "cep-2011/a.tif"], images)
    assert paths(both) == {images[0]: "cep-2011/a.tif", images[1]: "CEP_2012/a.tif"}


def test_folders_that_the_list_names_speak_for_a_dataset(tmp_path: Path) -> None:
    listed = {"A": ["/uod/raw/day1/"], "B": ["/uod/raw/day2/x.dv"]}
    joins = join(tmp_path, ["day1/x.tif", "day2/x.tif"], [("A", "x.dv"), ("B", "x.dv")], listed)
    assert paths(joins) == {("A", "x.dv"): "day1/x.tif", ("B", "x.dv"): "day2/x.tif"}


def test_what_cannot_be_told_apart_is_not_guessed(tmp_path: Path) -> None:
    joins = join(tmp_path, ["p/x.tif", "q/x.tif"], [("A", "x.dv"), ("B", "x.dv")])
    assert paths(joins) == {}
    assert len(joins.ambiguous) == 2


def test_a_file_is_never_two_images(tmp_path: Path) -> None:
    joins = join(tmp_path, ["x.ome.tiff"], [("A", "x.dv"), ("A", "x.tif")])
    assert len(set(paths(joins).values())) == len(joins.files) == 1


def test_a_table_says_which_file_is_which_image(tmp_path: Path) -> None:
    (tmp_path / "pixels").mkdir()
    (tmp_path / "pixels/1.tif").touch()
    (tmp_path / "list.tsv").write_text("target\tpath\timage_name\nDataset:name:CEP/2011\tpixels/1.tif\ta.dv\n")
    [placed] = read_places(tmp_path / "list.tsv", [])
    assert (placed.dataset, placed.image, placed.file.path) == ("CEP/2011", "a.dv", "pixels/1.tif")
    joins = join_images([Subject("CEP/2011", "a.dv")], PixelFiles([]), {}, [placed])
    assert paths(joins) == {("CEP/2011", "a.dv"): "pixels/1.tif"}


def test_a_file_that_a_table_names_twice_is_refused(tmp_path: Path) -> None:
    (tmp_path / "1.tif").touch()
    (tmp_path / "list.csv").write_text("path,plate,well\n1.tif,P,A1\n1.tif,P,A2\n")
    with pytest.raises(ContentError) as caught:
        read_places(tmp_path / "list.csv", [])
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [("add.images-table", 3)]


@pytest.mark.parametrize("path", ["/etc/passwd", "../../outside.tif", "gone.tif", "link.tif"])
def test_a_table_names_nothing_outside_the_folders_that_were_given(tmp_path: Path, path: str) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "outside.tif").touch()
    (tmp_path / "in/link.tif").symlink_to(tmp_path / "outside.tif")
    (tmp_path / "in/list.csv").write_text(f"path,plate,well\n{path},P,A1\n")
    with pytest.raises(ContentError) as caught:
        read_places(tmp_path / "in/list.csv", [])
    assert [(problem.code, problem.line) for problem in caught.value.problems] == [("add.images-table", 2)]
