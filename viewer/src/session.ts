import { Decoder } from "./codecs/decoder.ts";
import { install } from "./codecs/install.ts";
import { make } from "./controls/dom.ts";
import { toHash, withHash } from "./link/hash.ts";
import { Cell } from "./state/cell.ts";
import { type ViewState, firstState } from "./state/view_state.ts";
import { type Content, type Place, show } from "./viewer.ts";

export type { Place };

/** Time after the last change until the address says it. */
const SETTLED_MS = 200;

/** What every page needs before it opens an image: decoders, and the viewer's style sheet. */
export function prepare(): Promise<void> {
  install(new Decoder(new URL("worker.js", import.meta.url)));
  const link = make("link", { rel: "stylesheet", href: new URL("style.css", import.meta.url).href });
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => reject(new Error("The viewer's style sheet could not be loaded.")));
    document.head.append(link);
  });
}

/** Show `content` as the address says, and keep the address true from then on. */
export async function start(content: Content, place: Place): Promise<void> {
  const { data, image } = content;
  const sizes = { z: image.size("z"), t: image.size("t") };
  const said = location.hash || location.search;
  const state = new Cell<ViewState>(withHash(firstState(data), said, sizes));
  await show(content, state, place);
  let timer = 0;
  state.follow((now) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => history.replaceState(null, "", `#${toHash(now)}`), SETTLED_MS);
  });
}
