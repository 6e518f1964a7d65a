/** Lengths and areas of what is drawn, in pixels or in µm, and points as they are typed. */

export type Point = readonly [number, number];
/** Width and height of a pixel in µm; undefined where it is not known. */
export type PixelSize = readonly [number, number] | undefined;

/** Length of the way through `points`, in µm where the size of a pixel is known, else in pixels. */
export function lengthOf(points: readonly Point[], size: PixelSize): number {
  const placed = points.map((point) => scaled(point, size));
  return placed.slice(1).reduce((sum, [x, y], at) => sum + Math.hypot(x - placed[at]![0], y - placed[at]![1]), 0);
}

/** Area inside `points`, the last joined to the first, in µm² or pixels (shoelace formula). */
export function areaOf(points: readonly Point[], size: PixelSize): number {
  const placed = points.map((point) => scaled(point, size));
  const doubled = placed.reduce((sum, [x, y], at) => {
    const [nextX, nextY] = placed[(at + 1) % placed.length]!;
    return sum + x * nextY - nextX * y;
  }, 0);
  return Math.abs(doubled) / 2;
}

function scaled([x, y]: Point, size: PixelSize): Point {
  return size ? [x * size[0], y * size[1]] : [x, y];
}

/** Points of words like "10, 20; 30.5, 40": pixels from the top left corner. What is no pair of numbers is left out. */
export function pointsFrom(words: string): readonly Point[] {
  return words.split(/[;\n]/).flatMap((pair): Point[] => {
    const found = /^\s*(-?[\d.]+)\s*[,\s]\s*(-?[\d.]+)\s*$/.exec(pair);
    const [x, y] = [Number(found?.[1]), Number(found?.[2])];
    return Number.isFinite(x) && Number.isFinite(y) ? [[x, y]] : [];
  });
}

/** `points` as words that `pointsFrom` reads, to a tenth of a pixel. */
export function wordsOf(points: readonly Point[]): string {
  return points.map((point) => point.map((value) => Number(value.toFixed(1))).join(", ")).join("; ");
}

/** The longest of 1, 2 and 5 times a power of ten that is at most `most`: how long a scale bar is. */
export function roundLength(most: number): number {
  const power = 10 ** Math.floor(Math.log10(most));
  return ([5, 2, 1].find((step) => step * power <= most * (1 + 1e-9)) ?? 1) * power;
}
