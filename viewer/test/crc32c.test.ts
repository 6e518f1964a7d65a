import { expect, test } from "vitest";
import { checked, crc32c } from "../src/codecs/crc32c.ts";

const text = (words: string) => new TextEncoder().encode(words);

/** RFC 3720 appendix B.4, and the check value of the catalogue of CRCs. */
test.each([
  [text("123456789"), 0xe3069283],
  [new Uint8Array(32), 0x8a9136aa],
  [new Uint8Array(32).fill(0xff), 0x62a8ab43],
  [Uint8Array.from({ length: 32 }, (_, i) => i), 0x46dd794e],
  [new Uint8Array(0), 0],
])("known checksums", (bytes, sum) => expect(crc32c(bytes)).toBe(sum));

test("each single flipped bit is found", () => {
  const whole = new Uint8Array([...text("a chunk of pixels"), 0, 0, 0, 0]);
  new DataView(whole.buffer).setUint32(whole.length - 4, crc32c(whole.subarray(0, -4)), true);
  expect(checked(whole)).toEqual(text("a chunk of pixels"));
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = whole.slice();
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    expect(() => checked(flipped)).toThrow("its checksum is wrong");
  }
});

test("fewer bytes than a checksum has", () => expect(() => checked(text("abc"))).toThrow("cannot end in a checksum"));
