import type { Cell } from "../state/cell.ts";
import type { ViewState } from "../state/view_state.ts";
import { make } from "./dom.ts";

const OPACITY = 0.6;

/** A switch and an opacity for each label image. */
export function labelControls(state: Cell<ViewState>, names: readonly string[]): HTMLElement {
  const rows = names.map((name) => {
    const on = make("input", { type: "checkbox" });
    const opacity = make("input", { type: "range", min: 0.1, max: 1, step: 0.05, "aria-label": `Opacity of ${name}` });
    const change = () =>
      state.update(({ labels }) => {
        const { [name]: _, ...others } = labels;
        return { labels: on.checked ? { ...others, [name]: Number(opacity.value) } : others };
      });
    on.addEventListener("change", change);
    opacity.addEventListener("input", change);
    const show = ({ labels }: ViewState) => {
      const shown = labels[name];
      on.checked = shown !== undefined;
      opacity.value = String(shown ?? OPACITY);
      opacity.hidden = shown === undefined;
    };
    show(state.value);
    state.follow(show);
    return make("div", {}, make("label", { class: "on" }, on, make("span", { class: "nm" }, name)), opacity);
  });
  return make("section", { class: "labs", "aria-label": "Labels", hidden: names.length === 0 }, make("h2", {}, "Labels"), ...rows);
}
