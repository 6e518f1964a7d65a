import pytest

from publisher.errors import DamagedSourceError
from publisher.formats.imagej_roi import StackSizes, write_roi_set
from publisher.formats.region_files import Origin, RegionIds, images_with_regions, read_region_file
from publisher.model.roi import ROI, Point

POINT = ROI(id="ROI:1", shapes=(Point(id="Shape:1", x=1, y=2),))
UNNAMED = ROI(id="", shapes=(Point(x=1, y=2), Point(x=3, y=2)))


def read(data: bytes, *names: str) -> tuple[ROI, ...]:
    return read_region_file(data, name="a", sizes=StackSizes(), images=names)[0]


def two_images(ome, pixels: str) -> bytes:
    image = '<Image ID="Image:{0}" Name="{1}">' + pixels.replace(":0", ":{0}") + '<ROIRef ID="ROI:{0}"/></Image>'
    roi = '<ROI ID="ROI:{0}"><Union><Point ID="Shape:{0}" X="1" Y="2"/></Union></ROI>'
    return ome(image.format(0, "left") + image.format(1, "right") + roi.format(0) + roi.format(1))


def test_the_format_is_told_by_the_first_bytes(ome, pixels):
    roi = '<ROI ID="ROI:1"><Union><Point ID="Shape:1" X="1" Y="2"/></Union></ROI>'
    assert read(ome(f'<Image ID="Image:0">{pixels}</Image>{roi}')) == (POINT,)
    assert read(write_roi_set([POINT], StackSizes())) == (POINT,)
    assert read(b'\xef\xbb\xbf {"type": "Point", "coordinates": [1, 2]}')[0].shapes == (Point(x=1, y=2),)
    with pytest.raises(DamagedSourceError, match="no file with regions"):
        read(b"x,y\n1,2\n")


def test_a_document_of_several_images_gives_the_regions_of_the_one_that_is_meant(ome, pixels):
    data = two_images(ome, pixels)
    assert [roi.id for roi in read(data, "right")] == ["ROI:1"]
    assert [roi.id for roi in read(data, "", "Image:0")] == ["ROI:0"]
    with pytest.raises(DamagedSourceError, match="2 images, none of which is called 'other'"):
        read(data, "other")
    found = [(each.ome_id, each.name, each.masks) for each in images_with_regions(data, name="a")]
    assert found == [("Image:0", "left", 0), ("Image:1", "right", 0)]


def test_regions_without_ids_get_those_of_their_file_and_place():
    [roi] = RegionIds(()).added(Origin("cell-1", (UNNAMED,)), ())
    assert roi.id == "ROI:cell-1:1"
    assert [shape.id for shape in roi.shapes] == ["Shape:cell-1:1:1", "Shape:cell-1:1:2"]


def test_an_id_that_is_taken_is_given_to_nobody_else():
    ids = RegionIds(["ROI:1", "Shape:1"])
    first, second = (ids.added(Origin("a", (POINT,)), ())[0] for _ in range(2))
    assert (first.id, second.id) == ("ROI:1-2", "ROI:1-3")
    assert (first.shapes[0].id, second.shapes[0].id) == ("Shape:1-2", "Shape:1-3")


def test_the_same_region_again_is_left_out():
    assert RegionIds(["ROI:1", "Shape:1"]).added(Origin("a", (POINT,)), [POINT]) == ()


def test_ids_of_other_programs_become_ids_of_ome():
    [roi] = RegionIds(()).added(Origin("a", (ROI(id="a3 f0", shapes=POINT.shapes),)), ())
    assert roi.id == "ROI:a3f0"
