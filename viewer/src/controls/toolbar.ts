import type OlMap from "ol/Map.js";
import type { Grid } from "../render/grid.ts";
import { fit, turn } from "../render/map.ts";
import { make } from "./dom.ts";

const SHOWN_MS = 1500;

/** Buttons over the picture: the whole image, one pixel on one, a link to what is seen. */
export function toolbar(map: OlMap, grid: Grid): HTMLElement {
  const whole = button("Fit", "Show the whole image", () => fit(map, grid));
  const full = button("1:1", "One pixel of the image on one of the screen", () => map.getView().setResolution(1));
  const round = button("Rotate", "Turn the image by 90 degrees", () => turn(map));
  const link = button("Copy link", "Copy a link to this view", async () => {
    await navigator.clipboard.writeText(location.href).then(
      () => flash(link, "Copied"),
      () => flash(link, "See the address"),
    );
  });
  return make("div", { class: "over bar", role: "toolbar", "aria-label": "View" }, whole, full, round, link);
}

function button(words: string, title: string, press: () => unknown): HTMLButtonElement {
  const made = make("button", { type: "button", class: "btn sm", title }, words);
  made.addEventListener("click", press);
  return made;
}

function flash(shown: HTMLButtonElement, words: string): void {
  const before = shown.textContent;
  shown.textContent = words;
  setTimeout(() => (shown.textContent = before), SHOWN_MS);
}
