import type { Region } from "../seam/regions.ts";
import type { Cell } from "../state/cell.ts";
import type { ViewState } from "../state/view_state.ts";
import { make } from "./dom.ts";

/** Regions that are listed at most; the page's table has all. */
const LISTED = 500;

/** A switch, and a list of the regions of the plane that is shown; what is chosen there is chosen in the picture. */
export function regionControls(
  state: Cell<ViewState>,
  regions: readonly Region[],
  seen: (state: ViewState) => readonly Region[],
): HTMLElement {
  const on = make("input", { type: "checkbox" });
  on.addEventListener("change", () => state.update({ regions: on.checked }));
  const count = make("span", { class: "sub" });
  const list = make("ul", { class: "regions" });
  const fill = (now: ViewState) => {
    const shown = seen(now);
    count.textContent = `${shown.length} of ${regions.length} on this plane`;
    list.replaceChildren(...shown.slice(0, LISTED).map((region) => row(region, state)));
    mark(list, now.region);
  };
  const show = (now: ViewState, before?: ViewState) => {
    on.checked = now.regions;
    if (!before || now.t !== before.t || now.z !== before.z || now.channels !== before.channels) fill(now);
    else if (now.region !== before.region) mark(list, now.region);
  };
  show(state.value);
  state.follow(show);
  const head = make("label", { class: "on" }, on, make("span", { class: "nm" }, "ROIs"), count);
  return make("section", { class: "labs", "aria-label": "Regions", hidden: regions.length === 0 }, head, list);
}

function row(region: Region, state: Cell<ViewState>): HTMLElement {
  const text = region.name || region.shapes.find((shape) => shape.text)?.text || region.id;
  const button = make("button", { type: "button", "data-region": region.id }, text);
  button.addEventListener("click", () => {
    state.update((now) => ({ region: now.region === region.id ? null : region.id, regions: true }));
  });
  return make("li", {}, button);
}

function mark(list: HTMLElement, chosen: string | null): void {
  for (const button of list.querySelectorAll<HTMLElement>("[data-region]")) {
    const is = button.dataset["region"] === chosen;
    button.setAttribute("aria-pressed", String(is));
    if (is) button.scrollIntoView({ block: "nearest" });
  }
}
