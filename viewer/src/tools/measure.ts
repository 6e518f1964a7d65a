/** Distances and areas, drawn on the picture or typed: the line of points is what counts, and both write into it. */

import Feature from "ol/Feature.js";
import type OlMap from "ol/Map.js";
import LineString from "ol/geom/LineString.js";
import Polygon from "ol/geom/Polygon.js";
import Draw from "ol/interaction/Draw.js";
import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import Circle from "ol/style/Circle.js";
import Fill from "ol/style/Fill.js";
import Stroke from "ol/style/Stroke.js";
import Style from "ol/style/Style.js";
import { make, short } from "../controls/dom.ts";
import { type PixelSize, type Point, areaOf, lengthOf, pointsFrom, wordsOf } from "./lengths.ts";

const INK = "#6cf0ff";

/** The measuring tool: its controls, and whether clicks on the picture draw. */
export interface Measure {
  readonly element: HTMLElement;
  draw(on: boolean): void;
}

/** Measure on `map`, whose pixels are `size` µm wide and high. */
export function measuring(map: OlMap, size: PixelSize): Measure {
  const source = new VectorSource();
  const stroke = new Stroke({ color: INK, width: 2 });
  const style = new Style({
    stroke,
    fill: new Fill({ color: "#6cf0ff26" }),
    image: new Circle({ radius: 4, stroke, fill: new Fill({ color: "#000" }) }),
  });
  map.addLayer(new VectorLayer({ source, style, zIndex: 10 }));
  const kind = make("select", {}, make("option", { value: "line" }, "Distance"), make("option", { value: "area" }, "Area"));
  const points = make("input", { type: "text", autocomplete: "off", placeholder: "x, y; x, y" });
  const middle = make("button", { type: "button", class: "btn sm" }, "Add the middle of the view");
  const clear = make("button", { type: "button", class: "btn sm" }, "Clear points");
  const result = make("output", { class: "measured", "aria-label": "Measured" });
  let pen: Draw | undefined;

  const show = () => {
    const given = pointsFrom(points.value);
    source.clear();
    source.addFeatures(drawn(given, kind.value));
    result.value = words(given, kind.value, size);
  };
  const put = (given: readonly Point[]) => {
    points.value = wordsOf(given);
    show();
  };
  const draw = (on: boolean) => {
    if (pen) map.removeInteraction(pen);
    pen = on ? new Draw({ type: kind.value === "area" ? "Polygon" : "LineString", style, stopClick: true }) : undefined;
    if (!pen) return;
    pen.on("drawstart", () => put([]));
    pen.on("drawend", ({ feature }) => put(cornersOf(feature)));
    map.addInteraction(pen);
  };
  kind.addEventListener("change", () => {
    draw(pen !== undefined);
    show();
  });
  points.addEventListener("input", show);
  middle.addEventListener("click", () => {
    const [x, y] = map.getView().getCenter()!;
    put([...pointsFrom(points.value), [x!, -y!]]);
  });
  clear.addEventListener("click", () => put([]));
  map.getTargetElement()?.addEventListener("keydown", ({ key }) => key === "Escape" && pen?.abortDrawing());
  const hint = make("p", { class: "sub" }, "Click on the picture, twice at the end; or write points in pixels; or move the view and add its middle.");
  const fields = [make("label", {}, "Measure ", kind), make("label", {}, "Points ", points)];
  const element = make("div", { class: "tool" }, hint, ...fields, make("div", { class: "presets" }, middle, clear), result);
  return { element, draw };
}

function drawn(points: readonly Point[], kind: string): Feature[] {
  const placed = points.map(([x, y]) => [x, -y]);
  if (placed.length < 2) return [];
  const closed = kind === "area" && placed.length > 2;
  return [new Feature(closed ? new Polygon([[...placed, placed[0]!]]) : new LineString(placed))];
}

/** Points of what was drawn; a polygon's ring ends where it began. */
function cornersOf(feature: Feature): Point[] {
  const shape = feature.getGeometry();
  const ring = shape instanceof Polygon ? shape.getCoordinates()[0]!.slice(0, -1) : (shape as LineString).getCoordinates();
  return ring.map(([x, y]): Point => [x!, -y!]);
}

function words(points: readonly Point[], kind: string, size: PixelSize): string {
  const unit = size ? "µm" : "px";
  if (kind === "line") return points.length > 1 ? `${short(lengthOf(points, size))} ${unit}` : "";
  if (points.length < 3) return "";
  const edge = lengthOf([...points, points[0]!], size);
  return `${short(areaOf(points, size))} ${unit}², edge ${short(edge)} ${unit}`;
}
