import type { Cell } from "../state/cell.ts";
import type { ViewState } from "../state/view_state.ts";
import type { ViewerChannel } from "../seam/viewer_data.ts";
import { make } from "./dom.ts";
import { paletteControl } from "./palette.ts";

const SWITCHES = [
  { name: "grey", title: "Greyscale" },
  { name: "smooth", title: "Interpolate pixels" },
  { name: "logarithmic", title: "Logarithmic histograms" },
] as const;

/** Switches of the whole picture. */
export function optionControls(state: Cell<ViewState>, published: readonly ViewerChannel[]): HTMLElement {
  const rows = SWITCHES.map(({ name, title }) => {
    const input = make("input", { type: "checkbox" });
    input.addEventListener("change", () => state.update({ [name]: input.checked }));
    const show = (now: ViewState) => (input.checked = now[name]);
    show(state.value);
    state.follow(show);
    return make("label", {}, input, ` ${title}`);
  });
  return make("section", { class: "opts", "aria-label": "Display" }, paletteControl(state, published), ...rows);
}
