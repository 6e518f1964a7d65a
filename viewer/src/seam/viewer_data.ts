/** The viewer JSON of an image page: docs/design/seams/viewer.schema.json, version 1. */

export type AxisName = "t" | "c" | "z" | "y" | "x";

export interface ViewerAxis {
  name: AxisName;
  type: "time" | "channel" | "space";
  size: number;
  unit: "second" | "micrometer" | null;
  /** Step at level 0 in the unit; null where unknown. */
  scale: number | null;
}

export interface ViewerChannel {
  label: string;
  /** RRGGBB. */
  color: string;
  active: boolean;
  window: { min: number; max: number; start: number; end: number };
}

export interface ViewerLevel {
  path: string;
  /** In the order of the axes. */
  shape: number[];
  /** Metadata of the array, where the page has it. */
  zarr: { zarr_format: 2 | 3 } | null;
}

export interface ViewerData {
  version: 1;
  name: string;
  store: { href: string | null; url: string | null };
  ome_zarr: "0.4" | "0.5" | "0.6";
  dtype: string;
  axes: ViewerAxis[];
  channels: ViewerChannel[];
  model: "color" | "greyscale";
  default_z: number;
  default_t: number;
  levels: ViewerLevel[];
  statistics: string | null;
  labels: { name: string; path: string }[];
  regions: string | null;
}

/** The viewer JSON of this page; undefined on pages without one. */
export function viewerData(page: Document): ViewerData | undefined {
  const text = page.getElementById("viewer-data")?.textContent;
  return text ? (JSON.parse(text) as ViewerData) : undefined;
}
