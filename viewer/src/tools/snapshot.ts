/** What a map shows as a picture, with a scale bar and words about it where they are wanted. */

import type OlMap from "ol/Map.js";
import { short } from "../controls/dom.ts";
import { roundLength } from "./lengths.ts";

const FONT = "system-ui, sans-serif";

/** The layers of `map` as they are on the screen, without its buttons; `map` has drawn them all. */
export function pictureOf(map: OlMap): HTMLCanvasElement {
  const [width, height] = map.getSize()!;
  const dense = map.getPixelRatio();
  const { canvas, context } = blank(width! * dense, height! * dense);
  for (const layer of map.getViewport()?.querySelectorAll<HTMLCanvasElement>(":scope > .ol-layers canvas") ?? []) {
    if (layer.width === 0) continue;
    const opacity = layer.parentElement?.style.opacity || layer.style.opacity;
    context.globalAlpha = opacity === "" ? 1 : Number(opacity);
    context.setTransform(dense, 0, 0, dense, 0, 0);
    const matrix = layer.style.transform;
    if (matrix) context.transform(...parts(matrix));
    else context.scale(width! / layer.width, height! / layer.height);
    context.drawImage(layer, 0, 0);
  }
  context.setTransform(1, 0, 0, 1, 0, 0);
  context.globalAlpha = 1;
  return canvas;
}

/** A canvas of black. */
export function blank(width: number, height: number): { canvas: HTMLCanvasElement; context: CanvasRenderingContext2D } {
  const canvas = document.createElement("canvas");
  [canvas.width, canvas.height] = [Math.round(width), Math.round(height)];
  const context = canvas.getContext("2d");
  if (!context) throw new Error("This browser cannot draw a picture of this size.");
  context.fillStyle = "#000";
  context.fillRect(0, 0, canvas.width, canvas.height);
  return { canvas, context };
}

function parts(matrix: string): [number, number, number, number, number, number] {
  const { a, b, c, d, e, f } = new DOMMatrix(matrix);
  return [a, b, c, d, e, f];
}

/** Draw a scale bar into the lower right corner; `um` is the width of a pixel of the picture in µm. */
export function drawScaleBar(canvas: HTMLCanvasElement, um: number): void {
  const context = canvas.getContext("2d")!;
  const size = Math.max(12, Math.round(canvas.width / 60));
  const length = roundLength(um * canvas.width * 0.2);
  const [wide, right, low] = [length / um, canvas.width - size, canvas.height - size];
  context.font = `600 ${size}px ${FONT}`;
  context.textAlign = "center";
  context.lineWidth = size / 4;
  context.strokeStyle = "#000a";
  context.fillStyle = "#fff";
  const words = length >= 1000 ? `${short(length / 1000)} mm` : `${short(length)} µm`;
  const [x, y] = [right - wide / 2, low - size * 0.7];
  context.strokeText(words, x, y);
  context.fillText(words, x, y);
  context.strokeRect(right - wide, low - size * 0.3, wide, size * 0.3);
  context.fillRect(right - wide, low - size * 0.3, wide, size * 0.3);
}

/** `canvas` with a line of words below it, narrowed to fit. */
export function withWords(canvas: HTMLCanvasElement, words: string): HTMLCanvasElement {
  const size = Math.max(12, Math.round(canvas.width / 70));
  const below = blank(canvas.width, canvas.height + size * 2);
  below.context.drawImage(canvas, 0, 0);
  below.context.font = `${size}px ${FONT}`;
  below.context.fillStyle = "#fff";
  below.context.fillText(words, size * 0.6, canvas.height + size * 1.35, canvas.width - size * 1.2);
  return below.canvas;
}

/** `canvas` as the bytes of a PNG. */
export function asPng(canvas: HTMLCanvasElement): Promise<Blob> {
  return new Promise((resolve, reject) => {
    canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("The picture could not be written."))), "image/png");
  });
}
