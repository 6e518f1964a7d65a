import type { Histogram } from "../seam/statistics.ts";

const SVG = "http://www.w3.org/2000/svg";
const [WIDTH, HEIGHT] = [200, 40];

/** A histogram in the colour of its channel, on a logarithmic scale or not, with lines where the window ends. */
export class HistogramPicture {
  readonly element: SVGSVGElement;
  readonly #histogram: Histogram;
  readonly #area = shape("polygon");
  readonly #ends = shape("path");

  constructor(histogram: Histogram) {
    this.#histogram = histogram;
    this.element = shape("svg");
    this.element.setAttribute("class", "hist");
    this.element.setAttribute("viewBox", `0 0 ${WIDTH} ${HEIGHT}`);
    this.element.setAttribute("preserveAspectRatio", "none");
    this.element.setAttribute("aria-hidden", "true");
    this.#area.setAttribute("fill-opacity", ".55");
    this.#ends.setAttribute("stroke", "#e9eef2");
    this.#ends.setAttribute("vector-effect", "non-scaling-stroke");
    this.element.append(this.#area, this.#ends);
  }

  show(color: string, start: number, end: number, logarithmic: boolean): void {
    this.#area.setAttribute("fill", `#${color}`);
    this.#area.setAttribute("points", this.#points(logarithmic));
    this.#ends.setAttribute("d", [start, end].map((value) => `M${this.#x(value)} 0V${HEIGHT}`).join(""));
  }

  #x(value: number): number {
    const { low, high } = this.#histogram;
    return Math.min(Math.max(((value - low) / (high - low || 1)) * WIDTH, 0), WIDTH);
  }

  /** Bars as one outline; the tallest is as tall as the picture. */
  #points(logarithmic: boolean): string {
    const { counts } = this.#histogram;
    const heights = counts.map((count) => (logarithmic ? Math.log1p(count) : count));
    const tallest = Math.max(...heights, 1e-9);
    const step = WIDTH / counts.length;
    const tops = heights.flatMap((height, bin) => {
      const y = (HEIGHT * (1 - height / tallest)).toFixed(1);
      return [`${(bin * step).toFixed(1)},${y}`, `${((bin + 1) * step).toFixed(1)},${y}`];
    });
    return [`0,${HEIGHT}`, ...tops, `${WIDTH},${HEIGHT}`].join(" ");
  }
}

function shape<Name extends keyof SVGElementTagNameMap>(name: Name): SVGElementTagNameMap[Name] {
  return globalThis.document.createElementNS(SVG, name);
}
