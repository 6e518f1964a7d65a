/** The viewer in an image page. */

import { Decoder } from "./codecs/decoder.ts";
import { install } from "./codecs/install.ts";
import { channelControls } from "./controls/channels.ts";
import { make } from "./controls/dom.ts";
import { planeControls } from "./controls/planes.ts";
import { openPublished } from "./image/open.ts";
import { toHash, withHash } from "./link/hash.ts";
import { gridOf } from "./render/grid.ts";
import { ImageLayer } from "./render/image_layer.ts";
import { makeMap } from "./render/map.ts";
import { type ViewerData, viewerData } from "./seam/viewer_data.ts";
import { Cell } from "./state/cell.ts";
import { type ViewState, firstState } from "./state/view_state.ts";

const METRES = { micrometer: 1e-6, second: undefined } as const;
/** Time after the last change until the address says it. */
const SETTLED_MS = 200;

/** Where the viewer goes: `canvas` is emptied for the image, `controls` for its settings. */
export interface Place {
  canvas: HTMLElement;
  controls: HTMLElement;
}

/** Show the image of this page in `place`; rejects with what keeps it from being shown, and then changes nothing. */
export async function open(place: Place): Promise<void> {
  const data = viewerData(document);
  if (!data) throw new Error("This page has no image to show.");
  install(new Decoder(new URL("worker.js", import.meta.url)));
  const said = make("p", { class: "said", role: "status" });
  const tell = (error: unknown) => {
    said.textContent = error instanceof Error ? error.message : String(error);
  };
  const [image] = await Promise.all([openPublished(data, new URL(location.href), { noticed: tell }), dressed()]);
  const sizes = { z: image.size("z"), t: image.size("t") };
  const state = new Cell<ViewState>(withHash(firstState(data), location.hash, sizes));
  const metres = pixelMetres(data);
  const grid = gridOf(image, metres);
  const layer = new ImageLayer(image, state, grid, tell);
  const target = make("div", { class: "map", tabindex: 0, role: "application", "aria-label": described(data) });
  place.canvas.replaceChildren(target);
  place.controls.replaceChildren(channelControls(state, data.channels), planeControls(state, sizes), said);
  makeMap(target, [layer.layer], grid, state, metres !== undefined);
  keepInAddress(state);
}

/** The viewer's style sheet stands beside its script. */
function dressed(): Promise<void> {
  const link = make("link", { rel: "stylesheet", href: new URL("style.css", import.meta.url).href });
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => reject(new Error("The viewer's style sheet could not be loaded.")));
    document.head.append(link);
  });
}

function described({ name }: ViewerData): string {
  return `${name}. Arrow keys move the view, plus and minus zoom.`;
}

/** Width of a pixel in metres; undefined where it is not known. */
function pixelMetres({ axes }: ViewerData): number | undefined {
  const x = axes.find(({ name }) => name === "x");
  const unit = x?.unit ? METRES[x.unit] : undefined;
  return unit && x?.scale ? unit * x.scale : undefined;
}

function keepInAddress(state: Cell<ViewState>): void {
  let timer = 0;
  state.follow((now) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => history.replaceState(null, "", `#${toHash(now)}`), SETTLED_MS);
  });
}
