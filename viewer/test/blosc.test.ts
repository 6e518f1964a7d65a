import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { UnsupportedBlosc, decodeBlosc } from "../src/codecs/blosc.ts";
import { zstdInto } from "../src/codecs/zstd.ts";

/** A chunk as c-blosc wrote it (make_vectors.py): `count` values (i * i) % 13 + i / 64 of a numpy type. */
interface Vector {
  dtype: string;
  count: number;
  shuffle: number;
  coded: string;
}

const VECTORS = JSON.parse(readFileSync("test/vectors.json", "utf8")) as Vector[];
const TYPES: Record<string, (values: number[]) => ArrayBufferView> = {
  u1: (values) => Uint8Array.from(values),
  "<u2": (values) => Uint16Array.from(values),
  "<i4": (values) => Int32Array.from(values),
  "<f4": (values) => Float32Array.from(values),
  "<f8": (values) => Float64Array.from(values),
};

const bytes = (coded: string) => Uint8Array.from(Buffer.from(coded, "base64"));
const ours = VECTORS.filter(({ dtype }) => dtype !== "foreign");
const foreign = VECTORS.filter(({ dtype }) => dtype === "foreign");

for (const { dtype, count, shuffle, coded } of ours) {
  test(`${count} values of ${dtype}, shuffle ${shuffle}`, () => {
    const values = Array.from({ length: count }, (_, i) => ((i * i) % 13) + Math.floor(i / 64));
    const { buffer } = TYPES[dtype]!(values);
    const raw = decodeBlosc(bytes(coded), zstdInto, buffer.byteLength);
    assert.equal(Buffer.compare(raw, new Uint8Array(buffer)), 0);
  });
}

test("another codec or shuffle is left to a decoder of everything", () => {
  assert.equal(foreign.length, 2);
  for (const { coded } of foreign) assert.throws(() => decodeBlosc(bytes(coded), zstdInto), UnsupportedBlosc);
});

test("a buffer that is cut, or of another size, is refused", () => {
  const coded = bytes(ours.find(({ count }) => count === 3001)!.coded);
  assert.throws(() => decodeBlosc(coded.subarray(0, coded.length - 1), zstdInto), /it has \d+ of \d+ bytes/);
  assert.throws(() => decodeBlosc(coded.subarray(0, 10), zstdInto), new Error("it ends within its header"));
  assert.throws(() => decodeBlosc(coded, zstdInto, 7), new Error("it holds 3001 bytes, expected 7"));
});

test("no damage makes it read or write outside, or run on", () => {
  const coded = bytes(ours.find(({ count, dtype }) => count === 3001 && dtype === "<u2")!.coded);
  for (let at = 0; at < Math.min(coded.length, 64); at++) {
    const damaged = coded.slice();
    damaged[at]! ^= 0xff;
    try {
      decodeBlosc(damaged, zstdInto, 6002);
    } catch (error) {
      assert.ok(error instanceof Error);
    }
  }
});
