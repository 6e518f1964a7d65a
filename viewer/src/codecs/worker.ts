/**
 * The worker: decodes chunks beside the page, so that panning never waits for it. Decoders of what others write are
 * loaded when they are met. They are WebAssembly that makes code as it goes, which the policy of a page forbids; a
 * worker has its own.
 */

import { UnsupportedBlosc, decodeBlosc } from "./blosc.ts";
import type { Answer, Question } from "./messages.ts";
import { decodeZstd, zstdInto } from "./zstd.ts";

addEventListener("message", ({ data }: MessageEvent<Question>) => void answerTo(data).then(send));

function send(answer: Answer): void {
  postMessage(answer, { transfer: "bytes" in answer ? [answer.bytes.buffer] : [] });
}

async function answerTo(question: Question): Promise<Answer> {
  const { id } = question;
  try {
    return { id, bytes: await decoded(question) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error) };
  }
}

async function decoded({ codec, size, bytes }: Question): Promise<Uint8Array> {
  if (codec === "zstd") return decodeZstd(bytes, size);
  if (codec === "lz4") return whole((await import("numcodecs/lz4")).default, bytes, size);
  try {
    return decodeBlosc(bytes, zstdInto, size);
  } catch (error) {
    if (!(error instanceof UnsupportedBlosc)) throw error;
    return whole((await import("numcodecs/blosc")).default, bytes, size);
  }
}

interface Codec {
  fromConfig(configuration: never): { decode(bytes: Uint8Array): Promise<Uint8Array> | Uint8Array };
}

/** What a decoder makes of `bytes`, in memory of its own; another size than `expected` is an error. */
async function whole(codec: Codec, bytes: Uint8Array, expected: number | undefined): Promise<Uint8Array> {
  const raw = await codec.fromConfig({} as never).decode(bytes);
  if (expected !== undefined && raw.length !== expected) {
    throw new Error(`it holds ${raw.length} bytes, expected ${expected}`);
  }
  return raw.slice();
}
