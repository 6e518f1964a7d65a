import VectorLayer from "ol/layer/Vector.js";
import VectorSource from "ol/source/Vector.js";
import type { FeatureLike } from "ol/Feature.js";
import { type Region, type Shape, isSeen } from "../seam/regions.ts";
import type { Cell } from "../state/cell.ts";
import { type ViewState, activeChannels } from "../state/view_state.ts";
import { featureOf, styleOf } from "./shapes.ts";

/** The shapes of the plane that is shown; those of the chosen region stand out. */
export class RegionLayer {
  readonly layer: VectorLayer;
  readonly #source = new VectorSource();
  readonly #regions: readonly Region[];

  constructor(regions: readonly Region[], state: Cell<ViewState>) {
    this.#regions = regions;
    this.layer = new VectorLayer({
      source: this.#source,
      visible: state.value.regions,
      updateWhileInteracting: false,
      style: (feature) => {
        const { region, shape } = told(feature);
        return styleOf(shape, region.id === state.value.region);
      },
    });
    this.#show(state.value);
    state.follow((now, before) => {
      this.layer.setVisible(now.regions);
      const moved = now.t !== before.t || now.z !== before.z;
      if (moved || activeChannels(now).join() !== activeChannels(before).join()) this.#show(now);
      else if (now.region !== before.region) this.layer.changed();
    });
  }

  /** Regions with a shape on the plane that is shown. */
  seen(state: ViewState): readonly Region[] {
    const { t, z } = state;
    const channels = activeChannels(state);
    return this.#regions.filter(({ shapes }) => shapes.some((shape) => isSeen(shape, t, z, channels)));
  }

  /** Box around a region: left, bottom, right, top of the map; undefined while it is not shown. */
  extentOf(region: string): number[] | undefined {
    const boxes = this.#source.getFeatures().filter((feature) => told(feature).region.id === region);
    const extents = boxes.map((feature) => feature.getGeometry()!.getExtent());
    if (extents.length === 0) return undefined;
    const ends = [0, 1, 2, 3].map((side) => extents.map((extent) => extent[side]!));
    return [Math.min(...ends[0]!), Math.min(...ends[1]!), Math.max(...ends[2]!), Math.max(...ends[3]!)];
  }

  #show(state: ViewState): void {
    const channels = activeChannels(state);
    const features = this.#regions.flatMap((region) =>
      region.shapes
        .filter((shape) => isSeen(shape, state.t, state.z, channels))
        .map((shape) => featureOf(region, shape)),
    );
    this.#source.clear(true);
    this.#source.addFeatures(features);
  }
}

/** What a feature of the layer stands for. */
export function told(feature: FeatureLike): { region: Region; shape: Shape } {
  return { region: feature.get("region") as Region, shape: feature.get("shape") as Shape };
}
