import type { AbsolutePath, AsyncReadable, GetOptions, RangeQuery } from "@zarrita/storage";

/** Parts of a file that lie closer than this are asked for together: cheaper than another request. */
const GAP = 64 << 10;
/** Bytes of one request at most, so that the first pixels do not wait for the last. */
const MOST = 4 << 20;

interface Part {
  offset: number;
  length: number;
  signal: AbortSignal | undefined;
  resolve(bytes: Uint8Array | undefined): void;
  reject(reason: unknown): void;
}

type Ranged = AsyncReadable & Required<Pick<AsyncReadable, "getRange">>;

/**
 * Asks for parts of one file that are wanted at the same moment together. A request is aborted when nobody wants any
 * part of it any more.
 */
export class Coalesced implements AsyncReadable {
  readonly #store: Ranged;
  readonly #waiting = new Map<AbsolutePath, Part[]>();

  constructor(store: Ranged) {
    this.#store = store;
  }

  get(key: AbsolutePath, options?: GetOptions): Promise<Uint8Array | undefined> {
    return this.#store.get(key, options);
  }

  getRange(key: AbsolutePath, range: RangeQuery, options: GetOptions = {}): Promise<Uint8Array | undefined> {
    if (!("offset" in range)) return this.#store.getRange(key, range, options);
    return new Promise((resolve, reject) => {
      if (this.#waiting.size === 0) setTimeout(() => this.#flush());
      const parts = this.#waiting.get(key) ?? [];
      this.#waiting.set(key, parts);
      parts.push({ ...range, signal: options.signal, resolve, reject });
    });
  }

  #flush(): void {
    const waiting = [...this.#waiting];
    this.#waiting.clear();
    for (const [key, parts] of waiting) {
      const wanted = parts.filter(({ signal, reject }) => {
        if (signal?.aborted) reject(signal.reason);
        return !signal?.aborted;
      });
      for (const group of grouped(wanted)) void this.#ask(key, group);
    }
  }

  async #ask(key: AbsolutePath, parts: readonly Part[]): Promise<void> {
    const offset = parts[0]!.offset;
    const length = Math.max(...parts.map((part) => part.offset + part.length)) - offset;
    try {
      const bytes = await this.#store.getRange(key, { offset, length }, { signal: whenAll(parts) });
      for (const part of parts) {
        const start = part.offset - offset;
        if (bytes && bytes.length < start + part.length) part.reject(new Error(`${key} is shorter than its index says`));
        else part.resolve(bytes?.subarray(start, start + part.length));
      }
    } catch (error) {
      for (const part of parts) part.reject(error);
    }
  }
}

/** Parts in the order of the file, those that lie close in one group. */
function grouped(parts: readonly Part[]): Part[][] {
  const groups: Part[][] = [];
  let [start, end] = [0, -Infinity];
  for (const part of [...parts].sort((a, b) => a.offset - b.offset)) {
    const last = part.offset + part.length;
    if (part.offset <= end + GAP && last - start <= MOST) {
      groups.at(-1)!.push(part);
    } else {
      groups.push([part]);
      start = part.offset;
    }
    end = Math.max(end, last);
  }
  return groups;
}

/** A signal that is aborted when all of `parts` are. */
function whenAll(parts: readonly Part[]): AbortSignal {
  const all = new AbortController();
  let left = parts.length;
  for (const { signal } of parts) {
    signal?.addEventListener("abort", () => --left === 0 && all.abort(signal.reason), { once: true });
  }
  return all.signal;
}
