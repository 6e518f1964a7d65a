/** What the page and its worker say to each other. */

export type Compression = "blosc" | "lz4" | "zstd";

/** Bytes to decode; `size` is that of the raw bytes, where it is known. */
export interface Question {
  id: number;
  codec: Compression;
  size: number | undefined;
  bytes: Uint8Array;
}

/** Raw bytes, or what is wrong. */
export type Answer = { id: number; bytes: Uint8Array } | { id: number; error: string };
