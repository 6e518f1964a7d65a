import { registry } from "zarrita";
import { checked } from "./crc32c.ts";
import { type Decoder, ForeignBytes } from "./decoder.ts";
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

/** Let zarrita decode blosc and zstd by `decoder` and check every checksum; the rest it loads when it meets it. */
export function install(decoder: Decoder): void {
  const blosc = compressed(decoder, "blosc", async () => (await import("numcodecs/blosc")).default);
  const zstd = compressed(decoder, "zstd");
  for (const name of ["blosc", "numcodecs.blosc"]) registry.set(name, async () => blosc);
  for (const name of ["zstd", "numcodecs.zstd"]) registry.set(name, async () => zstd);
  registry.set("crc32c", async () => CRC32C);
}

function encode(): never {
  throw new Error("this viewer only reads");
}

const CRC32C: Entry = {
  fromConfig: () =>
    ({ kind: "bytes_to_bytes", encode, decode: checked, computeEncodedSize: (size: number) => size + 4 }) as unknown as Made,
};

interface Foreign {
  fromConfig(configuration: never): { decode(bytes: Uint8Array): Promise<Uint8Array> | Uint8Array };
}

function compressed(decoder: Decoder, codec: Compression, foreign?: () => Promise<Foreign>): Entry {
  return {
    fromConfig: (configuration, { dataType, shape }) => {
      const width = WIDTHS[dataType];
      const size = width && shape.reduce((all, each) => all * each, width);
      const decode = async (bytes: Uint8Array): Promise<Uint8Array> => {
        try {
          return await decoder.decode(codec, bytes, size || undefined);
        } catch (error) {
          if (!(error instanceof ForeignBytes) || !foreign) throw error;
          return (await foreign()).fromConfig(configuration as never).decode(bytes);
        }
      };
      return { kind: "bytes_to_bytes", encode, decode } as unknown as Made;
    },
  };
}
