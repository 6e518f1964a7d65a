import WebGLTile from "ol/layer/WebGLTile.js";
import DataTile from "ol/source/DataTile.js";
import type { Image } from "../image/image.ts";
import type { Rgba } from "../seam/labels.ts";
import type { Cell } from "../state/cell.ts";
import type { ViewState } from "../state/view_state.ts";
import type { Grid } from "./grid.ts";
import type { Failed } from "./image_layer.ts";

class LabelTiles extends DataTile {
  show(plane: string): void {
    this.setKey(plane);
  }
}

/** A label image in the colours of its values, laid over the image; it follows the plane that is shown. */
export function labelLayer(
  image: Image,
  grid: Grid,
  colors: (value: number) => Rgba,
  state: Cell<ViewState>,
  failed: Failed,
): WebGLTile {
  const source = new LabelTiles({
    projection: grid.projection,
    tileGrid: grid.tiles,
    bandCount: 4,
    interpolate: false,
    transition: 0,
    wrapX: false,
    key: keyOf(state.value),
    loader: async (zoom, column, row, { signal }) => {
      const level = grid.levelOf(zoom);
      const { t, z } = state.value;
      const place = { t, z, c: 0, column, row };
      try {
        const plane = await image.plane(level, place, signal);
        const { chunkWidth, chunkHeight } = image.levels[level]!;
        return painted(plane.values, plane.width, chunkWidth, chunkHeight, colors);
      } catch (error) {
        if (!signal.aborted) failed(error);
        throw error;
      }
    },
  });
  state.follow((now, before) => {
    if (keyOf(now) !== keyOf(before)) source.show(keyOf(now));
  });
  return new WebGLTile({ source, extent: grid.extent, cacheSize: 32 });
}

function keyOf({ t, z }: ViewState): string {
  return `${t}/${z}`;
}

/** RGBA of each value; neighbours mostly share one, whose colour is looked up once. */
function painted(
  values: ArrayLike<number | bigint>,
  width: number,
  tileWidth: number,
  tileHeight: number,
  colors: (value: number) => Rgba,
): Uint8Array {
  const out = new Uint8Array(tileWidth * tileHeight * 4);
  let [last, color] = [0, colors(0)];
  for (let i = 0; i < values.length; i++) {
    const value = Number(values[i]);
    if (value !== last) [last, color] = [value, colors(value)];
    if (color[3] === 0) continue;
    out.set(color, (Math.floor(i / width) * tileWidth + (i % width)) * 4);
  }
  return out;
}
