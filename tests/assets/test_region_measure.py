import csv
import io

import numpy as np
import pytest

from publisher.assets import region_measure
from publisher.assets.region_measure import Pixels, measure
from publisher.assets.region_table import ImageFacts, region_table
from publisher.model.roi import ROI, Ellipse, Label, Line, Plane, Point, Rectangle

SHAPE = (2, 3, 4, 50, 60)
VALUES = np.random.default_rng(7).integers(0, 60_000, SHAPE).astype(np.uint16)
IMAGE = Pixels(shape=SHAPE, sample_bytes=2, samples=1, default=(0, 2))


def read(t: int, z: int, c: slice, y: slice, x: slice):
    return VALUES[t, c, z, y, x]


def test_every_channel_is_measured_at_full_resolution_on_the_plane_of_the_shape():
    [found] = measure([Rectangle(x=5, y=10, width=7, height=4, plane=Plane(t=1, z=3, c=0))], IMAGE, read)
    assert (found.t, found.z, found.pixels) == (1, 3, 28)
    for channel, one in enumerate(found.channels):
        values = VALUES[1, channel, 3, 10:14, 5:12].astype(float)
        assert one.count == 28
        assert one.sum == pytest.approx(values.sum())
        assert one.mean == pytest.approx(values.mean())
        assert one.deviation == pytest.approx(values.std(ddof=1))
        assert (one.least, one.most) == (values.min(), values.max())


def test_a_shape_on_all_planes_is_measured_where_pictures_show_it():
    first, second = measure([Point(x=5, y=5), Point(x=5, y=5, plane=Plane(t=1))], IMAGE, read)
    assert (first.t, first.z) == (0, 2)
    assert (second.t, second.z) == (1, 2)
    assert second.channels[1].mean == VALUES[1, 1, 2, 5, 5]
    assert second.channels[1].deviation == 0


def test_shapes_beyond_the_image_or_its_planes_are_not_measured():
    outside = [Point(x=99, y=5), Point(x=5, y=5, plane=Plane(z=4)), Label(x=5, y=5, text="here")]
    assert measure(outside, IMAGE, read) == [None, None, None]


@pytest.mark.parametrize(("block", "memory"), [(16, 64 << 20), (1024, 1), (16, 600)])
def test_blocks_of_any_size_give_the_same_numbers_and_read_no_more_than_shapes_cover(monkeypatch, block, memory):
    shapes = [Ellipse(x=30, y=25, radius_x=20, radius_y=18), Line(start=(1, 1), end=(55, 40)), Point(x=59, y=49)]
    whole = measure(shapes, IMAGE, read)
    monkeypatch.setattr(region_measure, "BLOCK_PX", block)
    monkeypatch.setattr(region_measure, "BLOCK_BYTES", memory)
    asked = []

    def spied(t, z, c, y, x):
        asked.append((c.stop - c.start) * (y.stop - y.start) * (x.stop - x.start) * 2)
        return read(t, z, c, y, x)

    parts = measure(shapes, IMAGE, spied)
    for one, other in zip(whole, parts, strict=True):
        assert one.pixels == other.pixels
        for a, b in zip(one.channels, other.channels, strict=True):
            assert (a.count, a.least, a.most) == (b.count, b.least, b.most)
            assert (a.mean, a.deviation) == pytest.approx((b.mean, b.deviation))
    assert max(asked) <= max(memory, min(block, 60) * min(block, 50) * 2)


def test_samples_that_are_no_numbers_do_not_count():
    values = np.array([[1.0, np.nan], [3.0, np.inf]], np.float32)
    image = Pixels(shape=(1, 1, 1, 2, 2), sample_bytes=4, samples=1, default=(0, 0))
    whole, gap = measure(
        [Rectangle(x=0, y=0, width=2, height=2), Point(x=1, y=0)], image, lambda t, z, c, y, x: values[np.newaxis, y, x]
    )
    assert (whole.pixels, whole.channels[0].count, whole.channels[0].mean) == (4, 2, 2.0)
    assert (gap.pixels, gap.channels[0].count) == (1, 0)


def test_a_small_spread_of_large_values_keeps_its_digits():
    values = np.full((1, 4, 4), 1e12) + np.arange(16).reshape(1, 4, 4)
    image = Pixels(shape=(1, 1, 1, 4, 4), sample_bytes=8, samples=1, default=(0, 0))
    [found] = measure([Rectangle(x=0, y=0, width=4, height=4)], image, lambda t, z, c, y, x: values[:, y, x])
    assert found.channels[0].deviation == pytest.approx(np.arange(16).std(ddof=1))


# The table


def rows(rois: list[ROI], facts: ImageFacts) -> list[dict[str, str]]:
    shapes = [shape for roi in rois for shape in roi.shapes]
    return list(csv.DictReader(io.StringIO(region_table(rois, measure(shapes, IMAGE, read), facts).decode())))


def test_the_table_says_of_each_shape_where_it_is_how_large_and_how_bright():
    shape = Rectangle(id="Shape:1", x=5, y=10, width=7, height=4, plane=Plane(t=1, z=3), text="bright")
    facts = ImageFacts(channels=("DNA", "", "DNA"), pixel_size_um=(0.5, 0.25))
    [row] = rows([ROI(id="ROI:9", name="Cell", shapes=(shape,))], facts)
    assert (row["roi"], row["roi_name"], row["shape"], row["type"], row["text"]) == (
        "ROI:9", "Cell", "Shape:1", "rectangle", "bright",
    )  # fmt: skip
    assert (row["z"], row["t"], row["c"]) == ("4", "2", "")
    assert (row["area_px2"], row["area_um2"], row["length_px"], row["length_um"]) == ("28", "3.5", "22", "9")
    assert (row["measured_z"], row["measured_t"], row["pixels"]) == ("4", "2", "28")
    assert float(row["channel 2 mean"]) == pytest.approx(VALUES[1, 1, 3, 10:14, 5:12].mean())
    assert float(row["DNA 3 sum"]) == VALUES[1, 2, 3, 10:14, 5:12].sum()


def test_what_is_not_known_is_empty_and_text_is_no_formula():
    label = Label(id="Shape:1", x=1, y=1, text="=1+1")
    [row] = rows(
        [ROI(id="ROI:1", name="@x", shapes=(label,))], ImageFacts(channels=("=a", "b", "c"), pixel_size_um=None)
    )
    assert (row["text"], row["roi_name"]) == ("'=1+1", "'@x")
    assert row["area_px2"] == row["area_um2"] == row["length_px"] == row["b mean"] == row["measured_z"] == ""
    assert row["pixels"] == "0"
    assert "'=a mean" in row
