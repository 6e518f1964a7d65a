import assert from "node:assert/strict";
import { test } from "node:test";
import { withSafeColors } from "../src/controls/palette.ts";

const channels = (...active: boolean[]) =>
  active.map((on) => ({ label: "", active: on, color: "ABCDEF", start: 0, end: 1, gamma: 1, inverted: false }));
const colors = (...active: boolean[]) => withSafeColors(channels(...active)).map(({ color }) => color);

test("two channels are green and magenta, whatever lies between them, and others stay as they are", () => {
  assert.deepEqual(colors(true, false, true), ["00FF00", "ABCDEF", "FF00FF"]);
});

test("more are all different, one alone is white", () => {
  assert.equal(new Set(colors(true, true, true, true, true)).size, 5);
  assert.deepEqual(colors(true), ["FFFFFF"]);
});
