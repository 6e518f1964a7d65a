/** The worker: decodes chunks beside the page, so that panning never waits for it. */

import { UnsupportedBlosc, decodeBlosc } from "./blosc.ts";
import type { Answer, Question } from "./messages.ts";
import { decodeZstd, zstdInto } from "./zstd.ts";

addEventListener("message", ({ data }: MessageEvent<Question>) => {
  const answer = answerTo(data);
  postMessage(answer, { transfer: "bytes" in answer ? [answer.bytes.buffer] : [] });
});

function answerTo({ id, codec, size, bytes }: Question): Answer {
  try {
    return { id, bytes: codec === "zstd" ? decodeZstd(bytes, size) : decodeBlosc(bytes, zstdInto, size) };
  } catch (error) {
    return { id, error: error instanceof Error ? error.message : String(error), foreign: error instanceof UnsupportedBlosc };
  }
}
