import type OlMap from "ol/Map.js";
import type { Image } from "../image/image.ts";
import type { Grid } from "../render/grid.ts";
import { pixelUm } from "../seam/pixel_size.ts";
import type { ViewerData } from "../seam/viewer_data.ts";
import type { Cell } from "../state/cell.ts";
import type { ViewState } from "../state/view_state.ts";
import { make } from "./dom.ts";

/** What tools work on; `tell` says what went wrong. */
export interface Bench {
  readonly map: OlMap;
  readonly image: Image;
  readonly grid: Grid;
  readonly state: Cell<ViewState>;
  readonly data: ViewerData;
  readonly page: URL;
  readonly tell: (error: unknown) => void;
}

/** Tools that few visitors need at once: each is loaded when it is first opened. */
export function toolControls(bench: Bench): HTMLElement {
  return make("section", { class: "opts", "aria-label": "Tools" }, overview(bench), measure(bench), pictures(bench));
}

function overview({ map, image, grid, state, tell }: Bench): HTMLElement {
  const on = make("input", { type: "checkbox" });
  let opened: Promise<(on: boolean) => void> | undefined;
  on.addEventListener("change", () => {
    opened ??= import("../tools/overview.ts").then(({ overviewOf }) => overviewOf(map, image, grid, state, tell));
    opened.then((show) => show(on.checked), tell);
  });
  return make("label", {}, on, " Overview");
}

function measure({ map, data, tell }: Bench): HTMLElement {
  return folded("Measure", tell, async () => {
    const { measuring } = await import("../tools/measure.ts");
    const { element, draw } = measuring(map, pixelUm(data));
    return { element, opened: draw };
  });
}

function pictures(bench: Bench): HTMLElement {
  return folded("Save a picture", bench.tell, async () => {
    const { pictureTool } = await import("../tools/pictures.ts");
    return { element: pictureTool(bench), opened: () => undefined };
  });
}

/** A tool under its title; `load` is asked for it once, and `opened` told whenever it is opened or closed. */
function folded(
  title: string,
  tell: (error: unknown) => void,
  load: () => Promise<{ element: HTMLElement; opened: (on: boolean) => void }>,
): HTMLElement {
  const details = make("details", { class: "more" }, make("summary", {}, title));
  let loaded: ReturnType<typeof load> | undefined;
  details.addEventListener("toggle", () => {
    loaded ??= load().then((tool) => {
      details.append(tool.element);
      return tool;
    });
    loaded.then(({ opened }) => opened(details.open), tell);
  });
  return details;
}
