import type { ViewerChannel } from "../seam/viewer_data.ts";
import type { Cell } from "../state/cell.ts";
import { type ChannelState, type ViewState, activeChannels, withChannel } from "../state/view_state.ts";
import { make } from "./dom.ts";

/** Two channels: the pair that stays apart in every common kind of colour blindness, and is white where both are. */
const PAIR = ["00FF00", "FF00FF"];
/** More: the palette of Okabe and Ito, as in Wong, Nature Methods 8, 441 (2011), those first that are bright on black. */
const MANY = ["56B4E9", "E69F00", "F0E442", "009E73", "CC79A7", "D55E00", "0072B2"];

/** `channels` of which those that are on have colours that colour-blind people tell apart; one alone is white. */
export function withSafeColors(channels: readonly ChannelState[]): readonly ChannelState[] {
  const shown = channels.flatMap(({ active }, index) => (active ? [index] : []));
  const palette = shown.length === 1 ? ["FFFFFF"] : shown.length === 2 ? PAIR : MANY;
  return shown.reduce((all, index, at) => withChannel(all, index, { color: palette[at % palette.length]! }), channels);
}

/** A switch between those colours and the published ones. */
export function paletteControl(state: Cell<ViewState>, published: readonly ViewerChannel[]): HTMLElement {
  const on = make("input", { type: "checkbox" });
  on.addEventListener("change", () =>
    state.update(({ channels }) => ({
      channels: on.checked ? withSafeColors(channels) : channels.map((channel, at) => ({ ...channel, color: published[at]!.color })),
    })),
  );
  const show = (now: ViewState) => {
    const safe = withSafeColors(now.channels);
    on.checked = activeChannels(now).length > 0 && now.channels.every(({ color }, at) => color === safe[at]!.color);
  };
  show(state.value);
  state.follow(show);
  return make("label", {}, on, " Colour-blind-safe colours");
}
