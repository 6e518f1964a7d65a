import Feature from "ol/Feature.js";
import type Geometry from "ol/geom/Geometry.js";
import LineString from "ol/geom/LineString.js";
import PointGeometry from "ol/geom/Point.js";
import Polygon from "ol/geom/Polygon.js";
import CircleStyle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import Text from "ol/style/Text.js";
import type { Point, Region, Shape } from "../seam/regions.ts";

/** Of shapes that say nothing of their colour. */
const STROKE = "#ffd650";
const POINT_RADIUS = 4;
/** Corners of an ellipse: at any zoom it is off by less than a pixel of the screen on images of 4,000 pixels. */
const CORNERS = 96;

/** A shape on the map, under the shape's ID; it knows its region. */
export function featureOf(region: Region, shape: Shape): Feature<Geometry> {
  const feature = new Feature<Geometry>(geometryOf(shape));
  feature.setId(`${region.id}/${shape.id}`);
  feature.set("region", region);
  feature.set("shape", shape);
  return feature;
}

function geometryOf(shape: Shape): Geometry {
  const placed = (points: readonly Point[]) => points.map((point) => onMap(transformed(point, shape.transform)));
  switch (shape.type) {
    case "point":
    case "label":
      return new PointGeometry(placed([[shape.x, shape.y]])[0]!);
    case "line":
    case "polyline":
      return new LineString(placed(shape.points));
    case "polygon":
      return new Polygon([placed(closed(shape.points))]);
    case "ellipse":
      return new Polygon([placed(closed(ellipse(shape)))]);
    case "rectangle":
    case "mask": {
      const { x, y, width, height } = shape;
      return new Polygon([placed(closed([[x, y], [x + width, y], [x + width, y + height], [x, y + height]]))]);
    }
  }
}

/** The map's y goes up. */
function onMap([x, y]: Point): Point {
  return [x, -y];
}

function transformed([x, y]: Point, matrix: Shape["transform"]): Point {
  if (!matrix) return [x, y];
  const [a00, a10, a01, a11, a02, a12] = matrix;
  return [a00 * x + a01 * y + a02, a10 * x + a11 * y + a12];
}

function closed(points: readonly Point[]): Point[] {
  return [...points, points[0]!];
}

function ellipse({ x, y, radius_x, radius_y }: Extract<Shape, { type: "ellipse" }>): Point[] {
  return Array.from({ length: CORNERS }, (_, corner): Point => {
    const angle = (2 * Math.PI * corner) / CORNERS;
    return [x + radius_x * Math.cos(angle), y + radius_y * Math.sin(angle)];
  });
}

/** How a shape is drawn; `chosen` ones stand out. */
export function styleOf(shape: Shape, chosen: boolean): Style {
  const color = shape.stroke ?? STROKE;
  const stroke = new Stroke({
    color: chosen ? "#ffffff" : color,
    width: (shape.stroke_width ? Math.min(Math.max(shape.stroke_width, 1), 4) : 1.5) + (chosen ? 1.5 : 0),
    ...(shape.dashes?.length ? { lineDash: shape.dashes } : {}),
  });
  const fill = new Fill({ color: shape.fill ?? "#00000000" });
  return new Style({
    stroke,
    fill,
    ...(shape.type === "point" ? { image: new CircleStyle({ radius: POINT_RADIUS, stroke, fill }) } : {}),
    ...(shape.text ? { text: words(shape, color) } : {}),
  });
}

function words(shape: Shape, color: string): Text {
  const size = Math.min(Math.max(shape.font_size ?? 12, 9), 32);
  return new Text({
    text: shape.text!,
    font: `${size}px system-ui, sans-serif`,
    fill: new Fill({ color }),
    stroke: new Stroke({ color: "#000000b0", width: 3 }),
    overflow: true,
    offsetY: shape.type === "point" ? -12 : 0,
  });
}
