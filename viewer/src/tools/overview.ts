/** A small picture of the whole, with a frame around what is seen. */

import View from "ol/View.js";
import OverviewMap from "ol/control/OverviewMap.js";
import type OlMap from "ol/Map.js";
import type { Image } from "../image/image.ts";
import type { Grid } from "../render/grid.ts";
import { type Failed, ImageLayer } from "../render/image_layer.ts";
import type { Cell } from "../state/cell.ts";
import type { ViewState } from "../state/view_state.ts";

/** Width of the small picture in pixels of the screen (style sheet: `.ol-overviewmap-map`). */
const width = () => (matchMedia("(max-width: 44rem)").matches ? 96 : 144);

/** Put an overview of `image` on `map`; the result shows and hides it. It follows the planes and channels of `state`. */
export function overviewOf(map: OlMap, image: Image, grid: Grid, state: Cell<ViewState>, failed: Failed): (on: boolean) => void {
  const [, bottom, right] = grid.extent;
  const resolution = Math.max(right, -bottom) / width();
  const view = new View({
    projection: grid.projection,
    center: [right / 2, bottom / 2],
    resolutions: [resolution],
    resolution,
    constrainOnlyCenter: true,
    extent: [right / 2, bottom / 2, right / 2, bottom / 2],
  });
  const { layer } = new ImageLayer(image, state, grid, failed);
  const control = new OverviewMap({ layers: [layer], view, collapsed: false, collapsible: false });
  control.getOverviewMap().getViewport()?.setAttribute("aria-hidden", "true");
  return (on) => {
    map.removeControl(control);
    if (on) map.addControl(control);
  };
}
