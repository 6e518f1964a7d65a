import assert from "node:assert/strict";
import { test } from "node:test";
import { changes } from "../src/controls/announce.ts";
import type { ViewState } from "../src/state/view_state.ts";

const channel = { label: "DNA", active: true, color: "FF0000", start: 0, end: 1, gamma: 1, inverted: false };
const state: ViewState = {
  t: 0,
  z: 0,
  channels: [channel],
  grey: false,
  smooth: false,
  logarithmic: true,
  camera: null,
  labels: {},
  regions: true,
  region: null,
};
const words = (change: Partial<ViewState>) => changes(state, { ...state, ...change }, { z: 7, t: 2 }, (id) => `named ${id}`);

test("planes, channels, labels and regions that change are said", () => {
  assert.deepEqual(words({ z: 3, t: 1 }), ["Z-section 4 of 7", "Time point 2 of 2"]);
  assert.deepEqual(words({ channels: [{ ...channel, active: false }] }), ["DNA hidden"]);
  assert.deepEqual(words({ labels: { nuclei: 0.6 } }), ["Labels nuclei shown"]);
  assert.deepEqual(words({ regions: false }), ["Regions hidden"]);
  assert.deepEqual(words({ region: "ROI:1" }), ["Region named ROI:1"]);
});

test("moving, windows, colours and opacities are not", () => {
  assert.deepEqual(words({ camera: { x: 1, y: 2, zoom: 3, rotation: 0 } }), []);
  assert.deepEqual(words({ channels: [{ ...channel, start: 0.5, color: "00FF00" }] }), []);
  assert.deepEqual(changes({ ...state, labels: { a: 0.1 } }, { ...state, labels: { a: 0.9 } }, { z: 1, t: 1 }, () => undefined), []);
});
