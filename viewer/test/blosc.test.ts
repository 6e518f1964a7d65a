import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { UnsupportedBlosc, decodeBlosc } from "../src/codecs/blosc.ts";
import { zstdInto } from "../src/codecs/zstd.ts";

/** A chunk as c-blosc wrote it (make_vectors.py): `count` values (i * i) % 13 + i / 64 of a numpy type. */
interface Vector {
  dtype: string;
  count: number;
  shuffle: number;
  coded: string;
}

const VECTORS = JSON.parse(readFileSync(new URL("vectors.json", import.meta.url), "utf8")) as Vector[];
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

test.each(ours)("$count values of $dtype, shuffle $shuffle", ({ dtype, count, coded }) => {
  const values = Array.from({ length: count }, (_, i) => ((i * i) % 13) + Math.floor(i / 64));
  const { buffer } = TYPES[dtype]!(values);
  const raw = decodeBlosc(bytes(coded), zstdInto, buffer.byteLength);
  expect(Buffer.compare(raw, new Uint8Array(buffer))).toBe(0);
});

test.each(foreign)("another codec or shuffle is left to a decoder of everything", ({ coded }) => {
  expect(() => decodeBlosc(bytes(coded), zstdInto)).toThrow(UnsupportedBlosc);
});

test("a buffer that is cut, or of another size, is refused", () => {
  const coded = bytes(ours.find(({ count }) => count === 3001)!.coded);
  expect(() => decodeBlosc(coded.subarray(0, coded.length - 1), zstdInto)).toThrow(/it has \d+ of \d+ bytes/);
  expect(() => decodeBlosc(coded.subarray(0, 10), zstdInto)).toThrow("it ends within its header");
  expect(() => decodeBlosc(coded, zstdInto, 7)).toThrow("it holds 3001 bytes, expected 7");
});

test("no damage makes it read or write outside, or run on", () => {
  const coded = bytes(ours.find(({ count, dtype }) => count === 3001 && dtype === "<u2")!.coded);
  for (let at = 0; at < Math.min(coded.length, 64); at++) {
    const damaged = coded.slice();
    damaged[at]! ^= 0xff;
    try {
      decodeBlosc(damaged, zstdInto, 6002);
    } catch (error) {
      expect(error).toBeInstanceOf(Error);
    }
  }
});
