"""Regions as GeoJSON: one feature a shape, readable by QuPath; and features of QuPath and others as regions.

GeoJSON has points, lines and polygons: an ellipse goes out as a polygon, a mask as the outlines of its pixels.
Coordinates are pixels, not degrees (RFC 7946 section 4 leaves room "where all involved parties have a prior
arrangement"): that is how QuPath exchanges annotations.
"""

import json
import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

from publisher.errors import DamagedSourceError, Problem
from publisher.formats.region_json import kind_of
from publisher.formats.rings import grouped, with_holes
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
    Rgba,
    Shape,
)
from publisher.model.shape_outline import Ring, outline

Json = dict[str, Any]
_FAR = 1e9
_ALL = -1
"""QuPath's number of "all channels"."""

# Writing


def write_geojson(rois: Iterable[ROI], measurements: Callable[[Shape], Mapping[str, float | None]]) -> bytes:
    """A FeatureCollection. ``properties.plane`` counts from 0, null is all planes; ``roi`` is the region's ID.

    ``measurements`` gives numbers of a shape by name; those that are None are left out.
    """
    features = [_feature(roi, shape, measurements(shape)) for roi in rois for shape in roi.shapes]
    document = {"type": "FeatureCollection", "features": features}
    return (json.dumps(document, ensure_ascii=False, separators=(",", ":"), allow_nan=False) + "\n").encode()


def _feature(roi: ROI, shape: Shape, measured: Mapping[str, float | None]) -> Json:
    color = shape.stroke or shape.fill
    said: Json = {
        "objectType": "annotation",
        "roi": roi.id,
        "type": kind_of(shape),
        "name": roi.name or shape.text,
        "text": shape.text,
        "description": roi.description,
        "plane": {"t": shape.plane.t, "c": shape.plane.c, "z": shape.plane.z},
        "color": list(color[:3]) if color else None,
        "stroke": _hex(shape.stroke),
        "fill": _hex(shape.fill),
        "isLocked": shape.locked or None,
        "measurements": {name: value for name, value in measured.items() if value is not None and math.isfinite(value)},
    }
    properties = {key: value for key, value in said.items() if value not in (None, "", {})}
    return {"type": "Feature", "id": shape.id, "geometry": _geometry(shape), "properties": properties}


def _hex(rgba: Rgba | None) -> str | None:
    return "#" + bytes(rgba).hex() if rgba else None


def _geometry(shape: Shape) -> Json:
    found = outline(shape)
    if found.closed:
        areas = grouped(found.rings) if isinstance(shape, Mask) else [list(found.rings)]
        # RFC 7946, 3.1.6: "The first and last positions are equivalent"
        rings = [[[list(point) for point in (*ring, ring[0])] for ring in area] for area in areas]
        geometry: Json = (
            {"type": "Polygon", "coordinates": rings[0]}
            if len(rings) == 1
            else {"type": "MultiPolygon", "coordinates": rings}
        )
    else:
        points = [list(point) for point in found.rings[0]]
        alone = len(points) == 1
        geometry = {"type": "Point" if alone else "LineString", "coordinates": points[0] if alone else points}
    plane = shape.plane
    if plane != Plane():
        c = _ALL if plane.c is None else plane.c
        geometry["plane"] = {"c": c, "z": plane.z or 0, "t": plane.t or 0}
    return geometry


# Reading


def read_geojson(data: bytes, *, name: str) -> tuple[ROI, ...]:
    """Regions of a FeatureCollection, a Feature, a list of features or a bare geometry; raises DamagedSourceError.

    Features of one ``properties.roi`` are one region. The name is that of the feature, else of its classification.
    ``name`` is the file's name. IDs are empty where a feature has none.
    """
    try:
        document = json.loads(data.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise _damaged(name, f"is no JSON: {error}") from error
    found: dict[object, ROI] = {}
    for number, feature in enumerate(_features(document, name)):
        try:
            roi = _roi(feature)
        except (ValueError, TypeError, KeyError, IndexError) as error:
            raise _damaged(name, f"feature {number + 1}: {error}") from error
        key = roi.id or number
        known = found.get(key)
        found[key] = _with_shapes(known, roi.shapes) if known else roi
    return tuple(roi for roi in found.values() if roi.shapes)


def _with_shapes(roi: ROI, shapes: Sequence[Shape]) -> ROI:
    return ROI(id=roi.id, name=roi.name, description=roi.description, shapes=(*roi.shapes, *shapes))


def _damaged(name: str, message: str) -> DamagedSourceError:
    hint = "expected a GeoJSON FeatureCollection with coordinates in pixels, as QuPath exports it"
    return DamagedSourceError(Problem(code="regions.damaged", path=name, message=message, hint=hint))


def _features(document: object, name: str) -> Iterator[Json]:
    if isinstance(document, list):
        listed: object = document
    elif isinstance(document, dict) and document.get("type") == "FeatureCollection":
        listed = document.get("features")
    elif isinstance(document, dict) and document.get("type") == "Feature":
        listed = [document]
    elif isinstance(document, dict) and document.get("type") in _READ:
        listed = [{"type": "Feature", "geometry": document, "properties": {}}]
    else:
        raise _damaged(name, "is JSON, but no GeoJSON")
    if not isinstance(listed, list) or not all(isinstance(each, dict) for each in listed):
        raise _damaged(name, "has no list of features")
    yield from listed


def _roi(feature: Json) -> ROI:
    said = feature.get("properties")
    said = said if isinstance(said, dict) else {}
    geometry = feature.get("geometry")
    shapes: list[Shape] = []
    if isinstance(geometry, dict):
        identifier = _word(feature.get("id")) if isinstance(said.get("roi"), str) else ""
        common = _look(said) | {"plane": _plane(said, geometry), "text": _text(said.get("text")), "id": identifier}
        shapes = list(_shapes(geometry, common, _made_of(said)))
    classification = said.get("classification")
    named = classification.get("name") if isinstance(classification, dict) else classification
    identifier = _word(said.get("roi")) or _word(feature.get("id")) or _word(said.get("id"))
    name = _text(said.get("name")) or _text(named) or _text(said.get("label"))
    return ROI(id=identifier, name=name, description=_text(said.get("description")), shapes=tuple(shapes))


def _text(value: object) -> str:
    return str(value) if isinstance(value, str | int | float) and not isinstance(value, bool) else ""


def _word(value: object) -> str:
    """An identifier: text without white space."""
    return "".join(_text(value).split())[:200]


def _look(said: Json) -> Json:
    classification = said.get("classification")
    inner = classification if isinstance(classification, dict) else {}
    color = _rgba(said.get("stroke")) or _rgba(said.get("color")) or _rgba(inner.get("color") or inner.get("colorRGB"))
    return {"stroke": color, "fill": _rgba(said.get("fill")), "locked": said.get("isLocked") is True}


def _rgba(value: object) -> Rgba | None:
    """[r, g, b], "#rrggbb", "#rrggbbaa", or QuPath's older signed ARGB number."""
    if isinstance(value, int) and not isinstance(value, bool) and -(2**31) <= value < 2**32:
        opacity, red, green, blue = (value & 0xFFFFFFFF).to_bytes(4, "big")
        return red, green, blue, opacity
    if isinstance(value, str) and value.startswith("#") and len(value) in (7, 9):
        try:
            parts = list(bytes.fromhex(value[1:]))
        except ValueError:
            return None
    elif isinstance(value, list) and len(value) in (3, 4) and all(type(n) is int and 0 <= n <= 255 for n in value):
        parts = value
    else:
        return None
    red, green, blue, opacity = (*parts, 255)[:4]
    return red, green, blue, opacity


def _plane(said: Json, geometry: Json) -> Plane:
    """Ours counts from 0 with null for all; QuPath's has -1 for all channels."""
    plane = said.get("plane") if isinstance(said.get("plane"), dict) else geometry.get("plane")
    if not isinstance(plane, dict):
        return Plane()
    places = {axis: plane.get(axis) for axis in ("t", "c", "z")}
    return Plane(**{axis: n for axis, n in places.items() if type(n) is int and 0 <= n < 2**31})


def _made_of(said: Json) -> str:
    """What the polygon or point of a feature was, where that is said."""
    return "ellipse" if said.get("isEllipse") is True else _text(said.get("type"))


def _shapes(geometry: Json, common: Json, made_of: str) -> Iterator[Shape]:
    kind = geometry.get("type")
    if kind == "GeometryCollection":
        for part in geometry["geometries"]:
            if not isinstance(part, dict) or part.get("type") == "GeometryCollection":
                raise ValueError("a geometry in a geometry in a geometry")
            yield from _shapes(part, common, "")
        return
    if not isinstance(kind, str) or kind not in _READ:
        raise ValueError(f"a geometry of type {str(kind)[:40]!r}, expected one of {', '.join(sorted(_READ))}")
    for shape in _READ[kind](geometry["coordinates"], common):
        if made_of == "ellipse" and isinstance(shape, Polygon):
            yield _as_ellipse(shape, common)
        elif made_of == "label" and isinstance(shape, Point):
            yield Label(x=shape.x, y=shape.y, **common)
        else:
            yield shape


def _as_ellipse(polygon: Polygon, common: Json) -> Ellipse:
    """QuPath writes an ellipse as a polygon and says "isEllipse"; the box of that polygon is the ellipse's.

    One that was turned comes back along the axes only if its polygon was: a turned one keeps its box, not its form.
    """
    xs, ys = zip(*polygon.points, strict=True)
    x, y = (min(xs) + max(xs)) / 2, (min(ys) + max(ys)) / 2
    return Ellipse(x=x, y=y, radius_x=max(xs) - x, radius_y=max(ys) - y, **common)


def _position(value: Any) -> tuple[float, float]:
    x, y = float(value[0]), float(value[1])
    if not (abs(x) <= _FAR and abs(y) <= _FAR):
        raise ValueError("coordinates that are no numbers of pixels")
    return x, y


def _ring(values: Any, least: int) -> Ring:
    points = tuple(map(_position, values))
    if least > 2 and len(points) > 3 and points[0] == points[-1]:
        points = points[:-1]
    if len(points) < least:
        raise ValueError(f"{len(points)} points, expected {least} or more")
    return points


def _point(values: Any, common: Json) -> list[Shape]:
    x, y = _position(values)
    return [Point(x=x, y=y, **common)]


def _multi_point(values: Any, common: Json) -> list[Shape]:
    return [Point(x=x, y=y, **common) for x, y in map(_position, values)]


def _line(values: Any, common: Json) -> list[Shape]:
    points = _ring(values, 2)
    return [Line(start=points[0], end=points[1], **common) if len(points) == 2 else Polyline(points=points, **common)]


def _multi_line(values: Any, common: Json) -> list[Shape]:
    return [shape for each in values for shape in _line(each, common)]


def _polygon(values: Any, common: Json) -> list[Shape]:
    return [Polygon(points=ring, **common) for ring in with_holes([_ring(ring, 3) for ring in values])]


def _multi_polygon(values: Any, common: Json) -> list[Shape]:
    return [shape for each in values for shape in _polygon(each, common)]


_READ: dict[str, Callable[[Any, Json], list[Shape]]] = {
    "Point": _point,
    "MultiPoint": _multi_point,
    "LineString": _line,
    "MultiLineString": _multi_line,
    "Polygon": _polygon,
    "MultiPolygon": _multi_polygon,
}
