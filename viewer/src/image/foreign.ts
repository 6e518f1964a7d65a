/** What stands at an address that nobody has described: an image, a set of images, a plate, or nothing. */

import type { AxisName, ViewerAxis, ViewerChannel, ViewerData } from "../seam/viewer_data.ts";
import { HostFault } from "../store/faults.ts";
import { type Listener, SiteStore } from "../store/site_store.ts";
import { Image } from "./image.ts";
import { type Multiscale, isObject, multiscaleOf } from "./multiscale.ts";
import { windowOf } from "./windows.ts";

type Attributes = Record<string, unknown>;

/** Parts of a set, each an address of its own below the one that was asked for. */
export interface Part {
  name: string;
  path: string;
}

export interface PlateGrid {
  name: string;
  rows: string[];
  columns: string[];
  /** Path of the first field of each well, by "row/column". */
  wells: Map<string, string>;
}

export type Found =
  | { kind: "image"; data: ViewerData; image: Image }
  | { kind: "images"; parts: Part[] }
  | { kind: "plate"; plate: PlateGrid };

const COLORS = ["408CFF", "46EB82", "F546BE", "FFC446", "46D7FF", "FFFFFF"];
/** Channels that are on at first, where nothing says so. */
const MOST_ACTIVE = 4;

/** Look at `address`; rejects with HostFault where there is no OME-Zarr. */
export async function openForeign(address: URL, page: URL, listener: Listener): Promise<Found> {
  const store = new SiteStore(address, { listener, page });
  const found = await attributesOf(store);
  if (!found) throw new HostFault("missing", address.href);
  const { attributes, format } = found;
  const ome = isObject(attributes["ome"]) ? attributes["ome"] : attributes;
  const multiscale = multiscaleOf(attributes);
  if (multiscale) return { kind: "image", ...(await opened(store, address, multiscale, ome, format)) };
  if (isObject(ome["plate"])) return { kind: "plate", plate: plateOf(ome["plate"], address) };
  const parts = await partsOf(store, ome, format);
  if (parts.length === 0) throw new HostFault("missing", address.href);
  return { kind: "images", parts };
}

async function attributesOf(store: SiteStore): Promise<{ attributes: Attributes; format: 2 | 3 } | undefined> {
  const three = await json(store, "/zarr.json");
  if (three) return { attributes: isObject(three["attributes"]) ? three["attributes"] : {}, format: 3 };
  const two = await json(store, "/.zattrs");
  return two && { attributes: two, format: 2 };
}

async function json(store: SiteStore, key: `/${string}`): Promise<Attributes | undefined> {
  const bytes = await store.get(key);
  if (!bytes) return undefined;
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  return isObject(value) ? value : undefined;
}

async function opened(store: SiteStore, address: URL, multiscale: Multiscale, ome: Attributes, format: 2 | 3) {
  const image = await Image.open(store, multiscale.paths, multiscale.axes, format);
  const omero = isObject(ome["omero"]) ? ome["omero"] : {};
  const defaults = isObject(omero["rdefs"]) ? omero["rdefs"] : {};
  const z = whole(defaults["defaultZ"], image.size("z")) ?? Math.floor(image.size("z") / 2);
  const t = whole(defaults["defaultT"], image.size("t")) ?? 0;
  const data: ViewerData = {
    version: 1,
    name: typeof omero["name"] === "string" && omero["name"] ? omero["name"] : nameOf(address),
    store: { href: null, url: address.href },
    ome_zarr: format === 3 ? "0.5" : "0.4",
    dtype: image.dtype,
    axes: multiscale.axes.map((name, at) => axis(name, image.size(name), multiscale.scale[at]!, multiscale.units[at])),
    channels: await channelsOf(image, omero["channels"], t, z),
    model: defaults["model"] === "greyscale" ? "greyscale" : "color",
    default_z: z,
    default_t: t,
    levels: multiscale.paths.map((path) => ({ path, shape: [], zarr: null })),
    statistics: null,
    labels: [],
    regions: null,
  };
  return { data, image };
}

function axis(name: AxisName, size: number, scale: number, unit: string | undefined): ViewerAxis {
  const type = name === "t" ? "time" : name === "c" ? "channel" : "space";
  const factor = type === "space" ? UM[unit ?? ""] : type === "time" ? S[unit ?? ""] : undefined;
  const known = factor !== undefined && scale > 0;
  return {
    name,
    type,
    size,
    unit: known ? (type === "time" ? "second" : "micrometer") : null,
    scale: known ? scale * factor : null,
  };
}

const UM: Record<string, number> = { angstrom: 1e-4, nanometer: 1e-3, micrometer: 1, millimeter: 1e3, centimeter: 1e4, meter: 1e6 };
const S: Record<string, number> = { nanosecond: 1e-9, microsecond: 1e-6, millisecond: 1e-3, second: 1, minute: 60, hour: 3600 };

/** Channels as the "omero" block says; what it does not say is found from the coarsest level. */
async function channelsOf(image: Image, said: unknown, t: number, z: number): Promise<ViewerChannel[]> {
  const list = Array.isArray(said) ? said : [];
  const count = image.size("c");
  return Promise.all(
    Array.from({ length: count }, async (_, c): Promise<ViewerChannel> => {
      const one: Attributes = isObject(list[c]) ? list[c] : {};
      const color = typeof one["color"] === "string" && /^[0-9A-Fa-f]{6}$/.test(one["color"]) ? one["color"] : undefined;
      return {
        label: typeof one["label"] === "string" && one["label"] ? one["label"] : `Channel ${c + 1}`,
        color: (color ?? (count === 1 ? "FFFFFF" : COLORS[c % COLORS.length]!)).toUpperCase(),
        active: typeof one["active"] === "boolean" ? one["active"] : c < MOST_ACTIVE,
        window: windowSaid(one["window"]) ?? (await windowOf(image, t, c, z)),
      };
    }),
  );
}

function windowSaid(said: unknown): ViewerChannel["window"] | undefined {
  if (!isObject(said)) return undefined;
  const [start, end] = [Number(said["start"]), Number(said["end"])];
  if (!Number.isFinite(start) || !Number.isFinite(end) || start >= end) return undefined;
  const [min, max] = [Number(said["min"] ?? start), Number(said["max"] ?? end)];
  return { min: Number.isFinite(min) ? min : start, max: Number.isFinite(max) ? max : end, start, end };
}

/** Images of a bioformats2raw set: those that OME/ lists, else 0, 1, 2 until one is missing. */
async function partsOf(store: SiteStore, ome: Attributes, format: 2 | 3): Promise<Part[]> {
  if (ome["bioformats2raw.layout"] === undefined) return [];
  const below = await json(store, format === 3 ? "/OME/zarr.json" : "/OME/.zattrs");
  const attributes = format === 3 && below && isObject(below["attributes"]) ? below["attributes"] : below;
  const said = attributes && isObject(attributes["ome"]) ? attributes["ome"] : attributes;
  const series = said?.["series"];
  if (Array.isArray(series)) return series.map((path) => ({ name: `Image ${String(path)}`, path: String(path) }));
  const parts: Part[] = [];
  while (parts.length < MOST_PARTS && (await json(store, `/${parts.length}/${format === 3 ? "zarr.json" : ".zattrs"}`))) {
    parts.push({ name: `Image ${parts.length}`, path: String(parts.length) });
  }
  return parts;
}

const MOST_PARTS = 100;

function plateOf(plate: Attributes, address: URL): PlateGrid {
  const names = (list: unknown) => (Array.isArray(list) ? list.filter(isObject).map(({ name }) => String(name)) : []);
  const wells = Array.isArray(plate["wells"]) ? plate["wells"].filter(isObject).map(({ path }) => String(path)) : [];
  return {
    name: typeof plate["name"] === "string" ? plate["name"] : nameOf(address),
    rows: names(plate["rows"]),
    columns: names(plate["columns"]),
    wells: new Map(wells.map((path) => [path, `${path}/0`])),
  };
}

function whole(value: unknown, size: number): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value < size ? value : undefined;
}

function nameOf(address: URL): string {
  const parts = decodeURIComponent(address.pathname).split("/").filter(Boolean);
  return parts.slice(-2).join("/") || address.host;
}
