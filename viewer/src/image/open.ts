import * as zarr from "zarrita";
import type { AxisName, ViewerData, ViewerLevel } from "../seam/viewer_data.ts";
import { HostFault } from "../store/faults.ts";
import { type Listener, SiteStore } from "../store/site_store.ts";
import { Image } from "./image.ts";
import { multiscaleOf } from "./multiscale.ts";

/** Where the store of a page's image is. */
export function storeAddress({ store }: ViewerData, page: URL): URL {
  return store.href === null ? new URL(store.url!) : new URL(store.href, page);
}

/** The image of a page, by its viewer JSON. */
export function openPublished(data: ViewerData, page: URL, listener: Listener): Promise<Image> {
  const store = new SiteStore(storeAddress(data, page), { listener, page, known: known(data.levels) });
  const axes = data.axes.map(({ name }): AxisName => name);
  const paths = data.levels.map(({ path }) => path);
  return Image.open(store, paths, axes, formatOf(data));
}

/** The OME-Zarr image at `address`, by its own metadata; rejects with HostFault where there is none. */
export async function openStore(address: URL, format: 2 | 3, page: URL, listener: Listener): Promise<Image> {
  const store = new SiteStore(address, { listener, page });
  const open = format === 3 ? zarr.open.v3 : zarr.open.v2;
  const group = await open(zarr.root(store), { kind: "group" }).catch((error: unknown) => {
    throw error instanceof HostFault ? error : new HostFault("missing", address.href, error);
  });
  const found = multiscaleOf(group.attrs);
  if (!found) throw new HostFault("missing", address.href);
  return Image.open(store, found.paths, found.axes, format);
}

/** The version of Zarr that the store of a page is read by. */
export function formatOf({ ome_zarr }: ViewerData): 2 | 3 {
  return ome_zarr === "0.4" ? 2 : 3;
}

/** Documents that the page has, by their key. */
function known(levels: readonly ViewerLevel[]): ReadonlyMap<string, unknown> {
  const documents = new Map<string, unknown>();
  for (const { path, zarr: metadata } of levels) {
    if (metadata?.zarr_format === 3) documents.set(`/${path}/zarr.json`, metadata);
    if (metadata?.zarr_format === 2) documents.set(`/${path}/.zarray`, metadata).set(`/${path}/.zattrs`, {});
  }
  return documents;
}
