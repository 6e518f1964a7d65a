import type { AxisName, ViewerData, ViewerLevel } from "../seam/viewer_data.ts";
import { type Listener, SiteStore } from "../store/site_store.ts";
import { Image } from "./image.ts";

/** Documents that the page has, by their key. */
function known(levels: readonly ViewerLevel[]): ReadonlyMap<string, unknown> {
  const documents = new Map<string, unknown>();
  for (const { path, zarr } of levels) {
    if (zarr?.zarr_format === 3) documents.set(`/${path}/zarr.json`, zarr);
    if (zarr?.zarr_format === 2) documents.set(`/${path}/.zarray`, zarr).set(`/${path}/.zattrs`, {});
  }
  return documents;
}

/** The image of a page, by its viewer JSON. */
export function openPublished(data: ViewerData, page: URL, listener: Listener): Promise<Image> {
  const address = data.store.href === null ? new URL(data.store.url!) : new URL(data.store.href, page);
  const store = new SiteStore(address, { listener, page, known: known(data.levels) });
  const axes = data.axes.map(({ name }): AxisName => name);
  const paths = data.levels.map(({ path }) => path);
  return Image.open(store, paths, axes, data.ome_zarr === "0.4" ? 2 : 3);
}
