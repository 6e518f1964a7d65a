import type { Cell } from "../state/cell.ts";
import type { ViewState } from "../state/view_state.ts";
import { make } from "./dom.ts";

const AXES = [
  { name: "z", title: "Z-section" },
  { name: "t", title: "Time point" },
] as const;

/** A slider for each axis with more than one plane. */
export function planeControls(state: Cell<ViewState>, sizes: { z: number; t: number }): HTMLElement {
  const rows = AXES.filter(({ name }) => sizes[name] > 1).map(({ name, title }) => {
    const size = sizes[name];
    const input = make("input", { type: "range", min: 1, max: size, step: 1, "aria-label": title });
    const output = make("output");
    input.addEventListener("input", () => state.update({ [name]: Number(input.value) - 1 }));
    const show = (now: ViewState) => {
      input.value = String(now[name] + 1);
      output.value = `${now[name] + 1}/${size}`;
    };
    show(state.value);
    state.follow(show);
    return make("div", { class: "rng" }, make("span", {}, name.toUpperCase()), input, output);
  });
  return make("section", { class: "opts", "aria-label": "Planes", hidden: rows.length === 0 }, ...rows);
}
