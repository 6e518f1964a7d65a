"""Regions as JSON: the region JSON that is published (docs/design/seams/regions.schema.json), and back.

Between processes of a build a mask carries its pixels ("bits", base64); published, it links to a picture ("bitmap").
"""

from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable
from typing import Any

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
    Rgba,
    Shape,
)

Json = dict[str, Any]

KINDS: dict[str, type[Shape]] = {
    "rectangle": Rectangle,
    "ellipse": Ellipse,
    "point": Point,
    "line": Line,
    "polyline": Polyline,
    "polygon": Polygon,
    "label": Label,
    "mask": Mask,
}
_PLACES = ("x", "y", "width", "height", "radius_x", "radius_y")


def kind_of(shape: Shape) -> str:
    """The name of a shape's kind in region JSON."""
    return type(shape).__name__.lower()


def regions_document(image: str, rois: Iterable[ROI], bitmap: Callable[[Mask], str]) -> Json:
    """Region JSON of the image page ``image``; ``bitmap`` gives the link to a mask's picture."""
    return {"version": 1, "image": image, "regions": [roi_json(roi, bitmap) for roi in rois]}


def roi_json(roi: ROI, bitmap: Callable[[Mask], str] | None = None) -> Json:
    """One region; without ``bitmap`` masks carry their pixels."""
    said = {"id": roi.id, "name": roi.name, "description": roi.description}
    found: Json = {key: value for key, value in said.items() if value or key == "id"}
    return found | {"shapes": [_shape_json(shape, bitmap) for shape in roi.shapes]}


def _shape_json(shape: Shape, bitmap: Callable[[Mask], str] | None) -> Json:
    plane = {"t": shape.plane.t, "c": shape.plane.c, "z": shape.plane.z}
    said: Json = {
        "transform": list(shape.transform) if shape.transform else None,
        "fill": _color(shape.fill),
        "stroke": _color(shape.stroke),
        "stroke_width": shape.stroke_width,
        "dashes": list(shape.dashes) or None,
        "text": shape.text if shape.text or isinstance(shape, Label) else None,
        "font_size": shape.font_size,
        "locked": shape.locked or None,
    }
    said |= {key: getattr(shape, key, None) for key in _PLACES}
    match shape:
        case Line():
            said |= {"points": [list(shape.start), list(shape.end)]} | _markers(shape)
        case Polyline():
            said |= {"points": list(map(list, shape.points))} | _markers(shape)
        case Polygon():
            said["points"] = list(map(list, shape.points))
        case Mask() if bitmap:
            said["bitmap"] = bitmap(shape)
        case Mask():
            said |= {"rows": shape.rows, "columns": shape.columns, "bits": b64encode(shape.bits).decode()}
    found: Json = {"id": shape.id, "type": kind_of(shape), "plane": plane}
    return found | {key: value for key, value in said.items() if value is not None}


def _markers(shape: Line | Polyline) -> Json:
    ends = {"marker_start": shape.arrow_start, "marker_end": shape.arrow_end}
    return {key: "arrow" for key, has_arrow in ends.items() if has_arrow}


def _color(rgba: Rgba | None) -> str | None:
    if rgba is None:
        return None
    return "#" + bytes(rgba if rgba[3] != 255 else rgba[:3]).hex()


def read_roi_json(record: Json) -> ROI:
    """The region that `roi_json` wrote without ``bitmap``."""
    return ROI(
        id=record["id"],
        name=record.get("name", ""),
        description=record.get("description", ""),
        shapes=tuple(map(_shape, record["shapes"])),
    )


def _shape(record: Json) -> Shape:
    said: Json = {
        "id": record["id"],
        "plane": Plane(**record["plane"]),
        "text": record.get("text", ""),
        "transform": tuple(record["transform"]) if "transform" in record else None,
        "fill": _rgba(record.get("fill")),
        "stroke": _rgba(record.get("stroke")),
        "stroke_width": record.get("stroke_width"),
        "dashes": tuple(record.get("dashes", ())),
        "font_size": record.get("font_size"),
        "locked": record.get("locked", False),
    }
    said |= {key: record[key] for key in _PLACES if key in record}
    kind = KINDS[record["type"]]
    points = tuple((x, y) for x, y in record.get("points", ()))
    if kind in (Line, Polyline):
        said |= {"arrow_start": "marker_start" in record, "arrow_end": "marker_end" in record}
    if kind is Line:
        said |= {"start": points[0], "end": points[1]}
    elif points:
        said["points"] = points
    if kind is Mask:
        said |= {"rows": record["rows"], "columns": record["columns"], "bits": b64decode(record["bits"])}
    return kind(**said)


def _rgba(text: str | None) -> Rgba | None:
    if text is None:
        return None
    red, green, blue, *rest = bytes.fromhex(text[1:])
    return red, green, blue, rest[0] if rest else 255
