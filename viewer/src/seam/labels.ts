/** The label list of an image page: docs/design/seams/labels.schema.json. */

export type Rgba = [number, number, number, number];

export interface LabelImage {
  name: string;
  path: string;
  count: number | null;
  colors?: { value: number; rgba: Rgba }[];
}

export interface LabelList {
  version: 1;
  labels: LabelImage[];
}

/** Hues that colour-blind eyes tell apart, in three shades: as model/label_colors.py has them. */
const HUES = ["E69F00", "56B4E9", "CC79A7", "009E73", "F0E442", "5B8DD6", "E0703A"];
const SHADES = [1, 0.72, 0.86];
const PALETTE: readonly Rgba[] = SHADES.flatMap((shade) => HUES.map((hue) => shaded(hue, shade)));

function shaded(hue: string, shade: number): Rgba {
  const [red, green, blue] = [0, 2, 4].map((at) => halfToEven(Number.parseInt(hue.slice(at, at + 2), 16) * shade));
  return [red!, green!, blue!, 255];
}

/** As Python rounds. */
function halfToEven(value: number): number {
  const floor = Math.floor(value);
  if (value - floor !== 0.5) return Math.round(value);
  return floor % 2 === 0 ? floor : floor + 1;
}

/** The colour of each value of a label image: its own, else by the value; 0 is transparent. */
export function colorsOf({ colors = [] }: LabelImage): (value: number) => Rgba {
  const own = new Map(colors.map(({ value, rgba }) => [value, rgba]));
  const none: Rgba = [0, 0, 0, 0];
  if (own.size > 0) return (value) => own.get(value) ?? none;
  const count = PALETTE.length;
  return (value) => (value === 0 ? none : PALETTE[((value % count) + count) % count]!);
}
