import type { AxisName, ViewerData } from "../seam/viewer_data.ts";
import { type Listener, SiteStore } from "../store/site_store.ts";
import { Image } from "./image.ts";

/** The image of a page, by its viewer JSON. */
export function openPublished(data: ViewerData, page: URL, listener: Listener): Promise<Image> {
  const address = data.store.href === null ? new URL(data.store.url!) : new URL(data.store.href, page);
  const store = new SiteStore(address, { listener, page });
  const axes = data.axes.map(({ name }): AxisName => name);
  const paths = data.levels.map(({ path }) => path);
  return Image.open(store, paths, axes, data.ome_zarr === "0.4" ? 2 : 3);
}
