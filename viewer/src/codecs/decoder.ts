import type { Answer, Compression, Question } from "./messages.ts";

interface Waiting {
  resolve(bytes: Uint8Array): void;
  reject(error: Error): void;
}

/** Decodes in one worker, which starts with the first chunk. */
export class Decoder {
  readonly #script: URL;
  readonly #waiting = new Map<number, Waiting>();
  #worker: Worker | undefined;
  #asked = 0;

  /** `script`: address of the bundled worker. */
  constructor(script: URL) {
    this.#script = script;
  }

  /** Raw bytes of `bytes`, which are copied. Rejects with what is wrong with them. */
  decode(codec: Compression, bytes: Uint8Array, size?: number): Promise<Uint8Array> {
    const question: Question = { id: this.#asked++, codec, size, bytes: bytes.slice() };
    return new Promise((resolve, reject) => {
      this.#waiting.set(question.id, { resolve, reject });
      this.#started().postMessage(question, [question.bytes.buffer]);
    });
  }

  #started(): Worker {
    if (this.#worker) return this.#worker;
    const worker = new Worker(this.#script, { type: "module" });
    worker.addEventListener("message", ({ data }: MessageEvent<Answer>) => this.#take(data));
    worker.addEventListener("error", () => this.#fail(new Error("the decoder could not be loaded")));
    return (this.#worker = worker);
  }

  #take(answer: Answer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if ("bytes" in answer) waiting?.resolve(answer.bytes);
    else waiting?.reject(new Error(answer.error));
  }

  #fail(error: Error): void {
    for (const waiting of this.#waiting.values()) waiting.reject(error);
    this.#waiting.clear();
    this.#worker = undefined;
  }
}
