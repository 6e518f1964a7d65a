import type { Cell } from "../state/cell.ts";
import type { ViewState } from "../state/view_state.ts";
import { make } from "./dom.ts";

const AXES = [
  { name: "z", title: "Z-section" },
  { name: "t", title: "Time point" },
] as const;
/** Time that a plane is shown for while an axis plays. */
const PLANE_MS = 200;

/** A slider and a button that plays for each axis with more than one plane. */
export function planeControls(state: Cell<ViewState>, sizes: { z: number; t: number }): HTMLElement {
  const rows = AXES.filter(({ name }) => sizes[name] > 1).map(({ name, title }) => {
    const size = sizes[name];
    const input = make("input", { type: "range", min: 1, max: size, step: 1, "aria-label": title });
    const output = make("output");
    input.addEventListener("input", () => state.update({ [name]: Number(input.value) - 1 }));
    const show = (now: ViewState) => {
      input.value = String(now[name] + 1);
      input.setAttribute("aria-valuetext", `${now[name] + 1} of ${size}`);
      output.value = `${now[name] + 1}/${size}`;
    };
    show(state.value);
    state.follow(show);
    const play = player(title, () => state.update((now) => ({ [name]: (now[name] + 1) % size })));
    return make("div", { class: "rng plays" }, make("span", {}, name.toUpperCase()), input, output, play);
  });
  return make("section", { class: "opts", "aria-label": "Planes", hidden: rows.length === 0 }, ...rows);
}

/** Steps on and on until it is pressed again; a plane that is still loading holds the next one back. */
function player(title: string, step: () => void): HTMLButtonElement {
  const button = make("button", { type: "button", class: "btn sm", "aria-pressed": "false" }, "Play");
  button.setAttribute("aria-label", `Play: ${title}`);
  let timer = 0;
  button.addEventListener("click", () => {
    const plays = timer === 0;
    window.clearInterval(timer);
    timer = plays ? window.setInterval(() => button.isConnected && !loading(button) && step(), PLANE_MS) : 0;
    button.setAttribute("aria-pressed", String(plays));
    button.textContent = plays ? "Stop" : "Play";
    button.setAttribute("aria-label", `${plays ? "Stop" : "Play"}: ${title}`);
  });
  return button;
}

function loading(inside: HTMLElement): boolean {
  return inside.closest(".viewer")?.querySelector('.map[aria-busy="true"]') != null;
}
