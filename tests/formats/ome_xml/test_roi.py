import bz2
import zlib
from base64 import b64encode
from dataclasses import fields

import pytest

from publisher.formats.ome_xml.roi import read_rois, roi_element
from publisher.formats.ome_xml.tree import parse, validate
from publisher.model.roi import (
    ROI,
    Ellipse,
    Label,
    Line,
    Mask,
    Plane,
    Point,
    Polygon,
    Polyline,
    Rectangle,
)
from tests.model.test_shape_outline import mask

EVERY = ROI(
    id="ROI:1",
    name="Cell 1",
    description="The first\nthat was seen",
    shapes=(
        Rectangle(id="Shape:1", x=1.5, y=2, width=3, height=4, plane=Plane(t=0, z=2), locked=True),
        Ellipse(id="Shape:2", x=9, y=8, radius_x=2.25, radius_y=1, transform=(0.5, 0.1, -0.1, 0.5, 3, -4)),
        Point(id="Shape:3", x=1, y=1, stroke=(255, 0, 0, 255), fill=(0, 128, 255, 64)),
        Line(id="Shape:4", start=(0, 0), end=(3, 4), arrow_end=True, stroke_width=2.5, dashes=(4, 2)),
        Polyline(id="Shape:5", points=((0, 0), (1, 2), (3, 1)), arrow_start=True),
        Polygon(id="Shape:6", points=((0, 0), (1e-7, 2), (3, 1)), plane=Plane(c=1)),
        Label(id="Shape:7", x=5, y=6, text="<here> & there", font_size=14),
        mask("10110", "01001", "11111"),
    ),
)


def document(ome, pixels: str, rois: str = "", refs: str = "") -> bytes:
    return ome(f'<Image ID="Image:0">{pixels}{refs}</Image>{rois}')


def read(data: bytes) -> tuple[tuple[ROI, ...], list[str]]:
    tree = parse(data, name="test.ome.xml")
    rois, problems = read_rois(tree, tree.image(0))
    return rois, [problem.message for problem in problems]


def shape_of(ome, pixels: str, xml: str):
    rois, problems = read(document(ome, pixels, f'<ROI ID="ROI:1"><Union>{xml}</Union></ROI>'))
    assert problems == []
    [shape] = rois[0].shapes
    return shape


def written(ome, pixels: str, roi: ROI):
    tree = parse(document(ome, pixels, refs=f'<ROIRef ID="{roi.id}"/>'), name="test.ome.xml")
    tree.root.append(roi_element(roi))
    return tree


def test_what_is_written_is_valid_and_reads_back_equal(ome, pixels):
    last = EVERY.shapes[-1]
    roi = ROI(id="ROI:1", name=EVERY.name, description=EVERY.description, shapes=(*EVERY.shapes[:-1], named(last)))
    tree = written(ome, pixels, roi)
    assert validate(tree) == ()
    assert read(tree.serialize()) == ((roi,), [])


def named(shape: Mask) -> Mask:
    values = {field.name: getattr(shape, field.name) for field in fields(shape)}
    return Mask(**values | {"id": "Shape:8"})


def test_an_absent_plane_is_every_plane(ome, pixels):
    shape = shape_of(ome, pixels, '<Point ID="Shape:1" X="1" Y="2" TheZ="3"/>')
    assert shape.plane == Plane(t=None, c=None, z=3)


def test_colours_are_signed_numbers_with_red_on_top(ome, pixels):
    shape = shape_of(ome, pixels, '<Point ID="Shape:1" X="1" Y="2" FillColor="-256" StrokeColor="-65281"/>')
    assert shape.fill == (255, 255, 255, 0)
    assert shape.stroke == (255, 255, 0, 255)


def test_widths_in_points_are_pixels_and_in_micrometres_are_left_out(ome, pixels):
    shape = shape_of(
        ome, pixels, '<Point ID="Shape:1" X="1" Y="2" FontSize="12" StrokeWidth="2" StrokeWidthUnit="µm"/>'
    )
    assert shape.font_size == 16
    assert shape.stroke_width is None


def test_points_are_read_however_commas_stand(ome, pixels):
    shape = shape_of(ome, pixels, '<Polygon ID="Shape:1" Points="1,1 10,20, 20,20 20,10"/>')
    assert shape.points == ((1, 1), (10, 20), (20, 20), (20, 10))


BITS = bytes([0b10110010, 0b01000000])
"""Ten pixels."""


@pytest.mark.parametrize(
    ("data", "compression"),
    [
        (BITS, "none"),
        (zlib.compress(BITS), "zlib"),
        (bz2.compress(BITS), "bzip2"),
        (bytes([1, 0, 255, 1, 0, 0, 7, 0, 0, 1]), "none"),
        (bytes([0b10110010, 0b01111111]), "none"),
    ],
    ids=["packed", "zlib", "bzip2", "a byte a pixel", "with bits behind the last pixel"],
)
def test_masks_are_bits_in_every_form_they_are_written_in(ome, pixels, data, compression):
    shape = shape_of(
        ome,
        pixels,
        f'<Mask ID="Shape:1" X="3" Y="4" Width="5" Height="2"><BinData BigEndian="false" Length="2" '
        f'Compression="{compression}">{b64encode(data).decode()}</BinData></Mask>',
    )
    assert (shape.rows, shape.columns, shape.bits) == (2, 5, BITS)


def bad_mask(width: object, height: object, text: str, compression: str = "none") -> str:
    data = f'<BinData BigEndian="false" Length="1" Compression="{compression}">{text}</BinData>'
    return f'<Mask ID="Shape:9" X="0" Y="0" Width="{width}" Height="{height}">{data}</Mask>'


@pytest.mark.parametrize(
    ("xml", "said"),
    [
        ('<Point ID="Shape:9" X="1"/>', "Point without Y"),
        ('<Point ID="Shape:9" X="nan" Y="1"/>', 'X="nan"'),
        ('<Point ID="Shape:9" X="1e300" Y="1"/>', 'X="1e300"'),
        ('<Rectangle ID="Shape:9" X="1" Y="1" Width="-2" Height="1"/>', 'Width="-2"'),
        ('<Polygon ID="Shape:9" Points="1,1 2,2"/>', "Polygon of 2 points"),
        ('<Polyline ID="Shape:9" Points="1,1 2,x"/>', '"x"'),
        ('<Polyline ID="Shape:9" Points="1,1 2"/>', "3 numbers"),
        (bad_mask(9, 9, "AA=="), "1 bytes, expected 11"),
        (bad_mask("1e8", "1e8", "AA=="), "100,000,000 by 100,000,000 pixels"),
        (bad_mask(2, 2, "AAAA", "zlib"), "cannot be decompressed"),
    ],
)
def test_a_shape_that_cannot_be_understood_is_told_and_the_others_are_read(ome, pixels, xml, said):
    good = '<Point ID="Shape:1" X="1" Y="2"/>'
    rois, problems = read(document(ome, pixels, f'<ROI ID="ROI:1"><Union>{good}{xml}</Union></ROI>'))
    assert [shape.id for shape in rois[0].shapes] == ["Shape:1"]
    assert len(problems) == 1
    assert "Shape:9" in problems[0]
    assert said in problems[0]


def test_a_mask_that_unpacks_without_end_takes_no_more_than_its_pixels(ome, pixels):
    bomb = b64encode(zlib.compress(bytes(50_000_000))).decode()
    shape = shape_of(
        ome,
        pixels,
        f'<Mask ID="Shape:1" X="0" Y="0" Width="4" Height="4"><BinData BigEndian="false" Length="2" Compression="zlib">'
        f"{bomb}</BinData></Mask>",
    )
    assert shape.bits == bytes(2)


def test_only_regions_that_an_image_refers_to_are_its_own(ome, pixels):
    rois = "".join(
        f'<ROI ID="ROI:{number}"><Union><Point ID="Shape:{number}" X="1" Y="2"/></Union></ROI>' for number in range(3)
    )
    found, _ = read(document(ome, pixels, rois, '<ROIRef ID="ROI:2"/><ROIRef ID="ROI:0"/><ROIRef ID="ROI:2"/>'))
    assert [roi.id for roi in found] == ["ROI:2", "ROI:0"]


def test_regions_that_nothing_refers_to_belong_to_a_single_image_and_of_several_to_none(ome, pixels):
    rois = '<ROI ID="ROI:1"><Union><Point ID="Shape:1" X="1" Y="2"/></Union></ROI>'
    assert [roi.id for roi in read(document(ome, pixels, rois))[0]] == ["ROI:1"]
    other = f'<Image ID="Image:1">{pixels.replace(":0", ":1")}</Image>'
    assert read(ome(f'<Image ID="Image:0">{pixels}</Image>{other}{rois}'))[0] == ()


@pytest.mark.corpus
def test_every_region_of_the_collection_is_written_valid_and_reads_back_equal(corpus, ome, pixels):
    kinds, regions = set[str](), 0
    for path in sorted([*(corpus / "ome-xml").rglob("*"), corpus / "omero-transfer-packs/transfer.xml"]):
        data = path.read_bytes() if path.is_file() else b""
        if b"ROI" not in data or b"XMLschemas/OME/RC4" in data or b"<!DOCTYPE" in data:
            continue
        tree = parse(data, name=path.name)
        for image in tree.images():
            for roi in read_rois(tree, image)[0]:
                again = written(ome, pixels, roi)
                assert validate(again) == ()
                assert read(again.serialize()) == ((roi,), [])
                regions += 1
                kinds |= {type(shape).__name__ for shape in roi.shapes}
    assert kinds == {"Rectangle", "Ellipse", "Point", "Line", "Polyline", "Polygon", "Label", "Mask"}
    assert regions > 50
