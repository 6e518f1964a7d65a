import type { Cell } from "../state/cell.ts";
import type { ViewState } from "../state/view_state.ts";
import { make } from "./dom.ts";

/** Time without a further change until it is said: a slider that is dragged is silent until it rests. */
const RESTED_MS = 700;

/** What the regions that are shown are called. */
export type RegionName = (id: string) => string | undefined;

/** A line for screen readers: the plane, channels, labels and region that a visitor has just changed, and no more. */
export function announcer(state: Cell<ViewState>, sizes: { z: number; t: number }, regionName: RegionName): HTMLElement {
  const line = make("p", { class: "vh", role: "status", "aria-label": "Changes" });
  let [said, timer] = [state.value, 0];
  state.follow(() => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => {
      const words = changes(said, state.value, sizes, regionName);
      said = state.value;
      if (words.length) line.textContent = `${words.join(", ")}.`;
    }, RESTED_MS);
  });
  return line;
}

/** What differs between two states, in words; windows, colours and the view are read from their own controls. */
export function changes(
  before: ViewState,
  now: ViewState,
  sizes: { z: number; t: number },
  regionName: RegionName,
): readonly string[] {
  const words: string[] = [];
  if (now.z !== before.z) words.push(`Z-section ${now.z + 1} of ${sizes.z}`);
  if (now.t !== before.t) words.push(`Time point ${now.t + 1} of ${sizes.t}`);
  now.channels.forEach(({ label, active }, at) => {
    if (active !== before.channels[at]?.active) words.push(`${label} ${active ? "shown" : "hidden"}`);
  });
  for (const name of new Set([...Object.keys(before.labels), ...Object.keys(now.labels)])) {
    if (name in now.labels !== name in before.labels) words.push(`Labels ${name} ${name in now.labels ? "shown" : "hidden"}`);
  }
  if (now.regions !== before.regions) words.push(`Regions ${now.regions ? "shown" : "hidden"}`);
  if (now.region !== before.region && now.region !== null) words.push(`Region ${regionName(now.region) ?? now.region}`);
  return words;
}
