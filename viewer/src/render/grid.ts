import Projection from "ol/proj/Projection.js";
import TileGrid from "ol/tilegrid/TileGrid.js";
import type { Image } from "../image/image.ts";

/**
 * The map's plane: one unit is one pixel of level 0, x to the right; y counts down from the top, so that it is negative
 * below it, as OpenLayers' y goes up.
 */
export interface Grid {
  readonly projection: Projection;
  readonly tiles: TileGrid;
  readonly extent: [number, number, number, number];
  /** Number of the level behind the tile grid's z: OpenLayers counts from the coarsest. */
  levelOf(z: number): number;
}

/** Grid of an image; `metres` is the width of a pixel, for the scale bar, undefined where it is not known. */
export function gridOf(image: Image, metres?: number): Grid {
  const { width, height } = image.levels[0]!;
  const extent: [number, number, number, number] = [0, -height, width, 0];
  const coarsest = [...image.levels.keys()].reverse();
  const projection = new Projection({
    code: "pixels",
    units: "pixels",
    extent,
    ...(metres === undefined ? {} : { metersPerUnit: metres }),
  });
  const tiles = new TileGrid({
    extent,
    origin: [0, 0],
    resolutions: coarsest.map((number) => image.levels[number]!.downsampled.x),
    tileSizes: coarsest.map((number) => {
      const { chunkWidth, chunkHeight } = image.levels[number]!;
      return [chunkWidth, chunkHeight];
    }),
  });
  return { projection, tiles, extent, levelOf: (z) => coarsest[z]! };
}
