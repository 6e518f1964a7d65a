import type { ViewerChannel } from "../seam/viewer_data.ts";
import type { Image } from "./image.ts";

const [LOW, HIGH] = [0.01, 0.998];
/** Values that are looked at, at most. */
const MOST = 1 << 18;

/** A window for a channel that nobody gave one, from a plane of the coarsest level: nearly all of its values. */
export async function windowOf(image: Image, t: number, c: number, z: number): Promise<ViewerChannel["window"]> {
  const level = image.levels.length - 1;
  const place = { t, c, z, column: 0, row: 0 };
  const { values } = await image.plane(level, place, new AbortController().signal);
  const step = Math.max(1, Math.floor(values.length / MOST));
  const seen = Float64Array.from({ length: Math.floor(values.length / step) }, (_, i) => Number(values[i * step]));
  const sorted = seen.filter(Number.isFinite).sort();
  const at = (part: number) => sorted[Math.min(Math.floor(part * sorted.length), sorted.length - 1)] ?? 0;
  const [min, max, start, end] = [at(0), at(1), at(LOW), at(HIGH)];
  return start < end ? { min, max, start, end } : { min, max: Math.max(max, min + 1), start: min, end: Math.max(max, min + 1) };
}
