import { registry } from "zarrita";
import { checked } from "./crc32c.ts";
import type { Decoder } from "./decoder.ts";
import type { Compression } from "./messages.ts";

type Entry = Awaited<ReturnType<NonNullable<ReturnType<typeof registry.get>>>>;
type Made = ReturnType<Entry["fromConfig"]>;

/** Bytes of one value of a Zarr data type. */
const WIDTHS: Record<string, number> = {
  bool: 1,
  int8: 1,
  uint8: 1,
  int16: 2,
  uint16: 2,
  float16: 2,
  int32: 4,
  uint32: 4,
  float32: 4,
  int64: 8,
  uint64: 8,
  float64: 8,
};

const COMPRESSIONS: readonly Compression[] = ["blosc", "lz4", "zstd"];

/** Let zarrita decode what is compressed by `decoder`, and check every checksum; both it would else do in the page. */
export function install(decoder: Decoder): void {
  for (const codec of COMPRESSIONS) {
    const entry = compressed(decoder, codec);
    for (const name of [codec, `numcodecs.${codec}`]) registry.set(name, async () => entry);
  }
  registry.set("crc32c", async () => CRC32C);
}

function encode(): never {
  throw new Error("this viewer only reads");
}

const CRC32C: Entry = {
  fromConfig: () =>
    ({ kind: "bytes_to_bytes", encode, decode: checked, computeEncodedSize: (size: number) => size + 4 }) as unknown as Made,
};

function compressed(decoder: Decoder, codec: Compression): Entry {
  return {
    fromConfig: (_, { dataType, shape }) => {
      const width = WIDTHS[dataType];
      const size = width && shape.reduce((all, each) => all * each, width);
      const decode = (bytes: Uint8Array) => decoder.decode(codec, bytes, size || undefined);
      return { kind: "bytes_to_bytes", encode, decode } as unknown as Made;
    },
  };
}
