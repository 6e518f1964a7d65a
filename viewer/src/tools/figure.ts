/** A figure of the view: each channel that is on in grey, one beside the other, and all of them together in colour. */

import OlMap from "ol/Map.js";
import type { Bench } from "../controls/tools.ts";
import { make } from "../controls/dom.ts";
import { ImageLayer } from "../render/image_layer.ts";
import { Cell } from "../state/cell.ts";
import { type ViewState, activeChannels } from "../state/view_state.ts";
import { blank, drawScaleBar, pictureOf } from "./snapshot.ts";

/** Pictures in a row at most, their width at most in pixels, and the room between them. */
const [ACROSS, WIDTH, GAP] = [4, 640, 8];

interface Panel {
  readonly title: string;
  readonly state: ViewState;
}

/** The figure; `um`, the width of a pixel of the image, puts a scale bar into the last picture. */
export async function splitFigure(bench: Bench, um: number | undefined): Promise<HTMLCanvasElement> {
  const panels = panelsOf(bench.state.value);
  const [width, height] = bench.map.getSize()!;
  const scale = Math.min(1, WIDTH / width!);
  const cell = { width: Math.round(width! * scale), height: Math.round(height! * scale) };
  const across = Math.min(panels.length, ACROSS);
  const rows = Math.ceil(panels.length / across);
  const { canvas, context } = blank(across * (cell.width + GAP) - GAP, rows * (cell.height + GAP) - GAP);
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  for (const [at, panel] of panels.entries()) {
    const picture = blank(cell.width, cell.height);
    picture.context.drawImage(await seen(bench, panel.state), 0, 0, cell.width, cell.height);
    title(picture.context, panel.title);
    const umHere = um && (um * bench.map.getView().getResolution()!) / scale;
    if (umHere && at === panels.length - 1) drawScaleBar(picture.canvas, umHere);
    context.drawImage(picture.canvas, (at % across) * (cell.width + GAP), Math.floor(at / across) * (cell.height + GAP));
  }
  return canvas;
}

function panelsOf(state: ViewState): readonly Panel[] {
  const shown = activeChannels(state);
  const single = shown.map((index): Panel => {
    const channels = state.channels.map((channel, at) => ({ ...channel, active: at === index }));
    return { title: state.channels[index]!.label, state: { ...state, channels, grey: true } };
  });
  return shown.length === 1 ? single : [...single, { title: "Merged", state }];
}

/** The view with another state, drawn by a map of its own that nobody sees, out of pixels that are kept decoded. */
async function seen({ map, image, grid }: Bench, state: ViewState): Promise<HTMLCanvasElement> {
  const target = make("div", { class: "unseen", "aria-hidden": "true" });
  const [width, height] = map.getSize()!;
  [target.style.width, target.style.height] = [`${width}px`, `${height}px`];
  document.body.append(target);
  const picture = await new Promise<HTMLCanvasElement>((resolve, reject) => {
    const { layer } = new ImageLayer(image, new Cell(state), grid, reject);
    const own = new OlMap({ target, view: map.getView(), layers: [layer], controls: [], interactions: [], pixelRatio: map.getPixelRatio() });
    own.once("rendercomplete", () => {
      resolve(pictureOf(own));
      own.setTarget(undefined);
      layer.dispose();
    });
  }).finally(() => target.remove());
  return picture;
}

function title(context: CanvasRenderingContext2D, words: string): void {
  const size = Math.max(12, Math.round(context.canvas.width / 30));
  context.font = `600 ${size}px system-ui, sans-serif`;
  context.lineWidth = size / 4;
  context.strokeStyle = "#000a";
  context.fillStyle = "#fff";
  context.strokeText(words, size * 0.6, size * 1.3, context.canvas.width - size);
  context.fillText(words, size * 0.6, size * 1.3, context.canvas.width - size);
}
