import WebGLTile from "ol/layer/WebGLTile.js";
import DataTile from "ol/source/DataTile.js";
import type { Image } from "../image/image.ts";
import { asFloats } from "../image/pixels.ts";
import type { Cell } from "../state/cell.ts";
import { type ViewState, activeChannels } from "../state/view_state.ts";
import type { Grid } from "./grid.ts";
import { channelStyle, channelVariables } from "./style.ts";

/** Tiles that stay on the graphics card: of four bands and 512 x 512 pixels each takes 4 MB. */
const TILES_KEPT = 64;

/** Told when pixels could not be shown. */
export type Failed = (error: unknown) => void;

/** Tiles of one plane; old ones stay on the screen until those of the next plane are there. */
class PlaneTiles extends DataTile {
  show(plane: string): void {
    this.setKey(plane);
  }
}

/**
 * The image as one WebGL layer whose bands are the channels that are on. A window, a colour or a gamma changes numbers
 * on the graphics card alone; a plane or another set of channels makes new tiles, out of chunks that are kept decoded.
 */
export class ImageLayer {
  readonly layer: WebGLTile;
  readonly #image: Image;
  readonly #state: Cell<ViewState>;
  readonly #grid: Grid;
  readonly #failed: Failed;
  #shown: readonly number[];

  constructor(image: Image, state: Cell<ViewState>, grid: Grid, failed: Failed) {
    [this.#image, this.#state, this.#grid, this.#failed] = [image, state, grid, failed];
    this.#shown = activeChannels(state.value);
    this.layer = new WebGLTile({
      source: this.#source(),
      extent: grid.extent,
      cacheSize: TILES_KEPT,
      style: channelStyle(this.#shown.length, channelVariables(state.value)),
    });
    state.follow((now, before) => this.#follow(now, before));
  }

  #follow(now: ViewState, before: ViewState): void {
    const channels = activeChannels(now);
    if (channels.join() !== this.#shown.join()) {
      this.#shown = channels;
      this.layer.setSource(this.#source());
      this.layer.setStyle(channelStyle(channels.length, channelVariables(now)));
      return;
    }
    if (now.smooth !== before.smooth) this.layer.setSource(this.#source());
    else if (now.z !== before.z || now.t !== before.t) this.#tiles.show(keyOf(now));
    if (now.channels !== before.channels || now.grey !== before.grey) {
      this.layer.updateStyleVariables(channelVariables(now));
    }
  }

  get #tiles(): PlaneTiles {
    return this.layer.getSource() as PlaneTiles;
  }

  #source(): PlaneTiles {
    const { projection, tiles } = this.#grid;
    const channels = this.#shown;
    const state = this.#state.value;
    return new PlaneTiles({
      projection,
      tileGrid: tiles,
      bandCount: Math.max(channels.length, 1),
      interpolate: state.smooth,
      transition: 0,
      wrapX: false,
      key: keyOf(state),
      loader: (z, x, y, { signal }) => this.#tile(channels, this.#grid.levelOf(z), x, y, signal),
    });
  }

  /** One tile: pixels of all `channels`, one after the other for each pixel. */
  async #tile(channels: readonly number[], level: number, column: number, row: number, signal: AbortSignal) {
    const { t, z } = this.#state.value;
    const { chunkWidth: width, chunkHeight: height } = this.#image.levels[level]!;
    try {
      const planes = channels.map((c) => this.#image.plane(level, { t, z, c, column, row }, signal));
      const bands = (await Promise.all(planes)).map((plane) => asFloats(plane, width, height));
      return interleaved(bands, width * height);
    } catch (error) {
      if (!signal.aborted) this.#failed(error);
      throw error;
    }
  }
}

function keyOf({ t, z }: ViewState): string {
  return `${t}/${z}`;
}

function interleaved(bands: readonly Float32Array[], pixels: number): Float32Array {
  if (bands.length === 1) return bands[0]!;
  const out = new Float32Array(pixels * Math.max(bands.length, 1));
  bands.forEach((values, band) => {
    for (let i = 0, at = band; i < pixels; i++, at += bands.length) out[at] = values[i]!;
  });
  return out;
}
