import type { ViewerChannel, ViewerData } from "../seam/viewer_data.ts";

/** How one channel is shown. `start` is drawn as black and `end` as the full colour; `color` is RRGGBB. */
export interface ChannelState {
  readonly label: string;
  readonly active: boolean;
  readonly color: string;
  readonly start: number;
  readonly end: number;
  readonly gamma: number;
  readonly inverted: boolean;
}

/** Where one looks: the pixel of level 0 in the middle, screen pixels per pixel, and degrees clockwise. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
  readonly rotation: number;
}

/** All that a visitor may change, and that a link keeps. `camera` is null until the image was fitted once. */
export interface ViewState {
  readonly t: number;
  readonly z: number;
  readonly channels: readonly ChannelState[];
  readonly grey: boolean;
  /** Between pixels of the screen: interpolated, else squares. */
  readonly smooth: boolean;
  /** Whether histograms are drawn so; no link keeps it. */
  readonly logarithmic: boolean;
  readonly camera: Camera | null;
  /** Opacity, from 0, of the label images that are shown, by name. */
  readonly labels: Readonly<Record<string, number>>;
  readonly regions: boolean;
  /** ID of the region that is chosen. */
  readonly region: string | null;
}

/** How an image is shown at first: as its page's pictures are. */
export function firstState(data: ViewerData): ViewState {
  return {
    t: data.default_t,
    z: data.default_z,
    channels: data.channels.map(channelState),
    grey: data.model === "greyscale",
    smooth: false,
    logarithmic: true,
    camera: null,
    labels: {},
    regions: true,
    region: null,
  };
}

function channelState({ label, active, color, window }: ViewerChannel): ChannelState {
  return { label, active, color, start: window.start, end: window.end, gamma: 1, inverted: false };
}

/** `channels` with one of them changed. */
export function withChannel(
  channels: readonly ChannelState[],
  index: number,
  change: Partial<ChannelState>,
): readonly ChannelState[] {
  return channels.map((channel, at) => (at === index ? { ...channel, ...change } : channel));
}

/** Numbers of the channels that are on, in their order. */
export function activeChannels(state: ViewState): readonly number[] {
  return state.channels.flatMap((channel, index) => (channel.active ? [index] : []));
}
