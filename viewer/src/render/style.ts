import type { Style } from "ol/layer/WebGLTile.js";
import type { ChannelState, ViewState } from "../state/view_state.ts";
import { activeChannels } from "../state/view_state.ts";

type Expression = (string | number | Expression)[];
type Variables = Record<string, number>;

const COLORS = ["red", "green", "blue"] as const;

/**
 * The style of a layer whose bands are `count` channels: each stretched from its window to 0..1, bent by its gamma,
 * given its colour, and added up; what is brighter than white is white. This is how the page's pictures are made
 * (assets/composite.py), so that both show the same.
 */
export function channelStyle(count: number, variables: Variables): Style {
  const sums = COLORS.map((color) => summed(count, color));
  return { variables, color: ["color", ...sums, 1] as never };
}

function summed(count: number, color: (typeof COLORS)[number]): Expression | number {
  const parts = Array.from({ length: count }, (_, band): Expression => ["*", ["var", `${color}${band}`], stretched(band)]);
  if (parts.length === 0) return 0;
  const sum: Expression = parts.length === 1 ? parts[0]! : ["+", ...parts];
  return ["clamp", ["*", 255, sum], 0, 255];
}

/** 0 to 1; turned around where the channel is inverted: `flip` is 1 then, else 0, and `sign` -1, else 1. */
function stretched(band: number): Expression {
  const value: Expression = ["band", band + 1];
  const [start, range] = [["var", `start${band}`], ["var", `range${band}`]];
  const clamped: Expression = ["clamp", ["/", ["-", value, start], range], 0, 1];
  const bent: Expression = ["^", clamped, ["var", `power${band}`]];
  return ["+", ["var", `flip${band}`], ["*", ["var", `sign${band}`], bent]];
}

/** The variables of `channelStyle` for the channels of `state` that are on. */
export function channelVariables(state: ViewState): Variables {
  const shown = activeChannels(state).map((index) => state.channels[index]!);
  const pairs = shown.flatMap((channel, band) => variablesOf(channel, state.grey && shown.length === 1, band));
  return Object.fromEntries(pairs);
}

function variablesOf(channel: ChannelState, white: boolean, band: number): [string, number][] {
  const [red, green, blue] = rgb(white ? "FFFFFF" : channel.color);
  const range = channel.end - channel.start;
  const values = {
    red,
    green,
    blue,
    start: channel.start,
    range: range === 0 ? 1 : range,
    power: 1 / channel.gamma,
    flip: channel.inverted ? 1 : 0,
    sign: channel.inverted ? -1 : 1,
  };
  return Object.entries(values).map(([name, value]) => [`${name}${band}`, value]);
}

/** RRGGBB as three numbers from 0 to 1. */
export function rgb(color: string): [number, number, number] {
  const number = Number.parseInt(color, 16);
  return [(number >> 16) / 255, ((number >> 8) & 255) / 255, (number & 255) / 255];
}
