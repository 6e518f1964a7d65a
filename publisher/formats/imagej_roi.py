"""Regions of ImageJ: .roi files and RoiSet.zip, to and from the model. The one door to the roifile library.

Coordinates are ImageJ's own, as Bio-Formats reads them, too; positions count from 1 and 0 means all. What a region is
called here travels in the properties that ImageJ keeps with each selection: "ome_roi: ROI:3".
"""

import math
import re
import struct
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any
from zipfile import BadZipFile, ZipFile, ZipInfo

import numpy as np
from roifile import ROI_COLOR_NONE, ROI_OPTIONS, ROI_SUBTYPE, ROI_TYPE, ImagejRoi

from publisher.errors import DamagedSourceError, Problem
from publisher.formats.rings import with_holes
from publisher.model.identity import stem
from publisher.model.roi import (
    ROI,
    Ellipse,
    Label,
    Line,
    Mask,
    Plane,
    Point,
    Point2,
    Polygon,
    Polyline,
    Rectangle,
    Rgba,
    Shape,
)
from publisher.model.shape_outline import moved, outline, semi_axes

MOST_ENTRIES, MOST_BYTES = 200_000, 1 << 28
"""Regions of a zip file and their bytes, unpacked: more is refused."""

_FAR = 1e9
_TEXT_SIZE = 12
"""Pixels of a letter where nothing is said."""
_EPOCH = (1980, 1, 1, 0, 0, 0)
_AXIS = re.compile(r"\b([tcz])(\d{1,9})\b")
_LINES = (ROI_TYPE.FREELINE, ROI_TYPE.POLYLINE, ROI_TYPE.ANGLE)
_AREAS = (ROI_TYPE.POLYGON, ROI_TYPE.FREEHAND, ROI_TYPE.TRACED)


@dataclass(frozen=True, slots=True, kw_only=True)
class StackSizes:
    """Channels, sections and time points of the image that regions belong to."""

    c: int = 1
    z: int = 1
    t: int = 1

    @property
    def single(self) -> str | None:
        """The axis of a plain stack, whose planes ImageJ counts by one number."""
        longer = [axis for axis, size in (("c", self.c), ("z", self.z), ("t", self.t)) if size > 1]
        return longer[0] if len(longer) == 1 else None

    def plane(self, number: int) -> Plane:
        """Plane ``number`` of the stack, from 1: channels change fastest, then sections."""
        index = number - 1
        whole = (
            ("c", self.c, index % self.c),
            ("z", self.z, index // self.c % self.z),
            ("t", self.t, index // self.c // self.z),
        )
        return Plane(**{axis: place for axis, size, place in whole if size > 1 and place < size})


# Reading


def read_roi_file(data: bytes, sizes: StackSizes, *, name: str) -> tuple[ROI, ...]:
    """Regions of a .roi file, or of all those in a zip file, in their order; raises DamagedSourceError.

    ``sizes`` are those of the image, ``name`` is the file's name. IDs are empty where the file has none.
    """
    if data[:4] == b"Iout":
        return together(_named(roi, name) for roi in _one(data, sizes, name))
    if data[:2] != b"PK":
        raise _damaged(name, "is neither an ImageJ region nor a zip file of such")
    return together(
        _named(roi, entry) for entry, content in _entries(data, name) for roi in _one(content, sizes, f"{name}/{entry}")
    )


def read_rois(parts: Iterable[bytes], sizes: StackSizes, *, name: str) -> tuple[ROI, ...]:
    """Regions as a TIFF of ImageJ keeps them (tags "ROI" and "Overlays")."""
    return together(roi for part in parts for roi in _one(part, sizes, name))


def _named(roi: ROI, path: str) -> ROI:
    """A selection without a name is called as its file: the ROI Manager does so, too."""
    return roi if roi.name or roi.id else replace(roi, name=stem(path))


def _entries(data: bytes, name: str) -> Iterator[tuple[str, bytes]]:
    try:
        with ZipFile(BytesIO(data)) as archive:
            infos = [info for info in archive.infolist() if info.filename.lower().endswith(".roi")]
            if len(infos) > MOST_ENTRIES or sum(info.file_size for info in infos) > MOST_BYTES:
                raise _damaged(name, f"unpacks to more than {MOST_ENTRIES:,} regions or {MOST_BYTES >> 20} MiB")
            for info in infos:
                with archive.open(info) as stream:
                    yield info.filename, stream.read(info.file_size)
    except (BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, ValueError) as error:
        raise _damaged(name, f"is no sound zip file: {error}") from error


def _one(data: bytes, sizes: StackSizes, name: str) -> Iterator[ROI]:
    try:
        found = ImagejRoi.frombytes(data)
        shapes = tuple(_shapes(found, sizes))
    except (ValueError, TypeError, IndexError, struct.error, RuntimeError, OverflowError, MemoryError) as error:
        raise _damaged(name, f"is no sound ImageJ region: {error}") from error
    if shapes:
        said = _properties(found)
        known = said.get("ome_roi", "")
        yield ROI(id=known, name=said.get("ome_name", "") if known else found.name, shapes=shapes)


def _damaged(name: str, message: str) -> DamagedSourceError:
    hint = "save it again from ImageJ's ROI Manager (More >> Save...)"
    return DamagedSourceError(Problem(code="regions.damaged", path=name, message=message, hint=hint))


def together(rois: Iterable[ROI]) -> tuple[ROI, ...]:
    """Selections that were written from one region are that region again."""
    found: dict[object, ROI] = {}
    for number, roi in enumerate(rois):
        key = roi.id or number
        known = found.get(key)
        found[key] = replace(known, shapes=(*known.shapes, *roi.shapes)) if known else roi
    return tuple(found.values())


def _properties(found: ImagejRoi) -> dict[str, str]:
    pairs = (line.split(":", 1) for line in found.props.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _shapes(found: ImagejRoi, sizes: StackSizes) -> Iterator[Shape]:
    said = _properties(found)
    ids = iter(said.get("ome_shape", "").split())
    common = _look(found) | {"plane": _plane(found, sizes), "text": said.get("ome_text", "")}
    for shape in _geometry(found, common, sizes):
        yield replace(shape, id=next(ids, ""))


def _look(found: ImagejRoi) -> dict[str, Any]:
    width = found.float_stroke_width or float(found.stroke_width)
    return {
        "stroke": _rgba(found.stroke_color),
        "fill": _rgba(found.fill_color),
        "stroke_width": width if 0 < width < _FAR else None,
    }


def _rgba(argb: bytes) -> Rgba | None:
    return None if argb == ROI_COLOR_NONE else (argb[1], argb[2], argb[3], argb[0])


def _argb(rgba: Rgba | None) -> bytes:
    return ROI_COLOR_NONE if rgba is None else bytes((rgba[3], *rgba[:3]))


def _plane(found: ImagejRoi, sizes: StackSizes) -> Plane:
    """Where ImageJ shows it; on a plain stack other axes are as written, if the plane still is."""
    plane = _position(found, sizes)
    words = dict(_AXIS.findall(_properties(found).get("ome_plane", "")))
    said = Plane(**{axis: int(index) for axis, index in words.items()})
    holds = sizes.single and getattr(said, sizes.single) == getattr(plane, sizes.single)
    return said if words and holds else plane


def _position(found: ImagejRoi, sizes: StackSizes) -> Plane:
    places = {"c": found.c_position, "z": found.z_position, "t": found.t_position}
    if any(place > 0 for place in places.values()):
        return Plane(**{axis: place - 1 for axis, place in places.items() if place > 0})
    return sizes.plane(found.position) if found.position > 0 else Plane()


def _geometry(found: ImagejRoi, common: dict[str, Any], sizes: StackSizes) -> Iterator[Shape]:
    kind = found.roitype
    if found.subtype == ROI_SUBTYPE.TEXT:
        x, y, _, _ = _rectangle(found)
        size = float(found.text_size) if 0 < found.text_size < _FAR else float(_TEXT_SIZE)
        text = found.text.rstrip("\n")
        yield Label(x=x, y=y + size, **common | {"text": text, "font_size": size})
    elif kind == ROI_TYPE.RECT and found.composite:
        rings = [_ring(ring.tolist()) for ring in found.coordinates(multi=True)]
        yield from (Polygon(points=ring, **common) for ring in with_holes([ring for ring in rings if len(ring) > 2]))
    elif kind in (ROI_TYPE.RECT, ROI_TYPE.OVAL):
        x, y, width, height = _rectangle(found)
        if kind == ROI_TYPE.RECT:
            yield Rectangle(x=x, y=y, width=width, height=height, **common)
        else:
            rx, ry = width / 2, height / 2
            yield Ellipse(x=x + rx, y=y + ry, radius_x=rx, radius_y=ry, **common)
    elif kind == ROI_TYPE.LINE:
        (start, end), is_arrow = _ring([(found.x1, found.y1), (found.x2, found.y2)]), _is_arrow(found)
        both = is_arrow and ROI_OPTIONS.DOUBLE_HEADED in found.options
        yield Line(start=start, end=end, arrow_start=both, arrow_end=is_arrow, **common)
    elif kind == ROI_TYPE.FREEHAND and found.subtype == ROI_SUBTYPE.ELLIPSE:
        yield _rotated(found, common)
    elif kind in _AREAS:
        yield Polygon(points=_ring(_coordinates(found), 3), **common)
    elif kind in _LINES:
        yield Polyline(points=_ring(_coordinates(found), 2), **common)
    elif kind == ROI_TYPE.POINT:
        yield from _points(found, common, sizes)
    elif kind != ROI_TYPE.NOROI:
        raise ValueError(f"selections of type {int(kind)} are not known")


def _coordinates(found: ImagejRoi) -> list[list[float]]:
    points: list[list[float]] = np.asarray(found.coordinates()).tolist()
    return points


def _is_arrow(found: ImagejRoi) -> bool:
    return bool(found.subtype == ROI_SUBTYPE.ARROW)


def _rectangle(found: ImagejRoi) -> tuple[float, float, float, float]:
    """x, y, width, height."""
    if found.subpixelrect:
        (x, y), (width, height) = _ring([(found.xd, found.yd), (found.widthd, found.heightd)])
    else:
        x, y, width, height = map(float, (found.left, found.top, found.right - found.left, found.bottom - found.top))
    if width < 0 or height < 0:
        raise ValueError(f"a box of {width:g} by {height:g} pixels")
    return x, y, width, height


def _ring(points: Sequence[Sequence[float]], least: int = 0) -> tuple[Point2, ...]:
    """Points with numbers that can be places; a first point that is repeated at the end of an area is left out."""
    ring = tuple((float(x), float(y)) for x, y in points)
    if any(not abs(number) <= _FAR for point in ring for number in point):
        raise ValueError("coordinates that are no numbers of pixels")
    if len(ring) > 3 and ring[0] == ring[-1]:
        ring = ring[:-1]
    if len(ring) < least:
        raise ValueError(f"{len(ring)} points, expected {least} or more")
    return ring


def _rotated(found: ImagejRoi, common: dict[str, Any]) -> Ellipse:
    """An ellipse by the ends of its longer axis and the ratio of the shorter to it (ImageJ's EllipseRoi)."""
    (ax, ay), (bx, by) = _ring([(found.x1, found.y1), (found.x2, found.y2)])
    ratio = _aspect_ratio(found)
    half = math.dist((ax, ay), (bx, by)) / 2
    if not half or not 0 <= ratio <= 1e6:
        raise ValueError("an ellipse without size")
    cos, sin = (bx - ax) / 2 / half, (by - ay) / 2 / half
    x, y = (ax + bx) / 2, (ay + by) / 2
    turned = (cos, sin, -sin, cos, x - cos * x + sin * y, y - sin * x - cos * y)
    return Ellipse(x=x, y=y, radius_x=half, radius_y=half * ratio, **common | {"transform": turned})


def _aspect_ratio(found: ImagejRoi) -> float:
    """A float32 over the bytes of what are arrow style, head size and arc size in other selections."""
    packed = struct.pack(">BBh", found.arrow_style_or_aspect_ratio, found.arrow_head_size, found.rounded_rect_arc_size)
    return float(struct.unpack(">f", packed)[0])


def _points(found: ImagejRoi, common: dict[str, Any], sizes: StackSizes) -> Iterator[Point]:
    coordinates = [(float(x), float(y)) for x, y in _coordinates(found)]
    _ring(coordinates, 1)
    places = found.counter_positions
    own = places is not None and common["plane"] == Plane()
    for number, (x, y) in enumerate(coordinates):
        place = int(places[number]) if own and places is not None and number < len(places) else 0
        yield Point(x=x, y=y, **common | ({"plane": sizes.plane(place)} if place else {}))


# Writing


def write_roi_set(rois: Iterable[ROI], sizes: StackSizes) -> bytes:
    """A RoiSet.zip as ImageJ's ROI Manager opens it: one selection for each shape, points of a plane together.

    Float32 is all the file has. Transforms are applied; a mask becomes a composite selection of the same pixels.
    """
    file, names = BytesIO(), _Names()
    with ZipFile(file, "w") as archive:
        for roi in rois:
            for shapes in _selections(roi.shapes):
                found = _selection(roi, shapes, sizes)
                info = ZipInfo(f"{names.free(found.name)}.roi", _EPOCH)
                info.external_attr = 0o644 << 16
                archive.writestr(info, found.tobytes(), compress_type=8)
    return file.getvalue()


class _Names:
    """Names of entries: each once, whatever the case of its letters, and safe in any file system."""

    def __init__(self) -> None:
        self._taken: set[str] = set()
        self._last: Counter[str] = Counter()

    def free(self, wanted: str) -> str:
        """``wanted`` as a name of a file, with a number behind it when that is taken."""
        clean = "".join(char if char.isprintable() and char not in '/\\:*?"<>|' else "_" for char in wanted)
        base = clean[:80].strip(". ") or "region"
        name = base
        while name.lower() in self._taken:
            self._last[base.lower()] += 1
            name = f"{base}-{self._last[base.lower()] + 1}"
        self._taken.add(name.lower())
        return name


def _selections(shapes: Sequence[Shape]) -> Iterator[list[Shape]]:
    """Shapes one by one; points that follow each other and differ in their place alone are one selection."""
    group: list[Shape] = []
    for shape in shapes:
        if group and isinstance(shape, Point) and isinstance(group[0], Point) and _alike(shape, group[0]):
            group.append(shape)
            continue
        if group:
            yield group
        group = [shape]
    if group:
        yield group


def _alike(one: Point, other: Point) -> bool:
    return replace(one, id="", x=0.0, y=0.0, transform=None) == replace(other, id="", x=0.0, y=0.0, transform=None)


def _selection(roi: ROI, shapes: list[Shape], sizes: StackSizes) -> ImagejRoi:
    shape = shapes[0]
    words = {"ome_roi": roi.id, "ome_name": roi.name, "ome_shape": " ".join(each.id for each in shapes)}
    words["ome_plane"] = " ".join(
        f"{axis}{index}" for axis in "tcz" if (index := getattr(shape.plane, axis)) is not None
    )
    words["ome_text"] = "" if isinstance(shape, Label) else shape.text
    found = ImagejRoi(
        name=_one_line(roi.name or shape.text or roi.id),
        props="".join(f"{key}: {_one_line(value)}\n" for key, value in words.items() if value),
        stroke_color=_argb(shape.stroke),
        fill_color=_argb(shape.fill),
        stroke_width=min(round(shape.stroke_width or 0), 32767),
        float_stroke_width=shape.stroke_width or 0.0,
    )
    _set_plane(found, shape.plane, sizes)
    _set_geometry(found, shapes)
    return found


def _one_line(text: str) -> str:
    """Without characters beyond the first 65,536, which roifile would count as one though they take two."""
    return "".join(char if ord(char) < 0x10000 else "\ufffd" for char in " ".join(text.split()))


def _set_plane(found: ImagejRoi, plane: Plane, sizes: StackSizes) -> None:
    places = {"c": plane.c, "z": plane.z, "t": plane.t}
    if sizes.single:
        place = places[sizes.single]
        found.position = 0 if place is None else place + 1
    else:
        found.c_position, found.z_position, found.t_position = (
            0 if place is None else place + 1 for place in places.values()
        )


def _set_geometry(found: ImagejRoi, shapes: list[Shape]) -> None:
    shape = shapes[0]
    match shape:
        case Point():
            points = [point for each in shapes for ring in outline(each).rings for point in ring]
            _set_points(found, ROI_TYPE.POINT, points)
        case Label():
            _set_label(found, shape)
        case Rectangle(transform=None):
            _set_box(found, ROI_TYPE.RECT, shape.x, shape.y, shape.width, shape.height)
        case Ellipse(transform=None):
            x, y = shape.x - shape.radius_x, shape.y - shape.radius_y
            _set_box(found, ROI_TYPE.OVAL, x, y, 2 * shape.radius_x, 2 * shape.radius_y)
        case Ellipse():
            _set_ellipse(found, shape)
        case Line():
            _set_line(found, shape)
        case Polyline():
            _set_points(found, ROI_TYPE.POLYLINE, outline(shape).rings[0])
        case Mask():
            _set_composite(found, shape)
        case _:
            _set_points(found, ROI_TYPE.POLYGON, outline(shape).rings[0])


def _set_bounds(found: ImagejRoi, points: Iterable[Point2]) -> None:
    """Whole numbers of 16 bits; where the selection lies further out only its float coordinates hold."""
    xs, ys = zip(*points, strict=True)
    low, high = -5000, 60535
    found.left, found.top = (max(low, min(high, math.floor(min(values)))) for values in (xs, ys))
    found.right, found.bottom = (max(low, min(high, math.ceil(max(values)))) for values in (xs, ys))


def _set_points(found: ImagejRoi, kind: ROI_TYPE, points: Sequence[Point2]) -> None:
    found.roitype = kind
    found.n_coordinates = len(points)
    _set_bounds(found, points)
    relative = np.rint(np.asarray(points, np.float64)) - (found.left, found.top)
    found.integer_coordinates = np.clip(relative, 0, 60535).astype(np.int32)
    found.subpixel_coordinates = np.asarray(points, np.float32)
    found.options |= ROI_OPTIONS.SUB_PIXEL_RESOLUTION


def _set_box(found: ImagejRoi, kind: ROI_TYPE, x: float, y: float, width: float, height: float) -> None:
    found.roitype = kind
    _set_bounds(found, ((x, y), (x + width, y + height)))
    if (found.left, found.top, found.right, found.bottom) != (x, y, x + width, y + height):
        found.options |= ROI_OPTIONS.SUB_PIXEL_RESOLUTION
        found.xd, found.yd, found.widthd, found.heightd = x, y, width, height


def _set_ellipse(found: ImagejRoi, shape: Ellipse) -> None:
    """An ellipse in any direction, as `_rotated` reads it; its outline is for programs that know polygons only."""
    large, small = semi_axes(shape)
    if not large:
        _set_points(found, ROI_TYPE.POLYGON, outline(shape).rings[0])
        return
    a00, a10, a01, a11, _, _ = shape.transform or (1.0, 0.0, 0.0, 1.0, 0.0, 0.0)
    p, q, r, s = a00 * shape.radius_x, a01 * shape.radius_y, a10 * shape.radius_x, a11 * shape.radius_y
    angle = 0.5 * math.atan2(2 * (p * r + q * s), p * p + q * q - r * r - s * s)
    ((x, y),) = moved(shape.transform, ((shape.x, shape.y),))
    far_x, far_y = large * math.cos(angle), large * math.sin(angle)
    _set_points(found, ROI_TYPE.FREEHAND, outline(shape).rings[0])
    found.subtype = ROI_SUBTYPE.ELLIPSE
    found.x1, found.y1, found.x2, found.y2 = x - far_x, y - far_y, x + far_x, y + far_y
    packed = struct.pack(">f", small / large)
    found.arrow_style_or_aspect_ratio, found.arrow_head_size, found.rounded_rect_arc_size = struct.unpack(
        ">BBh", packed
    )


def _set_label(found: ImagejRoi, shape: Label) -> None:
    ((x, y),) = outline(shape).rings[0]
    size = max(1, round(shape.font_size or _TEXT_SIZE))
    _set_box(found, ROI_TYPE.RECT, x, y - size, max(1.0, size * len(shape.text) * 0.6), float(size))
    found.subtype = ROI_SUBTYPE.TEXT
    found.text_size, found.text_name = size, "SansSerif"
    found.text = "\n".join(map(_one_line, shape.text.splitlines())) + "\n"


def _set_line(found: ImagejRoi, shape: Line) -> None:
    start, end = outline(shape).rings[0]
    if shape.arrow_start and not shape.arrow_end:
        start, end = end, start
    found.roitype = ROI_TYPE.LINE
    _set_bounds(found, (start, end))
    (found.x1, found.y1), (found.x2, found.y2) = start, end
    if shape.arrow_start or shape.arrow_end:
        found.subtype = ROI_SUBTYPE.ARROW
        found.arrow_style_or_aspect_ratio, found.arrow_head_size = 2, 10  # open, as ImageJ draws it by default
        if shape.arrow_start and shape.arrow_end:
            found.options |= ROI_OPTIONS.DOUBLE_HEADED


def _set_composite(found: ImagejRoi, shape: Mask) -> None:
    rings = outline(shape).rings
    path: list[float] = []
    for ring in rings:
        path += (number for place, point in enumerate(ring) for number in (float(place > 0), *point))
        path.append(4.0)
    found.roitype = ROI_TYPE.RECT
    _set_bounds(found, [point for ring in rings for point in ring] or [(shape.x, shape.y)])
    found.multi_coordinates = np.asarray(path, np.float32)
    found.shape_roi_size = len(path)
