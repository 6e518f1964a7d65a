/** The "multiscales" metadata of an OME-Zarr image, of releases 0.1 to 0.5: names of its axes, paths of its levels. */

import type { AxisName } from "../seam/viewer_data.ts";

export interface Multiscale {
  axes: AxisName[];
  /** Largest first, as they stand. */
  paths: string[];
  /** Size of a pixel of level 0 along each axis, in `units`; 1 where nothing is said. */
  scale: number[];
  units: (string | undefined)[];
}

/** Before 0.3 axes had no names: they were these. */
const UNNAMED: AxisName[] = ["t", "c", "z", "y", "x"];
const NAMES = new Set<string>(UNNAMED);

/** The first multiscale of a group with these attributes; undefined where the group is no image. */
export function multiscaleOf(attributes: Record<string, unknown>): Multiscale | undefined {
  const ome = isObject(attributes["ome"]) ? attributes["ome"] : attributes;
  const list = ome["multiscales"];
  const first: unknown = Array.isArray(list) ? list[0] : undefined;
  if (!isObject(first) || !Array.isArray(first["datasets"])) return undefined;
  const datasets = first["datasets"].filter(isObject);
  const axes = axesOf(first["axes"]);
  const scale = scaleOf(datasets[0], axes.length);
  const units = axes.map((_, at) => unitOf(first["axes"], at));
  return { axes, paths: datasets.map((dataset) => String(dataset["path"])), scale, units };
}

function axesOf(said: unknown): AxisName[] {
  if (!Array.isArray(said)) return UNNAMED;
  return said.map((axis) => {
    const name = (isObject(axis) ? String(axis["name"]) : String(axis)).toLowerCase();
    if (!NAMES.has(name)) throw new Error(`The image has an axis "${name}", which this viewer does not know.`);
    return name as AxisName;
  });
}

function unitOf(said: unknown, at: number): string | undefined {
  const axis: unknown = Array.isArray(said) ? said[at] : undefined;
  return isObject(axis) && typeof axis["unit"] === "string" ? axis["unit"] : undefined;
}

function scaleOf(dataset: Record<string, unknown> | undefined, count: number): number[] {
  const list = dataset?.["coordinateTransformations"];
  const found = Array.isArray(list) ? list.filter(isObject).find(({ type }) => type === "scale") : undefined;
  const scale = found?.["scale"];
  return Array.isArray(scale) && scale.length === count ? scale.map(Number) : Array<number>(count).fill(1);
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
