import type OlMap from "ol/Map.js";
import type { Image } from "../image/image.ts";
import type { Cell } from "../state/cell.ts";
import { type ViewState, activeChannels } from "../state/view_state.ts";

/** What lies under the pointer: pixel of level 0, its place in µm where that is known, a value for each channel on. */
export interface Reading {
  x: number;
  y: number;
  um: [number, number] | undefined;
  values: readonly { label: string; value: number | undefined }[];
}

/** Tell `listener` what is under the pointer, out of pixels that are there: nothing is loaded for it. */
export function followPointer(
  map: OlMap,
  image: Image,
  state: Cell<ViewState>,
  pixelUm: [number, number] | undefined,
  listener: (reading: Reading | undefined) => void,
): void {
  const { width, height } = image.levels[0]!;
  map.on("pointermove", ({ coordinate, dragging }) => {
    if (dragging) return;
    const [x, y] = [Math.floor(coordinate[0]!), Math.floor(-coordinate[1]!)];
    if (x < 0 || y < 0 || x >= width || y >= height) return listener(undefined);
    const { t, z, channels } = state.value;
    const values = activeChannels(state.value).map((c) => ({ label: channels[c]!.label, value: image.value(t, c, z, x, y) }));
    listener({ x, y, um: pixelUm && [(x + 0.5) * pixelUm[0], (y + 0.5) * pixelUm[1]], values });
  });
  map.getViewport()!.addEventListener("pointerleave", () => listener(undefined));
}
