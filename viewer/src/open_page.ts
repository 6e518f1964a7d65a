/** The viewer as a page of its own: `viewer/?source=URL` opens any OME-Zarr that its host lets pages read. */

import { make } from "./controls/dom.ts";
import { type PlateGrid, type Part, openForeign } from "./image/foreign.ts";
import { type Place, start } from "./session.ts";

/** Open what the address of this page names; puts words into `said` where there is nothing to show. */
export async function openPage(place: Place, said: HTMLElement): Promise<void> {
  const page = new URL(location.href);
  const wanted = page.searchParams.get("source");
  if (!wanted) return;
  said.textContent = "Loading …";
  const source = address(wanted, page);
  const found = await openForeign(source, page, { noticed: ({ message }) => (said.textContent = message) });
  said.textContent = "";
  if (found.kind === "images") return place.canvas.replaceChildren(listed(found.parts, source));
  if (found.kind === "plate") return place.canvas.replaceChildren(plateTable(found.plate, source));
  document.title = `${found.data.name} · ${document.title}`;
  await start({ ...found, statistics: undefined, labels: undefined, regions: [], page }, place);
}

function address(wanted: string, page: URL): URL {
  const source = new URL(wanted, page);
  if (source.protocol !== "http:" && source.protocol !== "https:") {
    throw new Error(`An address begins with https:// or http://, not ${source.protocol}`);
  }
  source.hash = "";
  if (!source.pathname.endsWith("/")) source.pathname += "/";
  return source;
}

function link(words: string, source: URL, path: string): HTMLElement {
  const target = new URL(location.href);
  target.hash = "";
  target.searchParams.set("source", new URL(`${path}/`, source).href);
  return make("a", { href: target.href }, words);
}

function listed(parts: readonly Part[], source: URL): HTMLElement {
  const items = parts.map(({ name, path }) => make("li", {}, link(name, source, path)));
  return make("ol", { class: "parts", "aria-label": "Images" }, ...items);
}

function plateTable({ name, rows, columns, wells }: PlateGrid, source: URL): HTMLElement {
  const head = make("tr", {}, make("td"), ...columns.map((column) => make("th", { scope: "col" }, column)));
  const body = rows.map((row) => {
    const cells = columns.map((column) => {
      const path = wells.get(`${row}/${column}`);
      return make("td", {}, path ? link(`${row}${column}`, source, path) : "");
    });
    return make("tr", {}, make("th", { scope: "row" }, row), ...cells);
  });
  const table = make("table", {}, make("caption", {}, name), make("thead", {}, head), make("tbody", {}, ...body));
  return make("div", { class: "parts", tabindex: 0, role: "region", "aria-label": `Plate ${name}` }, table);
}
