import * as zarr from "zarrita";
import type { AxisName } from "../seam/viewer_data.ts";
import type { SiteStore } from "../store/site_store.ts";
import { Coalesced } from "../store/coalesced.ts";
import { Kept } from "../store/kept.ts";
import type { Plane, Values } from "./pixels.ts";

type ZarrArray = zarr.Array<zarr.NumberDataType | zarr.BigintDataType, zarr.Readable>;

/** Decoded pixels that are kept, so that going back to a plane or a channel asks for nothing. */
export const MOST_KEPT = 256 << 20;

/** One resolution: how large it is, how it is cut into chunks, and how many pixels of level 0 one of its pixels covers. */
export interface Level {
  path: string;
  width: number;
  height: number;
  chunkWidth: number;
  chunkHeight: number;
  downsampled: { x: number; y: number };
}

/** What is asked for at a level: a plane by its indices, a chunk of it by its column and row. */
export interface Place {
  t: number;
  c: number;
  z: number;
  column: number;
  row: number;
}

export interface Axis {
  name: AxisName;
  size: number;
}

interface Loading {
  plane: Promise<Plane>;
  /** How many still want it; when none does, it is aborted. */
  wanted: number;
  stop: AbortController;
}

/** An OME-Zarr image: its levels, and planes of their chunks, decoded once and kept within a bound. */
export class Image {
  readonly axes: readonly Axis[];
  readonly levels: readonly Level[];
  readonly dtype: string;
  readonly #arrays: readonly ZarrArray[];
  readonly #kept = new Kept<Plane>(MOST_KEPT);
  readonly #loading = new Map<string, Loading>();

  private constructor(axes: readonly Axis[], levels: readonly Level[], arrays: readonly ZarrArray[]) {
    this.axes = axes;
    this.levels = levels;
    this.#arrays = arrays;
    this.dtype = arrays[0]!.dtype;
  }

  /** Open the arrays at `paths`, largest first, of which `axes` are the names in their order. */
  static async open(store: SiteStore, paths: readonly string[], axes: readonly AxisName[], format: 2 | 3): Promise<Image> {
    const root = zarr.root(new Coalesced(store));
    const open = format === 3 ? zarr.open.v3 : zarr.open.v2;
    const opened = paths.map((path) => open(root.resolve(path), { kind: "array" }));
    const arrays = (await Promise.all(opened)) as ZarrArray[];
    const [y, x] = [axes.indexOf("y"), axes.indexOf("x")];
    const largest = arrays[0]!.shape;
    const levels = arrays.map((array, number) => ({
      path: paths[number]!,
      width: array.shape[x]!,
      height: array.shape[y]!,
      chunkWidth: array.chunks[x]!,
      chunkHeight: array.chunks[y]!,
      downsampled: { x: ratio(largest[x]!, array.shape[x]!), y: ratio(largest[y]!, array.shape[y]!) },
    }));
    return new Image(axes.map((name, at) => ({ name, size: largest[at]! })), levels, arrays);
  }

  /** Size of an axis at level 0; 1 where the image has no such axis. */
  size(name: AxisName): number {
    return this.axes.find((axis) => axis.name === name)?.size ?? 1;
  }

  /** Pixels of one chunk, clipped to the level. Rejects when `signal` is aborted, or with what is wrong. */
  async plane(level: number, place: Place, signal: AbortSignal): Promise<Plane> {
    signal.throwIfAborted();
    const key = keyOf(level, place);
    const kept = this.#kept.get(key);
    if (kept) return kept;
    const loading = this.#loading.get(key) ?? this.#load(key, level, place);
    loading.wanted++;
    const leave = () => {
      if (--loading.wanted === 0) loading.stop.abort();
    };
    signal.addEventListener("abort", leave, { once: true });
    try {
      const plane = await loading.plane;
      signal.throwIfAborted();
      return plane;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  /** The value of one pixel of level 0, from the finest level that holds it decoded; undefined where none does. */
  value(t: number, c: number, z: number, x: number, y: number): number | undefined {
    for (const [level, { chunkWidth, chunkHeight, downsampled }] of this.levels.entries()) {
      const [column, row] = [Math.floor(x / downsampled.x), Math.floor(y / downsampled.y)];
      const place = { t, c, z, column: Math.floor(column / chunkWidth), row: Math.floor(row / chunkHeight) };
      const plane = this.#kept.get(keyOf(level, place));
      const value = plane?.values[(row % chunkHeight) * plane.width + (column % chunkWidth)];
      if (value !== undefined) return Number(value);
    }
    return undefined;
  }

  #load(key: string, level: number, place: Place): Loading {
    const stop = new AbortController();
    const plane = this.#decoded(level, place, stop.signal).then((found) => {
      this.#kept.set(key, found, found.values.byteLength);
      return found;
    });
    const loading = { plane, wanted: 0, stop };
    this.#loading.set(key, loading);
    plane.catch(() => undefined).finally(() => this.#loading.delete(key));
    return loading;
  }

  /** One plane out of a chunk, which may hold several planes and reach beyond the level. */
  async #decoded(level: number, place: Place, signal: AbortSignal): Promise<Plane> {
    const array = this.#arrays[level]!;
    const indices = { t: place.t, c: place.c, z: place.z };
    const [within, at]: [number[], number[]] = [[], []];
    this.axes.forEach(({ name }, axis) => {
      const chunk = array.chunks[axis]!;
      const index = name === "y" || name === "x" ? 0 : Math.min(indices[name], array.shape[axis]! - 1);
      at.push(name === "y" ? place.row : name === "x" ? place.column : Math.floor(index / chunk));
      within.push(index % chunk);
    });
    const { data, shape, stride } = await array.getChunk(at, { signal });
    const { width, height, chunkWidth, chunkHeight } = this.levels[level]!;
    const columns = Math.min(chunkWidth, width - place.column * chunkWidth);
    const rows = Math.min(chunkHeight, height - place.row * chunkHeight);
    const start = within.reduce((sum, index, axis) => sum + index * stride[axis]!, 0);
    const [y, x] = [this.#axis("y"), this.#axis("x")];
    return cut(data as Values, start, stride[y]!, stride[x]!, rows, columns, shape[x]!);
  }

  #axis(name: AxisName): number {
    return this.axes.findIndex((axis) => axis.name === name);
  }
}

function keyOf(level: number, { t, c, z, row, column }: Place): string {
  return [level, t, c, z, row, column].join("/");
}

/** `rows` x `columns` values from `start`; those of a whole chunk are not copied. */
function cut(
  values: Values,
  start: number,
  down: number,
  right: number,
  rows: number,
  columns: number,
  chunkWidth: number,
): Plane {
  if (right === 1 && down === chunkWidth && columns === chunkWidth) {
    const whole = start === 0 && values.length === rows * columns;
    return { values: whole ? values : values.slice(start, start + rows * columns), width: columns, height: rows };
  }
  const Made = values.constructor as new (length: number) => Values;
  const out = new Made(rows * columns);
  for (let y = 0; y < rows; y++) {
    for (let x = 0; x < columns; x++) out[y * columns + x] = values[start + y * down + x * right]!;
  }
  return { values: out, width: columns, height: rows };
}

/** How many times smaller a level is, as the writer meant it: 2 where odd sizes were rounded up or down. */
function ratio(largest: number, size: number): number {
  const exact = largest / size;
  const whole = Math.round(exact);
  return Math.ceil(largest / whole) === size || Math.floor(largest / whole) === size ? whole : exact;
}
