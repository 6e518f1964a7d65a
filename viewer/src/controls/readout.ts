import type { Reading } from "../render/readout.ts";
import { make, short } from "./dom.ts";

/** A line that says what is under the pointer. */
export function readoutLine(): { element: HTMLElement; show(reading: Reading | undefined): void } {
  const element = make("p", { class: "over bl reading", hidden: true });
  const show = (reading: Reading | undefined) => {
    element.hidden = reading === undefined;
    if (!reading) return;
    const { x, y, um, values } = reading;
    const where = um ? `${x}, ${y} px · ${um.map(short).join(", ")} µm` : `${x}, ${y} px`;
    const seen = values.filter(({ value }) => value !== undefined).map(({ label, value }) => `${label} ${short(value!)}`);
    element.textContent = [where, ...seen].join(" · ");
  };
  return { element, show };
}
