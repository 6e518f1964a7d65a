"""Label images: what is planned and written of them, level by level, and what is told of their objects."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import zarr

from publisher.config.model import HostingSection, ZarrSection
from publisher.errors import ConversionError
from publisher.model.labels import LabelImage, LabelValue
from publisher.ngff.downsample import pick
from publisher.ngff.label_plan import plan_labels
from publisher.ngff.label_table import COLUMNS, MOST_OBJECTS, LabelTable
from publisher.ngff.label_values import MOST_COLORED, published_values
from publisher.ngff.pixels import LabelsResult, Means, write_labels
from publisher.ngff.plan import ImagePlan, PicturePlane, plan_image
from tests.ngff.array_source import ArraySource, image_of

RNG = np.random.default_rng(11)


def labels_of(array: np.ndarray, **zarr_keys: object) -> ImagePlan:
    """Plan of ``array`` (T 1 Z Y X) as the labels of a two-channel image of its size."""
    sections = ZarrSection(**zarr_keys), HostingSection()
    image = image_of(np.zeros((array.shape[0], 2, *array.shape[2:]), "uint16"))
    labels = LabelImage(name="nuclei", of=0, series=0, pixels=image_of(array).pixels)
    return plan_labels(labels, image, plan_image(image, "0", *sections, least_levels=2), *sections)


def written(array: np.ndarray, folder: Path, *, threads: int = 1, **keys: object) -> LabelsResult:
    plan = labels_of(array, **keys)
    return write_labels(ArraySource(array), 0, plan, folder, PicturePlane(z=1), Means(threads))


def blobs(*shape: int, dtype: str = "uint16") -> np.ndarray:
    """Squares of 8 pixels with random numbers below 200, a third of them background."""
    small = RNG.integers(0, 300, (*shape[:3], -(-shape[3] // 8), -(-shape[4] // 8)))
    small[small >= 200] = 0
    return np.kron(small, np.ones((1, 1, 1, 8, 8), int))[..., : shape[3], : shape[4]].astype(dtype)


def test_labels_have_no_channel_axis_and_the_levels_of_their_image(tmp_path: Path) -> None:
    array = blobs(2, 1, 3, 700, 600)
    written(array, tmp_path)
    group = [zarr.open_array(tmp_path / str(level), mode="r") for level in range(3)]
    assert [level.shape for level in group] == [(2, 3, 700, 600), (2, 3, 350, 300), (2, 3, 175, 150)]
    assert np.array_equal(group[0][:], array[:, 0])
    assert group[0].metadata.dimension_names == ("t", "z", "y", "x")
    assert {level.chunks for level in group} == {(1, 1, 256, 256)}


@pytest.mark.parametrize("version", ["0.4", "0.4+0.5"])
def test_labels_without_shards_are_read_back_in_older_releases(tmp_path: Path, version: str) -> None:
    array = blobs(1, 1, 2, 300, 280)
    written(array, tmp_path, version=version)
    for zarr_format in (2, 3) if "+" in version else (2,):
        assert np.array_equal(zarr.open_array(tmp_path / "0", mode="r", zarr_format=zarr_format)[:], array[:, 0])


def test_every_value_of_a_smaller_level_is_one_of_the_four_below_it(tmp_path: Path) -> None:
    array = blobs(1, 1, 1, 513, 771)
    written(array, tmp_path)
    for number in range(2):
        above, below = (zarr.open_array(tmp_path / str(number + step), mode="r")[0, 0] for step in (0, 1))
        even = np.pad(above, [(0, size % 2) for size in above.shape], mode="edge")
        four = [even[y::2, x::2] for y in (0, 1) for x in (0, 1)]
        assert np.any([below == each for each in four], axis=0).all()


def test_labels_do_not_drift_from_their_image_with_the_levels() -> None:
    places = np.arange(256.0)[np.newaxis, np.newaxis, :].repeat(256, axis=1)
    for level in range(6):
        places = pick(places, level)
        centres = (np.arange(places.shape[2]) + 0.5) * 2 ** (level + 1) - 0.5
        assert np.abs(places[0, 0] - centres).max() <= 0.25 * 2 ** (level + 1)


def test_bytes_do_not_depend_on_threads(tmp_path: Path) -> None:
    array = blobs(1, 1, 4, 600, 900)
    one, many = (written(array, tmp_path / str(threads), threads=threads) for threads in (1, 8))
    assert [file.sha256 for file in one.files] == [file.sha256 for file in many.files]
    assert one.objects is not None
    assert np.array_equal(one.objects, many.objects)


def test_the_table_has_each_object_with_its_pixels_and_its_box(tmp_path: Path) -> None:
    array = blobs(2, 1, 3, 300, 290, dtype="int32")
    objects = written(array, tmp_path).objects
    assert objects is not None
    assert objects[:, 0].tolist() == [value for value in np.unique(array) if value]
    for row in objects.tolist():
        found = np.argwhere(array[:, 0] == row[0])
        box = [edge for low, high in zip(found.min(axis=0), found.max(axis=0), strict=True) for edge in (low, high)]
        assert row == [row[0], len(found), *box]
    assert COLUMNS[2:] == ("t0", "t1", "z0", "z1", "y0", "y1", "x0", "x1")


def test_an_image_that_holds_no_labels_is_not_counted_without_end() -> None:
    table = LabelTable()
    noise = np.arange(1, MOST_OBJECTS + 400_000, dtype="uint32").reshape(-1, 1)
    table.add(0, 0, 0, 0, noise)
    assert table.rows() is None


def test_no_object_gives_an_empty_table() -> None:
    table = LabelTable()
    table.add(0, 0, 0, 0, np.zeros((5, 5), "uint8"))
    rows = table.rows()
    assert rows is not None
    assert rows.shape == (0, len(COLUMNS))


def test_wide_integers_are_published_as_32_bits_where_they_fit(tmp_path: Path) -> None:
    assert labels_of(blobs(1, 1, 1, 40, 40, dtype="uint64")).dtype == "uint32"
    assert labels_of(blobs(1, 1, 1, 40, 40, dtype="int64")).dtype == "int32"
    assert labels_of(np.zeros((1, 1, 1, 40, 40), bool)).dtype == "uint8"
    large = np.full((1, 1, 1, 40, 40), 2**32 + 7, "uint64")
    with pytest.raises(ConversionError) as caught:
        written(large, tmp_path)
    [problem] = caught.value.problems
    assert "4294967303" in problem.message
    assert "number the labels anew" in problem.hint


def test_numbers_that_are_no_labels_are_refused() -> None:
    with pytest.raises(ConversionError, match="samples of type float32"):
        labels_of(np.zeros((1, 1, 1, 40, 40), "float32"))


def test_labels_of_another_size_are_refused() -> None:
    sections = ZarrSection(), HostingSection()
    image = image_of(np.zeros((1, 2, 3, 40, 50), "uint16"))
    plan = plan_image(image, "0", *sections)
    for shape in (1, 1, 1, 40, 50), (1, 1, 3, 40, 49), (1, 2, 3, 40, 50):
        labels = LabelImage(name="nuclei", of=0, series=0, pixels=image_of(np.zeros(shape, "uint8")).pixels)
        with pytest.raises(ConversionError) as caught:
            plan_labels(labels, image, plan, *sections)
        assert caught.value.problems[0].code == "labels.other-size"


def test_a_small_image_with_labels_has_two_levels() -> None:
    assert len(labels_of(blobs(1, 1, 1, 40, 40)).levels) == 2
    assert len(labels_of(np.ones((1, 1, 1, 1, 1), "uint8")).levels) == 2


def test_the_kept_projection_shows_the_highest_label_of_all_sections(tmp_path: Path) -> None:
    array = blobs(1, 1, 3, 90, 80)
    result = written(array, tmp_path)
    assert np.array_equal(result.picture[0], array[0, 0, 1])
    assert result.projection is not None
    assert np.array_equal(result.projection[0], array[0, 0].max(axis=0))


RED = (255, 0, 0, 255)


def test_colours_stand_for_all_values_or_for_none() -> None:
    given = (LabelValue(value=5, rgba=RED),)
    values = published_values(given, [3, 5, 9])
    assert [value.value for value in values] == [3, 5, 9]
    assert values[1].rgba == RED
    assert all(value.rgba for value in values)
    assert published_values((*given, LabelValue(value=6)), None) == (LabelValue(value=5), LabelValue(value=6))
    assert published_values(given, None) == given


def test_values_get_colours_of_ours_while_they_are_few() -> None:
    few = published_values((), range(1, 22))
    assert len({value.rgba for value in few}) == 21
    assert published_values((), range(1, MOST_COLORED + 2)) == ()


def test_a_value_has_the_same_colour_in_every_image() -> None:
    one, other = published_values((), [4, 7]), published_values((), [7, 123456])
    assert one[1] == other[0]


def test_properties_are_kept_with_and_without_colours() -> None:
    known = (LabelValue(value=2, properties=(("phase", "mitosis"),)),)
    assert published_values(known, range(1, MOST_COLORED + 2)) == known
    assert replace(published_values(known, [1, 2])[1], rgba=None) == known[0]
