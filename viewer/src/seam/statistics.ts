/** Statistics of an image: docs/design/seams/statistics.schema.json. */

export interface Histogram {
  low: number;
  high: number;
  counts: number[];
}

export interface ChannelStatistics {
  min: number;
  max: number;
  window: { start: number; end: number };
  histogram: Histogram;
}

export interface Statistics {
  version: 1;
  channels: ChannelStatistics[];
}
