import json
import math
from contextlib import suppress
from dataclasses import replace
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from roifile import ROI_SUBTYPE, ROI_TYPE, ImagejRoi

from publisher.errors import DamagedSourceError
from publisher.formats.imagej_roi import MOST_ENTRIES, StackSizes, read_roi_file, write_roi_set
from publisher.model.roi import ROI, Ellipse, Label, Line, Plane, Point, Polygon, Polyline, Rectangle
from publisher.model.shape_outline import area, box
from tests.model.test_shape_outline import mask

SINGLE, STACK, HYPER = StackSizes(), StackSizes(z=10), StackSizes(c=2, z=5, t=3)
RED, BLUE = (255, 0, 0, 255), (0, 0, 255, 128)


def selection(**values: object) -> ImagejRoi:
    """A rectangle, as ImageJ writes it."""
    return ImagejRoi(**{"roitype": ROI_TYPE.RECT, "left": 1, "top": 2, "right": 4, "bottom": 6} | values)


def read_one(found: ImagejRoi, sizes: StackSizes = SINGLE):
    [roi] = read_roi_file(found.tobytes(), sizes, name="rois/a.roi")
    return roi


def zipped(**entries: bytes) -> bytes:
    file = BytesIO()
    with ZipFile(file, "w", ZIP_DEFLATED) as archive:
        for name, data in entries.items():
            archive.writestr(f"{name}.roi", data)
    return file.getvalue()


# Positions


@pytest.mark.parametrize(
    ("position", "sizes", "plane"),
    [
        ({}, HYPER, Plane()),
        ({"c_position": 2, "z_position": 5, "t_position": 1}, HYPER, Plane(c=1, z=4, t=0)),
        ({"z_position": 3}, HYPER, Plane(z=2)),
        ({"position": 4}, STACK, Plane(z=3)),
        ({"position": 4}, StackSizes(t=9), Plane(t=3)),
        ({"position": 4}, HYPER, Plane(c=1, z=1, t=0)),
        ({"position": 1}, SINGLE, Plane()),
        ({"position": 11}, STACK, Plane(z=0)),
    ],
)
def test_positions_count_from_1_and_0_is_all_planes(position, sizes, plane):
    assert read_one(selection(**position), sizes).shapes[0].plane == plane


def test_a_plain_stack_is_written_with_the_number_of_its_plane_alone():
    roi = ROI(id="ROI:1", shapes=(Point(id="Shape:1", x=1, y=1, plane=Plane(z=3, t=0)),))
    [found] = selections(write_roi_set([roi], STACK))
    assert (found.position, found.z_position, found.t_position) == (4, 0, 0)
    [found] = selections(write_roi_set([roi], HYPER))
    assert (found.position, found.c_position, found.z_position, found.t_position) == (0, 0, 4, 1)


def selections(data: bytes) -> list[ImagejRoi]:
    with ZipFile(BytesIO(data)) as archive:
        return [ImagejRoi.frombytes(archive.read(name)) for name in archive.namelist()]


# Shapes


def test_a_selection_keeps_its_colours_and_its_width():
    shape = read_one(selection(stroke_color=b"\xff\xff\0\0", fill_color=b"\x80\0\0\xff", stroke_width=3)).shapes[0]
    assert (shape.stroke, shape.fill, shape.stroke_width) == (RED, BLUE, 3)


def test_a_selection_without_a_name_is_called_as_its_file():
    assert read_one(selection()).name == "a"
    assert read_one(selection(name="nucleus")).name == "nucleus"
    [roi] = read_roi_file(zipped(first=selection().tobytes()), SINGLE, name="set.zip")
    assert roi.name == "first"


def test_text_is_a_label_that_begins_below_its_box():
    found = selection(subtype=ROI_SUBTYPE.TEXT, text="Here\n", text_size=18, text_name="SansSerif")
    shape = read_one(found).shapes[0]
    assert shape == Label(id=shape.id, x=1, y=2 + 18, text="Here", font_size=18)


def test_an_arrow_points_to_its_end():
    line = {"roitype": ROI_TYPE.LINE, "x1": 1.0, "y1": 2.0, "x2": 3.0, "y2": 5.0}
    assert read_one(selection(**line, subtype=ROI_SUBTYPE.ARROW)).shapes == (
        Line(start=(1, 2), end=(3, 5), arrow_end=True),
    )


EVERY = (
    Rectangle(x=1, y=2, width=3, height=4, stroke=RED),
    Rectangle(x=1.5, y=-2, width=3.25, height=4, fill=BLUE, stroke_width=2.5),
    Ellipse(x=9, y=8, radius_x=2, radius_y=1.5),
    Line(start=(0.5, 0), end=(3, 4)),
    Line(start=(0.5, 0), end=(3, 4), arrow_end=True),
    Line(start=(0.5, 0), end=(3, 4), arrow_start=True, arrow_end=True),
    Polyline(points=((0, 0), (1, 2), (3, 1.25))),
    Polygon(points=((-5, 0), (1, 70000), (3, 1.25)), plane=Plane(c=0, z=4, t=2)),
    Label(x=5, y=16, text="here\nand there", font_size=12),
    Point(x=1, y=1.5),
)


@pytest.mark.parametrize("sizes", [SINGLE, STACK, HYPER])
def test_a_written_set_reads_back_equal(sizes):
    rois = [
        ROI(id=f"ROI:{number}", name="A cell" if number % 2 else "", shapes=(replace(shape, id=f"Shape:{number}"),))
        for number, shape in enumerate(EVERY)
    ]
    assert list(read_roi_file(write_roi_set(rois, sizes), sizes, name="set.zip")) == rois


def test_a_region_of_several_shapes_comes_back_as_one_with_its_ids_and_texts():
    shapes = (
        Rectangle(id="Shape:a", x=0, y=0, width=2, height=2, plane=Plane(z=0), text="lower"),
        Rectangle(id="Shape:b", x=0, y=0, width=1, height=1, plane=Plane(z=1), text="upper"),
        Point(id="Shape:c", x=5, y=5),
        Point(id="Shape:d", x=6, y=5),
    )
    roi = ROI(id="ROI:urn:x", name="nucleus 7", shapes=shapes)
    data = write_roi_set([roi], STACK)
    assert len(selections(data)) == 3  # the points are one selection
    assert read_roi_file(data, STACK, name="set.zip") == (roi,)


def test_names_of_entries_are_unique_and_safe():
    roi = ROI(id="ROI:1", name="../a/b:c", shapes=(EVERY[0], EVERY[0]))
    with ZipFile(BytesIO(write_roi_set([roi, roi], SINGLE))) as archive:
        assert archive.namelist() == [f"_a_b_c{end}.roi" for end in ("", "-2", "-3", "-4")]


def test_an_ellipse_in_any_direction_is_an_ellipse_again():
    turned = Ellipse(x=5, y=5, radius_x=4, radius_y=2, transform=(0.8, 0.6, -0.6, 0.8, 3, -2))
    [roi] = read_roi_file(write_roi_set([ROI(id="ROI:1", shapes=(turned,))], SINGLE), SINGLE, name="set.zip")
    [found] = roi.shapes
    assert isinstance(found, Ellipse)
    assert area(found) == pytest.approx(area(turned))
    assert box(found) == pytest.approx(box(turned))


def test_a_mask_becomes_a_selection_of_the_same_pixels():
    donut = mask("1111", "1001", "1111")
    [roi] = read_roi_file(write_roi_set([ROI(id="ROI:1", shapes=(donut,))], SINGLE), SINGLE, name="set.zip")
    assert sum(area(shape) for shape in roi.shapes) == area(donut)


def test_the_same_regions_give_the_same_bytes():
    rois = [ROI(id="ROI:1", shapes=EVERY)]
    assert write_roi_set(rois, HYPER) == write_roi_set(rois, HYPER)


# Hostile files


@pytest.mark.parametrize("data", [b"", b"Iout", b"hello", b"PK\x03\x04broken", b"Iout" + bytes(200)])
def test_what_is_no_region_is_refused_with_its_name(data):
    if data[4:]:
        data = data.replace(bytes(200), b"\0\xe4\x63" + bytes(197))  # a type that nobody knows
    with pytest.raises(DamagedSourceError) as caught:
        read_roi_file(data, SINGLE, name="rois/a.roi")
    assert caught.value.problems[0].path.startswith("rois/a.roi")


def test_a_zip_of_too_many_bytes_is_refused_before_it_is_unpacked():
    bomb = zipped(**{f"a{number}": bytes(30_000_000) for number in range(10)})
    assert len(bomb) < 1_000_000
    with pytest.raises(DamagedSourceError, match=f"more than {MOST_ENTRIES:,} regions or 256 MiB"):
        read_roi_file(bomb, SINGLE, name="set.zip")


def test_coordinates_that_are_no_numbers_are_refused():
    found = selection(roitype=ROI_TYPE.LINE, x1=math.nan, y1=0.0, x2=1.0, y2=1.0)
    with pytest.raises(DamagedSourceError, match="no numbers of pixels"):
        read_one(found)


@given(cut=st.integers(0, 400), place=st.integers(0, 400), byte=st.integers(0, 255))
def test_damage_is_told_and_nothing_else_happens(cut, place, byte):
    whole = bytearray(polygon().tobytes())
    whole[place % len(whole)] = byte
    for data in (bytes(whole), bytes(whole[:cut])):
        found: tuple[ROI, ...] = ()
        with suppress(DamagedSourceError):
            found = read_roi_file(data, HYPER, name="a.roi")
        assert all(math.isfinite(number) for roi in found for shape in roi.shapes for number in box(shape))


def polygon() -> ImagejRoi:
    return ImagejRoi.frompoints(np.array([[1.5, 2], [30, 4], [12, 40.25]], np.float32), name="cell")


# Real files


@pytest.mark.corpus
def test_real_regions_read_as_another_program_read_them(corpus):
    """The .json files are what read-roi (BSD-3-Clause, Hadrien Mary) made of the .roi files beside them."""
    paths = sorted((corpus / "roi/imagej/read-roi").glob("*.json"))
    assert len(paths) == 10
    for path in paths:
        [(_, said)] = json.loads(path.read_text()).items()
        [roi] = read_roi_file(path.with_suffix(".roi").read_bytes(), STACK, name=path.stem)
        assert_equal(roi, said)


def assert_equal(roi: ROI, said: dict) -> None:
    shape = roi.shapes[0]
    if roi.name != "0001-0077-0068":  # what point.roi holds; read-roi calls it as its file
        assert roi.name == said.get("name", roi.name)
    match said["type"]:
        case "composite":
            assert sum(area(each) for each in roi.shapes) == even_odd_area(said["paths"])
            corners = {tuple(point) for ring in said["paths"] for point in ring}
            assert {point for each in roi.shapes for point in each.points} == corners
        case "rectangle" | "oval":
            left, top, width, height = (said[key] for key in ("left", "top", "width", "height"))
            assert box(shape) == (left, top, left + width, top + height)
            assert isinstance(shape, Rectangle if said["type"] == "rectangle" else Ellipse)
        case "freehand" if "ex1" in said:
            first, last = (said["ex1"], said["ey1"]), (said["ex2"], said["ey2"])
            assert shape.radius_x == pytest.approx(math.dist(first, last) / 2)
            assert shape.radius_y / shape.radius_x == pytest.approx(said["aspect_ratio"])
            middle = tuple((a + b) / 2 for a, b in zip(first, last, strict=True))
            a00, a10, a01, a11, a02, a12 = shape.transform
            assert (a00 * shape.x + a01 * shape.y + a02, a10 * shape.x + a11 * shape.y + a12) == pytest.approx(middle)
            assert (a00, a10) == pytest.approx(
                tuple((b - m) / shape.radius_x for b, m in zip(last, middle, strict=True))
            )
        case "polygon" | "freehand":
            assert shape.points == tuple(zip(said["x"], said["y"], strict=True))
        case "point":
            assert [(each.x, each.y) for each in roi.shapes] == list(zip(said["x"], said["y"], strict=True))
            if isinstance(said["position"], dict):
                places = said["position"]
                plane = Plane(c=places["channel"] - 1, z=places["slice"] - 1, t=places["frame"] - 1)
                assert shape.plane == plane
        case other:
            raise AssertionError(other)


def even_odd_area(rings: list) -> float:
    """By counting pixels: these selections follow the edges of pixels."""
    xs = [x for ring in rings for x, _ in ring]
    ys = [y for ring in rings for _, y in ring]
    count = 0
    for y in np.arange(min(ys), max(ys)) + 0.5:
        for x in np.arange(min(xs), max(xs)) + 0.5:
            crossed = sum(
                1
                for ring in rings
                for (xa, ya), (xb, yb) in zip(ring, ring[1:] + ring[:1], strict=True)
                if (ya > y) != (yb > y) and xa + (y - ya) * (xb - xa) / (yb - ya) > x
            )
            count += crossed % 2
    return float(count)


@pytest.mark.corpus
def test_a_set_of_real_regions_is_written_and_reads_back_equal(corpus):
    rois = read_roi_file((corpus / "roi/imagej/RoiSet.zip").read_bytes(), STACK, name="RoiSet.zip")
    assert len(rois) == 16
    named = [
        replace(
            roi,
            id=f"ROI:{number}",
            shapes=tuple(replace(shape, id=f"Shape:{number}:{place}") for place, shape in enumerate(roi.shapes)),
        )
        for number, roi in enumerate(rois)
    ]
    again = read_roi_file(write_roi_set(named, STACK), STACK, name="again.zip")
    for roi, same in zip(named, again, strict=True):
        if isinstance(roi.shapes[0], Ellipse) and roi.shapes[0].transform:
            assert box(same.shapes[0]) == pytest.approx(box(roi.shapes[0]))
        else:
            assert same == roi
