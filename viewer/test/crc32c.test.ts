import assert from "node:assert/strict";
import { test } from "node:test";
import { checked, crc32c } from "../src/codecs/crc32c.ts";

const text = (words: string) => new TextEncoder().encode(words);

test("known checksums: RFC 3720 appendix B.4, and the check value of the catalogue of CRCs", () => {
  assert.equal(crc32c(text("123456789")), 0xe3069283);
  assert.equal(crc32c(new Uint8Array(32)), 0x8a9136aa);
  assert.equal(crc32c(new Uint8Array(32).fill(0xff)), 0x62a8ab43);
  assert.equal(crc32c(Uint8Array.from({ length: 32 }, (_, i) => i)), 0x46dd794e);
  assert.equal(crc32c(new Uint8Array(0)), 0);
});

test("each single flipped bit is found", () => {
  const whole = new Uint8Array([...text("a chunk of pixels"), 0, 0, 0, 0]);
  new DataView(whole.buffer).setUint32(whole.length - 4, crc32c(whole.subarray(0, -4)), true);
  assert.deepEqual(checked(whole), text("a chunk of pixels"));
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = whole.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    assert.throws(() => checked(flipped), new Error("its checksum is wrong"));
  }
});

test("fewer bytes than a checksum has", () => assert.throws(() => checked(text("abc")), /cannot end in a checksum/));
