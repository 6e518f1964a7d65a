import type OlMap from "ol/Map.js";
import { announcer } from "./controls/announce.ts";
import { channelControls } from "./controls/channels.ts";
import { make } from "./controls/dom.ts";
import { labelControls } from "./controls/labels.ts";
import { optionControls } from "./controls/options.ts";
import { planeControls } from "./controls/planes.ts";
import { readoutLine } from "./controls/readout.ts";
import { toolControls } from "./controls/tools.ts";
import { toolbar } from "./controls/toolbar.ts";
import type { Image } from "./image/image.ts";
import { formatOf, openStore, storeAddress } from "./image/open.ts";
import { type Grid, gridOf } from "./render/grid.ts";
import { ImageLayer } from "./render/image_layer.ts";
import { labelLayer } from "./render/label_layer.ts";
import { makeMap } from "./render/map.ts";
import { followPointer } from "./render/readout.ts";
import { type LabelList, colorsOf } from "./seam/labels.ts";
import type { Region } from "./seam/regions.ts";
import { pixelMetres, pixelUm } from "./seam/pixel_size.ts";
import type { ChannelStatistics } from "./seam/statistics.ts";
import type { ViewerData } from "./seam/viewer_data.ts";
import { HostFault } from "./store/faults.ts";
import type { Cell } from "./state/cell.ts";
import type { ViewState } from "./state/view_state.ts";

/** Where the viewer goes: `canvas` is emptied for the image, `controls` for its settings. */
export interface Place {
  canvas: HTMLElement;
  controls: HTMLElement;
}

/** All that a viewer shows; what was not found is empty. */
export interface Content {
  data: ViewerData;
  image: Image;
  statistics: readonly ChannelStatistics[] | undefined;
  labels: LabelList | undefined;
  regions: readonly Region[];
  page: URL;
}

/** Puts image, layers and controls in their place, all following `state`. */
export async function show(content: Content, state: Cell<ViewState>, place: Place): Promise<OlMap> {
  const { data, image } = content;
  const said = make("p", { class: "said", role: "status" });
  const tell = (error: unknown) => {
    said.textContent = wordsOf(error);
  };
  const metres = pixelMetres(data);
  const grid = gridOf(image, metres);
  const pixels = new ImageLayer(image, state, grid, tell);
  const target = make("div", { class: "map", tabindex: 0, role: "application", "aria-label": described(data) });
  place.canvas.replaceChildren(target);
  const map = makeMap(target, [pixels.layer], grid, state, metres !== undefined);
  const reading = readoutLine();
  place.canvas.append(toolbar(map, grid), reading.element);
  followPointer(map, image, state, pixelUm(data), reading.show);
  followLabels(content, map, state, tell);
  const sizes = { z: image.size("z"), t: image.size("t") };
  place.controls.replaceChildren(
    channelControls(state, { published: data.channels, statistics: content.statistics }),
    planeControls(state, sizes),
    optionControls(state, data.channels),
    labelControls(state, data.labels.map(({ name }) => name)),
    toolControls({ map, image, grid, state, data, page: content.page, tell }),
    said,
    announcer(state, sizes, (id) => content.regions.find((region) => region.id === id)?.name),
  );
  // Who pressed a button to open this goes on by keyboard in the picture; who followed a link is left where they are.
  if (navigator.userActivation?.hasBeenActive) target.focus({ preventScroll: true });
  if (content.regions.length) {
    const { withRegions } = await import("./with_regions.ts");
    said.before(withRegions(map, content.regions, state));
  }
  return map;
}

/** What is wrong, and why: decoders tell the reason as the cause. */
function wordsOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error && !(error instanceof HostFault) ? `${error.message}: ${error.cause.message}` : error.message;
}

function described({ name }: ViewerData): string {
  return `${name}. Arrow keys move the view, plus and minus zoom.`;
}

/** Label images are opened when they are first shown, and lie between image and regions. */
function followLabels(content: Content, map: OlMap, state: Cell<ViewState>, tell: (error: unknown) => void): void {
  const opened = new Map<string, Promise<ReturnType<typeof labelLayer>>>();
  const open = async (name: string) => {
    const { data, labels, page } = content;
    const folder = new URL(`labels/${name}/`, withSlash(storeAddress(data, page)));
    const image = await openStore(folder, formatOf(data), page, { noticed: tell });
    const about = labels?.labels.find((each) => each.name === name) ?? { name, path: `labels/${name}`, count: null };
    const layer = labelLayer(image, onGridOf(content.image, image), colorsOf(about), state, tell);
    map.getLayers().insertAt(1, layer);
    return layer;
  };
  const follow = (now: ViewState) => {
    for (const { name } of content.data.labels) {
      const opacity = now.labels[name];
      if (opacity === undefined && !opened.has(name)) continue;
      const layer = opened.get(name) ?? open(name);
      opened.set(name, layer);
      layer.then((found) => {
        found.setVisible(opacity !== undefined);
        found.setOpacity(opacity ?? 0);
      }, tell);
    }
  };
  follow(state.value);
  state.follow((now, before) => now.labels !== before.labels && follow(now));
}

/** The grid of a label image, whose level 0 covers the image's. */
function onGridOf(image: Image, labels: Image): Grid {
  if (image.levels[0]!.width !== labels.levels[0]!.width) throw new Error("The label image is of another size.");
  return gridOf(labels);
}

function withSlash(address: URL): URL {
  return new URL(address.href.endsWith("/") ? address : `${address.href}/`);
}
