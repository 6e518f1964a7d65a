const SVG = "http://www.w3.org/2000/svg";

/** Outlines on a square of 24, drawn here so that no font has to have them. */
const PATHS = {
  plus: "M12 5v14M5 12h14",
  minus: "M5 12h14",
  grow: "M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5",
  shrink: "M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5",
  north: "M12 20V4M6 10l6-6 6 6",
} as const;

/** A picture for a button that is named by its title. */
export function icon(name: keyof typeof PATHS): HTMLElement {
  const picture = document.createElementNS(SVG, "svg");
  picture.setAttribute("viewBox", "0 0 24 24");
  picture.setAttribute("aria-hidden", "true");
  const outline = document.createElementNS(SVG, "path");
  outline.setAttribute("d", PATHS[name]);
  picture.append(outline);
  const holder = document.createElement("span");
  holder.className = "glyph";
  holder.append(picture);
  return holder;
}
