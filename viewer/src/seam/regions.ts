/** Regions of an image: docs/design/seams/regions.schema.json. */

export interface ShapePlane {
  /** Index from 0; null: all planes of that axis. */
  t: number | null;
  c: number | null;
  z: number | null;
}

export type Point = [number, number];

interface Common {
  id: string;
  plane: ShapePlane;
  transform?: [number, number, number, number, number, number];
  fill?: string;
  stroke?: string;
  stroke_width?: number;
  dashes?: number[];
  text?: string;
  font_size?: number;
  locked?: boolean;
}

export type Shape = Common &
  (
    | { type: "rectangle"; x: number; y: number; width: number; height: number }
    | { type: "mask"; x: number; y: number; width: number; height: number; bitmap: string }
    | { type: "ellipse"; x: number; y: number; radius_x: number; radius_y: number }
    | { type: "point" | "label"; x: number; y: number }
    | { type: "line" | "polyline" | "polygon"; points: Point[]; marker_start?: "arrow"; marker_end?: "arrow" }
  );

export interface Region {
  id: string;
  name?: string;
  description?: string;
  shapes: Shape[];
}

export interface RegionDocument {
  version: 1;
  image: string;
  regions: Region[];
}

/** Whether a shape is seen on a plane where `channels` are on: what is not said is everywhere. */
export function isSeen({ plane }: Shape, t: number, z: number, channels: readonly number[]): boolean {
  const here = (plane.t ?? t) === t && (plane.z ?? z) === z;
  return here && (plane.c === null || channels.includes(plane.c));
}
