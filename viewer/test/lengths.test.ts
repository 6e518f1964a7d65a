import assert from "node:assert/strict";
import { test } from "node:test";
import { type Point, areaOf, lengthOf, pointsFrom, roundLength, wordsOf } from "../src/tools/lengths.ts";

const corners: readonly Point[] = [[0, 0], [30, 0], [30, 40], [0, 40]];

test("lengths and areas are in pixels, or in µm of pixels that need not be square", () => {
  assert.equal(lengthOf([[0, 0], [3, 4], [3, 10]], undefined), 11);
  assert.equal(lengthOf([[0, 0], [3, 4]], [2, 0]), 6);
  assert.equal(areaOf(corners, undefined), 1200);
  assert.equal(areaOf([...corners].reverse(), [0.5, 0.25]), 150);
});

test("points are read as they are written", () => {
  assert.deepEqual(pointsFrom("10, 20; 30.5 40;\n-1,2"), [[10, 20], [30.5, 40], [-1, 2]]);
  assert.deepEqual(pointsFrom("1, 2; x, 3; 4; 1.2.3, 4"), [[1, 2]]);
  assert.deepEqual(pointsFrom(wordsOf([[1.26, 2], [-3, 4]])), [[1.3, 2], [-3, 4]]);
});

test("a scale bar is 1, 2 or 5 times a power of ten long", () => {
  assert.deepEqual([0.37, 1, 4.9, 5, 73].map(roundLength), [0.2, 1, 2, 5, 50]);
});
