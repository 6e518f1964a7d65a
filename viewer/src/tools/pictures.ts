/** The view as a PNG file or on the clipboard, alone or with each channel beside it. */

import { type Bench } from "../controls/tools.ts";
import { make } from "../controls/dom.ts";
import { pixelUm } from "../seam/pixel_size.ts";
import { attributionOf } from "./attribution.ts";
import { splitFigure } from "./figure.ts";
import { asPng, drawScaleBar, pictureOf, withWords } from "./snapshot.ts";

/** Time until the memory of a file that was given to the browser is let go. */
const TAKEN_MS = 60_000;

/** Controls that make pictures out of what `bench` shows. */
export function pictureTool(bench: Bench): HTMLElement {
  const um = pixelUm(bench.data)?.[0];
  const bar = make("input", { type: "checkbox", checked: um !== undefined, disabled: um === undefined });
  const credit = make("input", { type: "checkbox", checked: true });
  const said = make("p", { class: "sub", role: "status" });
  const finished = async (canvas: HTMLCanvasElement) => {
    if (!credit.checked) return asPng(canvas);
    return asPng(withWords(canvas, await attributionOf(bench.data.name, bench.page)));
  };
  const view = async () => {
    await drawn(bench);
    const canvas = pictureOf(bench.map);
    if (bar.checked && um) drawScaleBar(canvas, (um * resolution(bench)) / bench.map.getPixelRatio());
    return finished(canvas);
  };
  const figure = async () => finished(await splitFigure(bench, bar.checked ? um : undefined));
  const file = bench.data.name.replace(/[^\p{L}\p{N}._-]+/gu, "-").replace(/^[-.]+/, "") || "image";
  const buttons = [
    button("Save PNG", async () => save(await view(), `${file}.png`)),
    button("Copy PNG", () => navigator.clipboard.write([new ClipboardItem({ "image/png": view() })])),
    button("Save channels side by side", async () => save(await figure(), `${file}-channels.png`)),
  ];
  const options = [make("label", {}, bar, " Scale bar in the picture"), make("label", {}, credit, " Name, study and licence below it")];
  return make("div", { class: "tool" }, ...options, make("div", { class: "presets" }, ...buttons), said);

  function button(words: string, work: () => Promise<void>): HTMLButtonElement {
    const made = make("button", { type: "button", class: "btn sm" }, words);
    made.addEventListener("click", async () => {
      made.setAttribute("aria-busy", "true");
      said.textContent = "";
      await work().then(
        () => (said.textContent = "Done."),
        (error: unknown) => (said.textContent = `The picture could not be made: ${error instanceof Error ? error.message : error}`),
      );
      made.removeAttribute("aria-busy");
    });
    return made;
  }
}

function resolution({ map }: Bench): number {
  return map.getView().getResolution()!;
}

/** Once all tiles of the view are on the screen. */
function drawn({ map }: Bench): Promise<void> {
  return new Promise((resolve) => {
    map.once("rendercomplete", () => resolve());
    map.render();
  });
}

function save(picture: Blob, name: string): void {
  const href = URL.createObjectURL(picture);
  make("a", { href, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(href), TAKEN_MS);
}
