import OlMap from "ol/Map.js";
import View from "ol/View.js";
import FullScreen from "ol/control/FullScreen.js";
import OverviewMap from "ol/control/OverviewMap.js";
import ScaleLine from "ol/control/ScaleLine.js";
import { defaults as defaultControls } from "ol/control/defaults.js";
import type BaseLayer from "ol/layer/Base.js";
import type { Cell } from "../state/cell.ts";
import type { Camera, ViewState } from "../state/view_state.ts";
import type { Grid } from "./grid.ts";

/** Screen pixels per pixel at most: beyond it one sees squares alone. */
const CLOSEST = 16;
/** Pixels of the screen below which an image is not made smaller. */
const SMALLEST = 128;

/** The map that shows `layers` in `target`, and keeps the camera of `state` true. */
export function makeMap(target: HTMLElement, layers: BaseLayer[], grid: Grid, state: Cell<ViewState>, inUnits: boolean): OlMap {
  const [, bottom, right] = grid.extent;
  const [width, height] = [right, -bottom];
  const view = new View({
    projection: grid.projection,
    center: [width / 2, -height / 2],
    resolution: Math.max(width / 640, height / 480),
    extent: [-width / 2, -1.5 * height, 1.5 * width, height / 2],
    constrainOnlyCenter: true,
    smoothExtentConstraint: true,
    minResolution: 1 / CLOSEST,
    maxResolution: Math.max(1, Math.max(width, height) / SMALLEST),
  });
  const controls = defaultControls({ attribution: false, rotate: true }).extend([
    new FullScreen(),
    ...(inUnits ? [new ScaleLine({ units: "metric", minWidth: 80 })] : []),
  ]);
  const map = new OlMap({ target, view, layers, controls, pixelRatio: Math.min(devicePixelRatio, 2) });
  const { camera } = state.value;
  if (camera) place(view, camera);
  else fit(map, grid);
  map.on("loadstart", () => target.setAttribute("aria-busy", "true"));
  map.on("rendercomplete", () => target.setAttribute("aria-busy", "false"));
  map.on("moveend", () => state.update({ camera: cameraOf(view) }));
  return map;
}

/** Show the whole image. */
export function fit(map: OlMap, grid: Grid): void {
  map.getView().fit(grid.extent, { size: map.getSize() ?? [640, 480], padding: [8, 8, 8, 8] });
}

/** A small picture of the whole with a frame around what is seen. */
export function overview(layer: BaseLayer, grid: Grid): OverviewMap {
  const view = new View({ projection: grid.projection, extent: grid.extent, showFullExtent: true });
  return new OverviewMap({ layers: [layer], view, collapsed: false });
}

function place(view: View, { x, y, zoom, rotation }: Camera): void {
  view.setCenter([x, -y]);
  view.setResolution(1 / zoom);
  view.setRotation((rotation * Math.PI) / 180);
}

function cameraOf(view: View): Camera {
  const [x, y] = view.getCenter()!;
  const rotation = (view.getRotation() * 180) / Math.PI;
  return { x: x!, y: -y!, zoom: 1 / view.getResolution()!, rotation };
}
