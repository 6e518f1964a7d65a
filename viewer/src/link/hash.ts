import type { Camera, ChannelState, ViewState } from "../state/view_state.ts";

/**
 * The state as the part of an address after `#`, in the words of OMERO.iviewer's links:
 *
 *     c=1|118:1630$46EB82,-2|97:4095$F546BE   channels from 1, negative when off; window; colour; `-r` reversed
 *     z=4 t=1                                 plane and time point, from 1
 *     x=512.5 y=384 zm=100                    middle of the view in pixels, zoom in per cent
 *     m=g                                     greyscale (m=c: colour)
 *
 *     roi=ROI:3                               the region that is chosen
 *
 * and, beyond it, `rot` in degrees, `g=1.5,1` the gammas, `i=1` interpolation, `labels=nuclei:0.6` label images with
 * their opacity, and `rois=0` for no regions. What cannot be read is passed over.
 */
export function toHash(state: ViewState): string {
  const words = new URLSearchParams();
  const { camera } = state;
  words.set("c", state.channels.map(channelWords).join(","));
  words.set("z", String(state.z + 1));
  words.set("t", String(state.t + 1));
  if (camera) {
    words.set("x", rounded(camera.x));
    words.set("y", rounded(camera.y));
    words.set("zm", rounded(camera.zoom * 100));
    if (camera.rotation) words.set("rot", rounded(camera.rotation));
  }
  if (state.channels.some(({ gamma }) => gamma !== 1)) words.set("g", state.channels.map(({ gamma }) => gamma).join(","));
  words.set("m", state.grey ? "g" : "c");
  if (state.smooth) words.set("i", "1");
  const labels = Object.entries(state.labels).map(([name, opacity]) => `${name}:${rounded(opacity)}`);
  if (labels.length) words.set("labels", labels.join(","));
  if (!state.regions) words.set("rois", "0");
  if (state.region !== null) words.set("roi", state.region);
  return words.toString().replaceAll("%7C", "|").replaceAll("%3A", ":").replaceAll("%24", "$").replaceAll("%2C", ",");
}

/** `state` with what `hash` (or the query of one of iviewer's links) says. */
export function withHash(state: ViewState, hash: string, sizes: { z: number; t: number }): ViewState {
  const words = new URLSearchParams(hash.replace(/^[#?]/, ""));
  // "1e+21" comes as "1e 21" where nobody has escaped the plus.
  const list = words.get("c")?.replaceAll(" ", "+") ?? null;
  const channels = withChannels(state.channels, list, words.get("g"));
  return {
    ...state,
    channels,
    z: index(words.get("z"), sizes.z) ?? state.z,
    t: index(words.get("t"), sizes.t) ?? state.t,
    grey: words.has("m") ? words.get("m") === "g" : state.grey,
    smooth: words.has("i") ? words.get("i") === "1" : state.smooth,
    camera: cameraFrom(words) ?? state.camera,
    labels: words.has("labels") ? labelsFrom(words.get("labels")!) : state.labels,
    regions: words.has("rois") ? words.get("rois") !== "0" : state.regions,
    region: words.get("roi") ?? state.region,
  };
}

function channelWords({ active, start, end, color, inverted }: ChannelState, index: number): string {
  return `${active ? "" : "-"}${index + 1}|${rounded(start)}:${rounded(end)}${inverted ? "-r" : ""}$${color}`;
}

const CHANNEL = /^(-?)(\d{1,5})(?:\|(-?[\d.e+-]+):(-?[\d.]+(?:e[+-]?\d+)?)(-r|r)?)?(?:\$([0-9A-Fa-f]{6}))?/;

/** Channels that are not named are off, as in iviewer's links; without a list all stay as they are. */
function withChannels(channels: readonly ChannelState[], list: string | null, gammas: string | null) {
  let found = [...channels];
  if (list) {
    found = found.map((channel) => ({ ...channel, active: false }));
    for (const word of list.split(",")) {
      const match = CHANNEL.exec(word);
      const at = match ? Number(match[2]) - 1 : -1;
      const channel = found[at];
      if (match && channel) found[at] = { ...channel, ...channelFrom(match) };
    }
  }
  (gammas ?? "").split(",").forEach((word, at) => {
    const [gamma, channel] = [Number(word), found[at]];
    if (channel && gamma >= 0.1 && gamma <= 10) found[at] = { ...channel, gamma };
  });
  return found;
}

function channelFrom([, off, , start, end, reversed, color]: RegExpExecArray): Partial<ChannelState> {
  const [low, high] = [Number(start), Number(end)];
  const window = start !== undefined && Number.isFinite(low) && Number.isFinite(high) && low < high;
  return {
    active: off === "",
    inverted: reversed === "-r",
    ...(window ? { start: low, end: high } : {}),
    ...(color ? { color: color.toUpperCase() } : {}),
  };
}

function labelsFrom(words: string): Record<string, number> {
  const pairs = words.split(",").map((word) => /^([A-Za-z0-9][A-Za-z0-9._-]*):([\d.]+)$/.exec(word));
  const known = pairs.filter((pair) => pair !== null).map(([, name, opacity]) => [name!, Math.min(Number(opacity), 1)]);
  return Object.fromEntries(known.filter(([, opacity]) => Number.isFinite(opacity))) as Record<string, number>;
}

function cameraFrom(words: URLSearchParams): Camera | undefined {
  const [x, y, percent] = ["x", "y", "zm"].map((name) => number(words.get(name)));
  if (x === undefined || y === undefined || percent === undefined || percent <= 0) return undefined;
  return { x, y, zoom: percent / 100, rotation: number(words.get("rot")) ?? 0 };
}

function number(word: string | null): number | undefined {
  const found = word === null || word === "" ? Number.NaN : Number(word);
  return Number.isFinite(found) ? found : undefined;
}

/** A number from 1 as an index from 0, held inside the axis. */
function index(word: string | null, size: number): number | undefined {
  const found = number(word);
  return found === undefined ? undefined : Math.min(Math.max(Math.round(found) - 1, 0), size - 1);
}

function rounded(value: number): string {
  return String(Number(value.toPrecision(7)));
}
