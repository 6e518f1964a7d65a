import type { ViewerChannel } from "../seam/viewer_data.ts";
import type { Cell } from "../state/cell.ts";
import { type ChannelState, type ViewState, withChannel } from "../state/view_state.ts";
import { make, short } from "./dom.ts";

/** Steps of a slider from one end of a window to the other. */
const STEPS = 500;

/** One row a channel: on or off, its colour, and both ends of its window. */
export function channelControls(state: Cell<ViewState>, published: readonly ViewerChannel[]): HTMLElement {
  const rows = published.map((channel, index) => channelRow(state, channel, index));
  return make("section", { "aria-label": "Channels" }, make("h2", {}, "Channels"), ...rows);
}

function channelRow(state: Cell<ViewState>, published: ViewerChannel, index: number): HTMLElement {
  const { label } = published;
  const change = (given: Partial<ChannelState>) =>
    state.update(({ channels }) => ({ channels: withChannel(channels, index, given) }));
  const on = make("input", { type: "checkbox", id: `v${index}` });
  const color = make("input", { type: "color", "aria-label": `Colour of ${label}` });
  const low = slider(published, `${label}, low`);
  const high = slider(published, `${label}, high`);
  const reset = make("button", { type: "button", class: "btn sm" }, "As published");
  on.addEventListener("change", () => change({ active: on.checked }));
  color.addEventListener("input", () => change({ color: color.value.slice(1).toUpperCase() }));
  low.input.addEventListener("input", () => change(window(Number(low.input.value), Number(high.input.value), "start")));
  high.input.addEventListener("input", () => change(window(Number(low.input.value), Number(high.input.value), "end")));
  reset.addEventListener("click", () => change(settings(published)));
  const show = ({ channels }: ViewState) => {
    const now = channels[index]!;
    on.checked = now.active;
    color.value = `#${now.color.toLowerCase()}`;
    low.show(now.start);
    high.show(now.end);
    reset.hidden = isPublished(now, published);
  };
  show(state.value);
  state.follow(show);
  const head = make("div", { class: "on" }, on, color, make("label", { for: `v${index}`, class: "nm" }, label));
  const ends = [make("span", {}, "low"), low.input, low.output, make("span", {}, "high"), high.input, high.output];
  return make("div", { class: "chan" }, head, make("div", { class: "rng" }, ...ends, reset));
}

interface Slider {
  input: HTMLInputElement;
  output: HTMLOutputElement;
  show(value: number): void;
}

function slider({ window: { min, max, start, end } }: ViewerChannel, label: string): Slider {
  const [bottom, top] = [Math.min(min, start), Math.max(max, end)];
  const step = (top - bottom) / STEPS || 1;
  const input = make("input", { type: "range", min: bottom, max: top, step, "aria-label": label });
  const output = make("output");
  const show = (value: number) => {
    input.value = String(value);
    output.value = short(value);
  };
  return { input, output, show };
}

/** Both ends, the one that was `moved` kept on its side of the other. */
function window(start: number, end: number, moved: "start" | "end"): Partial<ChannelState> {
  if (start < end) return { start, end };
  const least = Math.abs(start) * 1e-6 || 1e-6;
  return moved === "start" ? { start: end - least, end } : { start, end: start + least };
}

function settings({ active, color, window: { start, end } }: ViewerChannel): Partial<ChannelState> {
  return { active, color, start, end, gamma: 1, inverted: false };
}

function isPublished(now: ChannelState, published: ViewerChannel): boolean {
  return Object.entries(settings(published)).every(([name, value]) => now[name as keyof ChannelState] === value);
}
