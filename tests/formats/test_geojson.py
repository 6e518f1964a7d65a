import json

import pytest

from publisher.errors import DamagedSourceError
from publisher.formats.geojson import read_geojson, write_geojson
from publisher.model.roi import ROI, Ellipse, Label, Line, Plane, Point, Polygon, Polyline, Rectangle
from publisher.model.shape_outline import area
from tests.model.test_shape_outline import mask

SQUARE = [[[0, 0], [10, 0], [10, 10], [0, 10], [0, 0]]]
HOLE = [[2, 2], [4, 2], [4, 4], [2, 4], [2, 2]]


def features(rois: list[ROI]) -> list[dict]:
    return json.loads(write_geojson(rois, lambda _: {}))["features"]


def read(*features: dict) -> tuple[ROI, ...]:
    data = json.dumps({"type": "FeatureCollection", "features": features}).encode()
    return read_geojson(data, name="a.geojson")


def feature(kind: str, coordinates: object, **properties: object) -> dict:
    return {"type": "Feature", "geometry": {"type": kind, "coordinates": coordinates}, "properties": properties}


def test_lines_points_and_polygons_come_back_as_they_went_out():
    shapes = (
        Polygon(id="Shape:1", points=((0, 0), (4, 0), (4, 3.5)), plane=Plane(t=1, c=2, z=0), stroke=(1, 2, 3, 4)),
        Polyline(id="Shape:2", points=((0, 0), (4, 0), (4, 3))),
        Line(id="Shape:3", start=(0, 0), end=(1, 1), text="axis"),
        Point(id="Shape:4", x=1, y=2, plane=Plane(z=3)),
        Label(id="Shape:5", x=1, y=2, text="here"),
    )
    roi = ROI(id="ROI:1", name="Cell", description="The first", shapes=shapes)
    assert read(*features([roi])) == (roi,)


def test_an_ellipse_goes_out_as_a_polygon_and_a_mask_as_the_outlines_of_its_pixels():
    ellipse, donut, apart = (
        one["geometry"]
        for one in features(
            [
                ROI(id="ROI:1", shapes=(Ellipse(x=9, y=9, radius_x=3, radius_y=2),)),
                ROI(id="ROI:2", shapes=(mask("111", "101", "111"),)),
                ROI(id="ROI:3", shapes=(mask("101"),)),
            ]
        )
    )
    assert ellipse["type"] == "Polygon"
    assert [len(ring) for ring in donut["coordinates"]] == [5, 5]
    assert apart["type"] == "MultiPolygon"


def test_planes_are_told_twice_once_for_qupath():
    whole, section = features(
        [ROI(id="ROI:1", shapes=(Rectangle(x=0, y=0, width=1, height=1), Point(x=1, y=1, plane=Plane(z=4, t=0))))]
    )
    assert whole["properties"]["plane"] == {"t": None, "c": None, "z": None}
    assert "plane" not in whole["geometry"]
    assert section["properties"]["plane"] == {"t": 0, "c": None, "z": 4}
    assert section["geometry"]["plane"] == {"c": -1, "z": 4, "t": 0}


def test_measurements_stand_with_their_shape_and_those_that_are_none_are_left_out():
    data = write_geojson(
        [ROI(id="ROI:1", shapes=(Point(x=1, y=1),))], lambda _: {"mean": 2.5, "area": None, "sd": float("nan")}
    )
    assert json.loads(data)["features"][0]["properties"]["measurements"] == {"mean": 2.5}


def test_qupath_says_class_colour_and_plane():
    said = feature(
        "Polygon",
        SQUARE,
        objectType="annotation",
        classification={"name": "Tumour", "color": [200, 0, 0]},
        isLocked=True,
    )
    said["id"] = "a3f0"
    said["geometry"]["plane"] = {"c": -1, "z": 2, "t": 0}
    [roi] = read(said)
    assert (roi.id, roi.name) == ("a3f0", "Tumour")
    assert roi.shapes[0].plane == Plane(c=None, z=2, t=0)
    assert roi.shapes[0].stroke == (200, 0, 0, 255)
    assert roi.shapes[0].locked


def test_what_qupath_calls_an_ellipse_is_one():
    [roi] = read(feature("Polygon", [[[4, 1], [7, 3], [4, 5], [1, 3], [4, 1]]], isEllipse=True))
    assert roi.shapes == (Ellipse(x=4, y=3, radius_x=3, radius_y=2),)


def test_a_hole_is_no_area_and_every_part_a_shape_of_one_region():
    [holed] = read(feature("Polygon", [*SQUARE, HOLE]))
    assert area(holed.shapes[0]) == 96
    [parts] = read(feature("MultiPolygon", [[*SQUARE, HOLE], [[[20, 0], [21, 0], [21, 1], [20, 0]]]]))
    assert [area(shape) for shape in parts.shapes] == [96, 0.5]
    [mixed] = read(
        {
            "type": "Feature",
            "geometry": {
                "type": "GeometryCollection",
                "geometries": [{"type": "MultiPoint", "coordinates": [[1, 1], [2, 2]]}],
            },
        }
    )
    assert [type(shape) for shape in mixed.shapes] == [Point, Point]


@pytest.mark.parametrize("document", ['[{"type": "Feature", "geometry": {"type": "Point", "coordinates": [1, 2]}}]'])
def test_a_bare_list_and_a_bare_geometry_are_read(document):
    assert read_geojson(document.encode(), name="a")[0].shapes == (Point(x=1, y=2),)
    assert read_geojson(b'{"type": "Point", "coordinates": [1, 2]}', name="a")[0].shapes == (Point(x=1, y=2),)


@pytest.mark.parametrize(
    "document",
    [
        "{",
        "[" * 100_000,
        '{"type": "FeatureCollection"}',
        '{"type": "FeatureCollection", "features": [1]}',
        '{"a": 1}',
        json.dumps(feature("Point", ["a", 2])),
        json.dumps(feature("Point", [1e99, 2])),
        '{"type": "Feature", "geometry": {"type": "Point", "coordinates": [NaN, 2]}}',
        json.dumps(feature("Polygon", [[[0, 0], [1, 1]]])),
        json.dumps(feature("Surface", [])),
        json.dumps({"type": "Feature", "geometry": {"type": "Polygon"}}),
    ],
)
def test_what_is_no_geojson_is_refused(document):
    with pytest.raises(DamagedSourceError) as caught:
        read_geojson(document.encode(), name="a.geojson")
    assert caught.value.problems[0].code == "regions.damaged"
