"""Shapes drawn as lines, to be laid over an image's picture: an SVG of bounded size, made of numbers alone.

It is shown by an <img>, where a browser runs no script and fetches nothing.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from xml.sax.saxutils import escape

from publisher.formats.ome_xml.text import writable
from publisher.model.roi import ROI, Ellipse, Label, Line, Mask, Point, Point2, Polygon, Polyline, Rgba, Shape
from publisher.model.shape_outline import ELLIPSE_POINTS, Ring, box, outline

MOST_SHAPES = 20_000
"""Shapes that are drawn; the caption says when there are more."""
MOST_LABELS = 200
MOST_CORNERS = 60_000
"""Corners of all shapes together; with more, shapes of less than `_SMALL_PX` are drawn as their boxes."""
_SMALL_PX = 12.0
_COLOR: Rgba = (255, 224, 0, 255)
"""Of shapes without a colour: yellow, as in ImageJ."""
_LEAST_PX, _POINT_PX, _TEXT_PX = 2.0, 3.0, 12.0
_FAR_PX = 50_000.0
_GRID, _COARSE = 4, 1
"""Corners lie on quarters of a pixel of the picture, of very many on whole ones; those that fall together are one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The picture that shapes lie over: its size and that of the image, in pixels, and the plane (t, z) it shows.

    ``z`` is None for a maximum over z, which shows all sections.
    """

    width: int
    height: int
    size_x: int
    size_y: int
    t: int
    z: int | None

    def place(self, point: Point2) -> Point2:
        """A place on the image as one on the picture."""
        return point[0] * self.width / self.size_x, point[1] * self.height / self.size_y

    def shows(self, shape: Shape) -> bool:
        """Whether ``shape`` is on the plane that is shown."""
        t, z = shape.plane.t, shape.plane.z
        return t in (None, self.t) and (self.z is None or z in (None, self.z))


def overview(rois: Iterable[ROI], picture: Overview) -> tuple[bytes, int]:
    """The SVG, and how many shapes it shows. Those of other planes than the picture's are drawn faintly."""
    shapes = list(islice((shape for roi in rois for shape in roi.shapes), MOST_SHAPES))
    is_crowded = sum(map(_corners, shapes)) > MOST_CORNERS
    least_px, pen = (_SMALL_PX, _Pen(_COARSE)) if is_crowded else (_LEAST_PX, _Pen(_GRID))
    paths: dict[tuple[bool, str], list[str]] = {}
    labels: list[str] = []
    for shape in shapes:
        color = _hex(shape.stroke or shape.fill)
        if path := _path(shape, picture, least_px, pen):
            paths.setdefault((picture.shows(shape), color), []).append(path)
        if isinstance(shape, Label) and shape.text and len(labels) < MOST_LABELS:
            labels.append(_label(shape, picture, color))
    return _document(picture, paths, labels), len(shapes)


def _corners(shape: Shape) -> int:
    match shape:
        case Polygon() | Polyline():
            return len(shape.points)
        case Mask():
            return shape.rows + shape.columns  # about what its outline has
        case Ellipse():
            return ELLIPSE_POINTS
        case _:
            return 4


def _document(picture: Overview, paths: dict[tuple[bool, str], list[str]], labels: Sequence[str]) -> bytes:
    size = f'width="{picture.width}" height="{picture.height}"'
    lines = [f'<svg xmlns="http://www.w3.org/2000/svg" {size} viewBox="0 0 {picture.width} {picture.height}">']
    for number, ((is_shown, color), found) in enumerate(sorted(paths.items())):
        faint = "" if is_shown else ' opacity="0.35"'
        common = 'fill="none" stroke-linejoin="round" stroke-linecap="round" vector-effect="non-scaling-stroke"'
        lines.append(f'<defs><path id="p{number}" d="{"".join(found)}" {common}/></defs><g{faint}>')
        lines.append(f'<use href="#p{number}" stroke="#000" stroke-opacity="0.6" stroke-width="3"/>')
        lines.append(f'<use href="#p{number}" stroke="{color}" stroke-width="1.5"/></g>')
    return "\n".join([*lines, *labels, "</svg>", ""]).encode()


def _hex(rgba: Rgba | None) -> str:
    """Opaque: a line that cannot be seen shows nothing."""
    return "#" + bytes((rgba or _COLOR)[:3]).hex()


def _path(shape: Shape, picture: Overview, least_px: float, pen: "_Pen") -> str:
    x0, y0, x1, y1 = box(shape)
    (left, top), (right, bottom) = picture.place((x0, y0)), picture.place((x1, y1))
    if isinstance(shape, Label):
        return ""
    if isinstance(shape, Point):
        return pen.drawn(_cross(left, top), closed=False)
    if max(right - left, bottom - top) < least_px:
        x, y = (left + right) / 2, (top + bottom) / 2
        across, down = (max(size, _LEAST_PX) / 2 for size in (right - left, bottom - top))
        ring = ((x - across, y - down), (x + across, y - down), (x + across, y + down), (x - across, y + down))
        return pen.drawn([ring], closed=True)
    found = outline(shape)
    rings = [tuple(map(picture.place, ring)) for ring in found.rings]
    arrows = _arrows(shape, rings[0]) if isinstance(shape, Line | Polyline) else []
    return pen.drawn(rings, found.closed) + pen.drawn(arrows, closed=False)


def _cross(x: float, y: float) -> list[Ring]:
    return [((x - _POINT_PX, y), (x + _POINT_PX, y)), ((x, y - _POINT_PX), (x, y + _POINT_PX))]


def _arrows(shape: Line | Polyline, ring: Ring) -> list[Ring]:
    """Two short lines at each end that has an arrow."""
    ends = [(ring[0], ring[1])] * shape.arrow_start + [(ring[-1], ring[-2])] * shape.arrow_end
    found: list[Ring] = []
    for (x, y), (from_x, from_y) in ends:
        dx, dy = from_x - x, from_y - y
        scale = 2.5 * _POINT_PX / max((dx * dx + dy * dy) ** 0.5, 1e-9)
        dx, dy = dx * scale, dy * scale
        found.append(((x + dx - dy * 0.5, y + dy + dx * 0.5), (x, y), (x + dx + dy * 0.5, y + dy - dx * 0.5)))
    return found


@dataclass(frozen=True, slots=True)
class _Pen:
    """Writes lines as SVG path data in steps of 1 / ``grid`` pixels."""

    grid: int

    def drawn(self, rings: Iterable[Ring], closed: bool) -> str:
        """Lines through corners, each closed or open."""
        return "".join(self._line(ring, closed) for ring in rings)

    def _line(self, ring: Ring, closed: bool) -> str:
        """One line, in relative steps: short numbers."""
        steps = self._rounded(ring)
        x, y = next(steps)
        parts = [f"M{self._short(x)} {self._short(y)}"]
        for new_x, new_y in steps:
            parts.append(f"l{self._short(new_x - x)} {self._short(new_y - y)}")
            x, y = new_x, new_y
        return "".join(parts) + ("z" if closed else "")

    def _rounded(self, ring: Ring) -> Iterator[tuple[int, int]]:
        """Corners in steps of the grid, without those that do not move; numbers that a drawing can hold."""
        last = None
        for point in ring:
            x, y = (round(max(-_FAR_PX, min(_FAR_PX, value)) * self.grid) for value in point)
            if (x, y) != last:
                yield x, y
            last = x, y

    def _short(self, steps: int) -> str:
        return f"{steps / self.grid:g}"


def _label(shape: Label, picture: Overview, color: str) -> str:
    x, y = picture.place(outline(shape).rings[0][0])
    size = max(8.0, min(32.0, (shape.font_size or _TEXT_PX) * picture.width / picture.size_x))
    x, y = max(0.0, min(picture.width - size, x)), max(size, min(float(picture.height), y))
    words = escape(" ".join(writable(shape.text).split())[:100])
    look = 'stroke="#000" stroke-opacity="0.6" stroke-width="3" paint-order="stroke" font-family="sans-serif"'
    return f'<text x="{x:g}" y="{y:g}" font-size="{size:g}" fill="{color}" {look}>{words}</text>'
