/** Regions, their list and how they are chosen: loaded with images that have any. */

import type OlMap from "ol/Map.js";
import { regionControls } from "./controls/regions.ts";
import { RegionLayer, told } from "./render/region_layer.ts";
import type { Region } from "./seam/regions.ts";
import type { Cell } from "./state/cell.ts";
import type { ViewState } from "./state/view_state.ts";

const HIT_PX = 3;
/** Room around a region that comes into view, in pixels of the screen. */
const AROUND = [60, 60, 60, 60];

/** Draws `regions` over what `map` shows; returns their controls. */
export function withRegions(map: OlMap, regions: readonly Region[], state: Cell<ViewState>): HTMLElement {
  const drawn = new RegionLayer(regions, state);
  map.addLayer(drawn.layer);
  map.on("singleclick", ({ pixel }) => {
    const only = { layerFilter: (layer: unknown) => layer === drawn.layer, hitTolerance: HIT_PX };
    const chosen = map.forEachFeatureAtPixel(pixel, (feature) => told(feature).region.id, only);
    state.update({ region: chosen ?? null });
  });
  state.follow((now, before) => {
    if (now.region !== null && now.region !== before.region) bringIntoView(map, drawn.extentOf(now.region));
  });
  return regionControls(state, regions, (now) => drawn.seen(now));
}

function bringIntoView(map: OlMap, extent: number[] | undefined): void {
  const seen = map.getView().calculateExtent(map.getSize());
  const [left, bottom, right, top] = extent ?? seen;
  const inside = seen[0]! <= left! && seen[1]! <= bottom! && seen[2]! >= right! && seen[3]! >= top!;
  if (!inside) map.getView().fit(extent!, { padding: AROUND, minResolution: 0.25 });
}
