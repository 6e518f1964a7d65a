/** The viewer in an image page, and as a page of its own. */

import { openPublished } from "./image/open.ts";
import { document as read } from "./seam/fetch.ts";
import type { LabelList } from "./seam/labels.ts";
import type { RegionDocument } from "./seam/regions.ts";
import type { Statistics } from "./seam/statistics.ts";
import { viewerData } from "./seam/viewer_data.ts";
import { type Place, prepare, start } from "./session.ts";

/** Show the image of this page in `place`; rejects with what keeps it from being shown, and then changes nothing. */
export async function open(place: Place): Promise<void> {
  const data = viewerData(document);
  if (!data) throw new Error("This page has no image to show.");
  const page = new URL(location.href);
  const ready = prepare();
  const [image, statistics, labels, regions] = await Promise.all([
    openPublished(data, page, {}),
    read<Statistics>(data.statistics, page),
    read<LabelList>(data.labels.length ? "labels.json" : null, page),
    read<RegionDocument>(data.regions, page),
    ready,
  ]);
  await start({ data, image, statistics: statistics?.channels, labels, regions: regions?.regions ?? [], page }, place);
}

/** Open the OME-Zarr that `?source=` of this page's address names. */
export async function openSource(place: Place, said: HTMLElement): Promise<void> {
  const [{ openPage }] = await Promise.all([import("./open_page.ts"), prepare()]);
  await openPage(place, said);
}
