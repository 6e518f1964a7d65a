import type { ChannelStatistics } from "../seam/statistics.ts";
import type { ViewerChannel } from "../seam/viewer_data.ts";
import type { Cell } from "../state/cell.ts";
import { type ChannelState, type ViewState, withChannel } from "../state/view_state.ts";
import { make, short } from "./dom.ts";
import { HistogramPicture } from "./histogram.ts";

/** Steps of a slider from one end of a window to the other. */
const STEPS = 500;
/** Gammas that the slider reaches, as powers of two. */
const GAMMA_POWER = 2;

/** How channels are named and were published, and what is known of their values. */
export interface ChannelFacts {
  published: readonly ViewerChannel[];
  statistics: readonly ChannelStatistics[] | undefined;
}

/** One row a channel: on or off, colour, histogram, both ends of the window, and more under "More". */
export function channelControls(state: Cell<ViewState>, facts: ChannelFacts): HTMLElement {
  const rows = facts.published.map((channel, index) => channelRow(state, channel, index, facts.statistics?.[index]));
  return make("section", { "aria-label": "Channels" }, make("h2", {}, "Channels"), ...rows);
}

function channelRow(
  state: Cell<ViewState>,
  published: ViewerChannel,
  index: number,
  statistics: ChannelStatistics | undefined,
): HTMLElement {
  const { label } = published;
  const change = (given: Partial<ChannelState>) =>
    state.update(({ channels }) => ({ channels: withChannel(channels, index, given) }));
  const on = make("input", { type: "checkbox", id: `v${index}` });
  const color = make("input", { type: "color", "aria-label": `Colour of ${label}` });
  const [bottom, top] = reach(published, statistics);
  const low = slider(bottom, top, `${label}, low`);
  const high = slider(bottom, top, `${label}, high`);
  const gamma = gammaSlider(label);
  const inverted = make("input", { type: "checkbox", id: `i${index}` });
  const buttons = presets(published, statistics, change);
  const picture = statistics && new HistogramPicture(statistics.histogram);
  on.addEventListener("change", () => change({ active: on.checked }));
  color.addEventListener("input", () => change({ color: color.value.slice(1).toUpperCase() }));
  low.input.addEventListener("input", () => change(window(Number(low.input.value), Number(high.input.value), "start")));
  high.input.addEventListener("input", () => change(window(Number(low.input.value), Number(high.input.value), "end")));
  gamma.input.addEventListener("input", () => change({ gamma: 2 ** Number(gamma.input.value) }));
  inverted.addEventListener("change", () => change({ inverted: inverted.checked }));
  const show = ({ channels, logarithmic }: ViewState) => {
    const now = channels[index]!;
    on.checked = now.active;
    color.value = `#${now.color.toLowerCase()}`;
    low.show(now.start, now.start);
    high.show(now.end, now.end);
    gamma.show(Math.log2(now.gamma), now.gamma);
    inverted.checked = now.inverted;
    picture?.show(now.color, now.start, now.end, logarithmic);
  };
  show(state.value);
  state.follow(show);
  const head = make("div", { class: "on" }, on, color, make("label", { for: `v${index}`, class: "nm" }, label));
  const ends = make("div", { class: "rng" }, make("span", {}, "low"), ...low.parts, make("span", {}, "high"), ...high.parts);
  const bent = make("div", { class: "rng" }, make("span", {}, "gamma"), ...gamma.parts);
  const turned = make("label", { class: "turn" }, inverted, " Invert", make("span", { class: "vh" }, ` ${label}`));
  const more = make("details", { class: "more" }, make("summary", {}, "More", make("span", { class: "vh" }, ` of ${label}`)), bent, turned);
  return make("div", { class: "chan" }, head, ...(picture ? [picture.element] : []), ends, buttons, more);
}

interface Slider {
  input: HTMLInputElement;
  parts: HTMLElement[];
  show(at: number, value: number): void;
}

function slider(min: number, max: number, label: string, step = (max - min) / STEPS || 1): Slider {
  const input = make("input", { type: "range", min, max, step, "aria-label": label });
  const output = make("output");
  const show = (at: number, value: number) => {
    input.value = String(at);
    output.value = short(value);
    input.setAttribute("aria-valuetext", short(value));
  };
  return { input, parts: [input, output], show };
}

function gammaSlider(label: string): Slider {
  return slider(-GAMMA_POWER, GAMMA_POWER, `${label}, gamma`, 0.05);
}

/** The values that a window may take: those that there are, and those that were published. */
function reach({ window }: ViewerChannel, statistics: ChannelStatistics | undefined): [number, number] {
  const { min, max } = statistics ?? window;
  return [Math.min(min, window.start), Math.max(max, window.end)];
}

/** Windows to choose: found from the histogram, all values, as the page shows it. */
function presets(
  published: ViewerChannel,
  statistics: ChannelStatistics | undefined,
  change: (given: Partial<ChannelState>) => void,
): HTMLElement {
  const { active, color, window: own } = published;
  const offered: [string, Partial<ChannelState>][] = [
    ["As published", { active, color, start: own.start, end: own.end, gamma: 1, inverted: false }],
  ];
  if (statistics) {
    const { min, max, window: found } = statistics;
    offered.unshift(["Auto", found], ["Full range", { start: min, end: max > min ? max : min + 1 }]);
  }
  const buttons = offered.map(([title, given]) => {
    const button = make("button", { type: "button", class: "btn sm", "aria-label": `${title}: ${published.label}` }, title);
    button.addEventListener("click", () => change(given));
    return button;
  });
  return make("div", { class: "presets" }, ...buttons);
}

/** Both ends, the one that was `moved` kept on its side of the other. */
function window(start: number, end: number, moved: "start" | "end"): Partial<ChannelState> {
  if (start < end) return { start, end };
  const least = Math.abs(start) * 1e-6 || 1e-6;
  return moved === "start" ? { start: end - least, end } : { start, end: start + least };
}
