"""Planes in brief, and as a table."""

import csv
import io

from publisher.formats.ome_xml.planes import PlaneTable, plane_table
from publisher.formats.ome_xml.tree import parse


def table(ome, pixels, planes: str) -> PlaneTable | None:
    body = pixels.replace("<MetadataOnly/>", f"<MetadataOnly/>{planes}")
    return plane_table(parse(ome(f'<Image ID="Image:0">{body}</Image>'), name="x").image(0))


def rows(found: PlaneTable | None) -> list[dict[str, str]]:
    assert found is not None
    return list(csv.DictReader(io.StringIO(found.csv.decode())))


def test_planes_are_told_in_seconds_and_micrometres(ome, pixels):
    found = table(
        ome,
        pixels,
        '<Plane TheZ="0" TheT="0" TheC="0" ExposureTime="50" ExposureTimeUnit="ms" DeltaT="0" PositionX="1"'
        ' PositionXUnit="mm"/>'
        '<Plane TheZ="1" TheT="0" TheC="0" ExposureTime="0.1" DeltaT="2" DeltaTUnit="min" PositionX="-2.5"'
        ' PositionXUnit="µm"/>',
    )
    assert rows(found) == [
        {"t": "0", "c": "0", "z": "0", "exposure_s": "0.05", "delta_t_s": "0", "position_x_um": "1000"},
        {"t": "0", "c": "0", "z": "1", "exposure_s": "0.1", "delta_t_s": "120", "position_x_um": "-2.5"},
    ]
    assert found.section.values == (
        ("Count", "2"),
        ("ExposureTime", "0.05 to 0.1 s"),
        ("DeltaT", "0 to 120 s"),
        ("PositionX", "-2.5 to 1000 µm"),
    )


def test_a_position_without_a_length_keeps_its_unit(ome, pixels):
    found = table(
        ome,
        pixels,
        '<Plane TheZ="0" TheT="0" TheC="0" PositionY="7"/>'
        '<Plane TheZ="1" TheT="0" TheC="0" PositionY="8" PositionYUnit="µm"/>',
    )
    assert rows(found) == [
        {"t": "0", "c": "0", "z": "0", "position_y_um": "", "position_y": "7", "position_y_unit": "reference frame"},
        {"t": "0", "c": "0", "z": "1", "position_y_um": "8", "position_y": "", "position_y_unit": ""},
    ]
    assert found.section.values == (("Count", "2"), ("PositionY", "7 reference frame"), ("PositionY", "8 µm"))


def test_exposures_are_told_channel_by_channel(ome, pixels):
    found = table(
        ome,
        pixels,
        '<Plane TheZ="0" TheT="0" TheC="0" ExposureTime="0.5"/><Plane TheZ="0" TheT="0" TheC="2" ExposureTime="1"/>'
        '<Plane TheZ="0" TheT="1" TheC="2" ExposureTime="2"/>',
    )
    assert found is not None
    assert found.exposures == ("0.5 s", "", "1 to 2 s")


def test_planes_that_tell_their_place_alone_have_no_table(ome, pixels):
    assert table(ome, pixels, '<Plane TheZ="0" TheT="0" TheC="0"/>') is None
    assert table(ome, pixels, "") is None


def test_what_is_no_number_says_nothing(ome, pixels):
    planes = '<Plane TheZ="0" TheT="0" TheC="0" ExposureTime="{}" DeltaT="1"/>'
    for text in ("nan", "INF", "=cmd()", "1e999"):
        found = table(ome, pixels, planes.format(text))
        assert rows(found) == [{"t": "0", "c": "0", "z": "0", "delta_t_s": "1"}], text


def test_a_channel_that_no_image_has_costs_nothing(ome, pixels):
    found = table(ome, pixels, '<Plane TheZ="0" TheT="0" TheC="99999999999" ExposureTime="1"/>')
    assert found is not None
    assert len(found.exposures) <= 10_001
