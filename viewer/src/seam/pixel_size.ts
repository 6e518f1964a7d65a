import type { ViewerData } from "./viewer_data.ts";

/** Width and height of a pixel in µm; undefined unless both are known. */
export function pixelUm({ axes }: ViewerData): [number, number] | undefined {
  const [x, y] = ["x", "y"].map((wanted) => axes.find(({ name, unit }) => name === wanted && unit === "micrometer")?.scale);
  return x && y ? [x, y] : undefined;
}

/** Width of a pixel in metres; undefined where it is not known. */
export function pixelMetres({ axes }: ViewerData): number | undefined {
  const x = axes.find(({ name, unit }) => name === "x" && unit === "micrometer");
  return x?.scale ? x.scale * 1e-6 : undefined;
}
