import { decompress } from "fzstd";

/** The raw bytes of one zstd frame; another size than `expected` is an error. */
export function decodeZstd(frame: Uint8Array, expected?: number): Uint8Array {
  const raw = decompress(frame);
  if (expected !== undefined && raw.length !== expected) {
    throw new Error(`it holds ${raw.length} bytes, expected ${expected}`);
  }
  return raw;
}

/**
 * One frame that must fill `target`. The target is not handed to fzstd 0.1.1: it compares it with `== 1`, which makes a
 * string of the whole array and costs four times the decoding itself.
 */
export function zstdInto(frame: Uint8Array, target: Uint8Array): void {
  target.set(decodeZstd(frame, target.length));
}
