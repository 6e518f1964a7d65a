import assert from "node:assert/strict";
import { test } from "node:test";
import { toHash, withHash } from "../src/link/hash.ts";
import type { ChannelState, ViewState } from "../src/state/view_state.ts";

const channel = (color: string, active = true): ChannelState => ({
  label: "DNA",
  active,
  color,
  start: 100,
  end: 900.5,
  gamma: 1,
  inverted: false,
});
const STATE: ViewState = {
  t: 0,
  z: 3,
  channels: [channel("0000FF"), channel("00FF00", false), channel("FF0000")],
  grey: false,
  smooth: false,
  logarithmic: true,
  camera: null,
  labels: {},
  regions: true,
  region: null,
};
const SIZES = { z: 7, t: 12 };

test("a state written and read again is the same", () => {
  const changed: ViewState = {
    ...STATE,
    t: 11,
    z: 0,
    grey: true,
    smooth: true,
    labels: { nuclei: 0.6 },
    region: "ROI:3",
    channels: [{ ...channel("0000FF", false), gamma: 0.5 }, { ...channel("12AB00"), inverted: true, start: -5e-7, end: 0.25 }, channel("FF0000")],
    camera: { x: 512.25, y: 12, zoom: 0.125, rotation: 90 },
  };
  assert.deepEqual(withHash(STATE, `#${toHash(changed)}`, SIZES), changed);
});

test("a link of OMERO.iviewer says what it says there", () => {
  const link = "?c=1|100:600$00FF00,-2|10:20$FF0000&m=c&p=normal&z=2&t=5&x=10&y=20&zm=50";
  const found = withHash(STATE, link, SIZES);
  const channels = found.channels.map(({ active, start, end, color }) => [active, start, end, color]);
  assert.deepEqual(channels, [
    [true, 100, 600, "00FF00"],
    [false, 10, 20, "FF0000"],
    [false, 100, 900.5, "FF0000"],
  ]);
  assert.deepEqual([found.z, found.t, found.camera], [1, 4, { x: 10, y: 20, zoom: 0.5, rotation: 0 }]);
});

test("large numbers of links that nobody has escaped", () => {
  const [{ start, end }] = withHash(STATE, "#c=1|-1.5e+07:1.437191e+07", SIZES).channels as [ChannelState];
  assert.deepEqual([start, end], [-15000000, 14371910]);
});

const UNREADABLE = [
  "",
  "#",
  "#c=",
  "#c=99|1:2$GGGGGG,x&z=-4e9&t=abc&x=1&y=&zm=0&g=0,nan",
  "#c=1|5:5$0000FF,2,3|9:1",
  "#z=99999",
];

test("what cannot be read is passed over", () => {
  for (const hash of UNREADABLE) {
    const found = withHash(STATE, hash, SIZES);
    assert.equal(found.channels.length, 3);
    for (const { start, end } of found.channels) assert.ok(start < end, hash);
    assert.ok(found.z >= 0 && found.z < 7, hash);
    assert.equal(found.camera, null);
  }
});
