import OlMap from "ol/Map.js";
import View from "ol/View.js";
import type Control from "ol/control/Control.js";
import FullScreen from "ol/control/FullScreen.js";
import Rotate from "ol/control/Rotate.js";
import ScaleLine from "ol/control/ScaleLine.js";
import Zoom from "ol/control/Zoom.js";
import DragPan from "ol/interaction/DragPan.js";
import KeyboardPan from "ol/interaction/KeyboardPan.js";
import KeyboardZoom from "ol/interaction/KeyboardZoom.js";
import type Interaction from "ol/interaction/Interaction.js";
import { defaults as defaultInteractions } from "ol/interaction/defaults.js";
import type BaseLayer from "ol/layer/Base.js";
import { icon } from "../controls/icons.ts";
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
  const still = matchMedia("(prefers-reduced-motion: reduce)").matches;
  const controls = buttons(still);
  if (inUnits) controls.push(new ScaleLine({ units: "metric", minWidth: 80 }));
  const interactions = still ? unanimated() : defaultInteractions().getArray();
  const map = new OlMap({ target, view, layers, controls, interactions, pixelRatio: Math.min(devicePixelRatio, 2) });
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

/** Where a reader asks for less motion, buttons and keys arrive at once. */
function buttons(still: boolean): Control[] {
  const duration = still ? 0 : 250;
  return [
    new Zoom({ zoomInLabel: icon("plus"), zoomOutLabel: icon("minus"), duration }),
    new FullScreen({ label: icon("grow"), labelActive: icon("shrink"), tipLabel: "Full screen" }),
    new Rotate({ label: icon("north"), duration }),
  ];
}

/** Interactions without easing; a drag ends where it is let go. */
function unanimated(): Interaction[] {
  const others = defaultInteractions({ zoomDuration: 0, keyboard: false, dragPan: false }).getArray();
  return [...others, new DragPan(), new KeyboardPan({ duration: 0 }), new KeyboardZoom({ duration: 0 })];
}

/** Turn the view by a quarter, clockwise. */
export function turn(map: OlMap): void {
  const view = map.getView();
  view.setRotation((view.getRotation() + Math.PI / 2) % (2 * Math.PI));
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
