/** The viewer in an image page. */

import { Decoder } from "./codecs/decoder.ts";
import { install } from "./codecs/install.ts";
import { make } from "./controls/dom.ts";
import { openPublished } from "./image/open.ts";
import { toHash, withHash } from "./link/hash.ts";
import { document as read } from "./seam/fetch.ts";
import type { LabelList } from "./seam/labels.ts";
import type { RegionDocument } from "./seam/regions.ts";
import type { Statistics } from "./seam/statistics.ts";
import { viewerData } from "./seam/viewer_data.ts";
import { Cell } from "./state/cell.ts";
import { type ViewState, firstState } from "./state/view_state.ts";
import { type Place, show } from "./viewer.ts";

/** Time after the last change until the address says it. */
const SETTLED_MS = 200;

/** Show the image of this page in `place`; rejects with what keeps it from being shown, and then changes nothing. */
export async function open(place: Place): Promise<void> {
  const data = viewerData(document);
  if (!data) throw new Error("This page has no image to show.");
  const page = new URL(location.href);
  install(new Decoder(new URL("worker.js", import.meta.url)));
  const [image, statistics, labels, regions] = await Promise.all([
    openPublished(data, page, {}),
    read<Statistics>(data.statistics, page),
    read<LabelList>(data.labels.length ? "labels.json" : null, page),
    read<RegionDocument>(data.regions, page),
    dressed(),
  ]);
  const sizes = { z: image.size("z"), t: image.size("t") };
  const first = withHash(firstState(data), location.hash || location.search, sizes);
  const state = new Cell<ViewState>(first);
  const content = { data, image, statistics: statistics?.channels, labels, regions: regions?.regions ?? [], page };
  await show(content, state, place);
  keepInAddress(state);
}

/** The viewer's style sheet stands beside its script. */
function dressed(): Promise<void> {
  const link = make("link", { rel: "stylesheet", href: new URL("style.css", import.meta.url).href });
  return new Promise((resolve, reject) => {
    link.addEventListener("load", () => resolve());
    link.addEventListener("error", () => reject(new Error("The viewer's style sheet could not be loaded.")));
    document.head.append(link);
  });
}

function keepInAddress(state: Cell<ViewState>): void {
  let timer = 0;
  state.follow((now) => {
    window.clearTimeout(timer);
    timer = window.setTimeout(() => history.replaceState(null, "", `#${toHash(now)}`), SETTLED_MS);
  });
}
