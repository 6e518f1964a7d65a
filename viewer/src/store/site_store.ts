import type { AbsolutePath, AsyncReadable, GetOptions, RangeQuery } from "@zarrita/storage";
import { meaning } from "./answers.ts";
import { HostFault } from "./faults.ts";
import { Kept } from "./kept.ts";
import { pause, retried } from "./retry.ts";

/** Bytes of whole files that are kept for hosts that ignore ranges. */
const MOST_WHOLE = 64 << 20;

/** What a store may say while it works: bytes that came, and faults that do not stop it. */
export interface Listener {
  received?(bytes: number): void;
  noticed?(fault: HostFault): void;
}

export interface Options {
  /** Documents that need not be asked for, by key ("/zarr.json"). */
  known?: ReadonlyMap<string, unknown>;
  listener?: Listener;
  /** The browser's own, but in tests. */
  fetch?: typeof fetch;
  wait?: typeof pause;
  page?: URL;
}

interface Body {
  bytes: Uint8Array;
  whole: boolean;
}

/**
 * The files below one address, as zarrita reads them, strict about what hosts do:
 *
 * - 404, 403, 410, and a page of HTML in place of a file, mean that there is no such file;
 * - a whole file in answer to a Range is cut here, kept within a bound, and told once;
 * - the end of a file is asked for as `bytes=-n` on our own origin; elsewhere that would cost a preflight, so its size
 *   is asked for first, once;
 * - what passes (429, 503, a lost connection) is tried again after a while.
 */
export class SiteStore implements AsyncReadable {
  readonly #root: URL;
  readonly #page: URL;
  readonly #options: Options;
  readonly #wholes = new Kept<Uint8Array>(MOST_WHOLE);
  readonly #sizes = new Map<string, Promise<number | undefined>>();
  #told = false;

  constructor(root: URL, options: Options = {}) {
    this.#root = new URL(root.href.endsWith("/") ? root : `${root.href}/`);
    this.#page = options.page ?? new URL(location.href);
    this.#options = options;
    if (this.#page.protocol === "https:" && this.#root.protocol === "http:" && !isLoopback(this.#root)) {
      throw new HostFault("mixed-content", this.#root.host);
    }
  }

  /** The file at `key`; undefined where there is none. */
  async get(key: AbsolutePath, { signal }: GetOptions = {}): Promise<Uint8Array | undefined> {
    const known = this.#options.known?.get(key);
    if (known !== undefined) return new TextEncoder().encode(JSON.stringify(known));
    return (await this.#ask(key, {}, signal))?.bytes;
  }

  /** A part of the file at `key`; undefined where there is no such file. */
  async getRange(key: AbsolutePath, range: RangeQuery, { signal }: GetOptions = {}): Promise<Uint8Array | undefined> {
    const kept = this.#wholes.get(key);
    if (kept) return cut(kept, range);
    const wanted = "offset" in range ? range : await this.#end(key, range.suffixLength, signal);
    if (!wanted) return undefined;
    const body = await this.#ask(key, { Range: header(wanted) }, signal);
    if (!body) return undefined;
    if (!body.whole) return body.bytes;
    this.#wholes.set(key, body.bytes, body.bytes.length);
    if (!this.#told) {
      this.#told = true;
      this.#options.listener?.noticed?.(new HostFault("no-range", this.#root.host));
    }
    return cut(body.bytes, range);
  }

  /** The last `length` bytes of a file, as this origin is best asked for them. */
  async #end(key: AbsolutePath, length: number, signal?: AbortSignal): Promise<RangeQuery | undefined> {
    if (this.#root.origin === this.#page.origin) return { suffixLength: length };
    let size = this.#sizes.get(key);
    if (!size) {
      size = this.#size(key, signal);
      this.#sizes.set(key, size);
      size.catch(() => this.#sizes.delete(key));
    }
    const found = await size;
    return found === undefined ? undefined : { offset: Math.max(found - length, 0), length: Math.min(length, found) };
  }

  async #size(key: AbsolutePath, signal?: AbortSignal): Promise<number | undefined> {
    const answer = await this.#answer(key, { method: "HEAD" }, signal);
    if (!answer) return undefined;
    const length = answer.headers.get("Content-Length");
    if (length === null) throw new HostFault("status", `no Content-Length for ${key}`);
    return Number(length);
  }

  async #ask(key: AbsolutePath, headers: Record<string, string>, signal?: AbortSignal): Promise<Body | undefined> {
    const answer = await this.#answer(key, { headers }, signal);
    if (!answer) return undefined;
    const bytes = new Uint8Array(await answer.arrayBuffer());
    this.#options.listener?.received?.(bytes.length);
    return { bytes, whole: answer.status === 200 };
  }

  /** The host's answer; undefined where there is no such file. Raises HostFault. */
  async #answer(key: AbsolutePath, init: RequestInit, signal?: AbortSignal): Promise<Response | undefined> {
    const address = new URL(key.slice(1), this.#root);
    const ask = this.#options.fetch ?? fetch;
    const found = await retried<Response | "missing">(async (last) => {
      let answer: Response;
      try {
        answer = await ask(address, signal ? { ...init, signal } : init);
      } catch (error) {
        signal?.throwIfAborted();
        if (last) throw new HostFault(await this.#silent(address), address.host, error);
        return undefined;
      }
      const meant = meaning(answer.status, answer.headers.get("Content-Type"));
      if (meant === "missing") return "missing";
      if (meant === "error" || (meant === "try again" && last)) {
        throw new HostFault("status", `${answer.status} for ${address.href}`);
      }
      return meant === "try again" ? undefined : answer;
    }, signal, this.#options.wait ?? pause);
    return found === "missing" ? undefined : found;
  }

  /** Why a request came to nothing. Browsers do not tell; but a host that answers where nobody reads it is there. */
  async #silent(address: URL): Promise<"offline" | "cors"> {
    if (this.#root.origin === this.#page.origin) return "offline";
    const ask = this.#options.fetch ?? fetch;
    return ask(address, { mode: "no-cors" }).then(
      () => "cors",
      () => "offline",
    );
  }
}

function isLoopback({ hostname }: URL): boolean {
  return hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
}

function header(range: RangeQuery): string {
  return "offset" in range ? `bytes=${range.offset}-${range.offset + range.length - 1}` : `bytes=-${range.suffixLength}`;
}

function cut(bytes: Uint8Array, range: RangeQuery): Uint8Array {
  return "offset" in range
    ? bytes.subarray(range.offset, range.offset + range.length)
    : bytes.subarray(Math.max(bytes.length - range.suffixLength, 0));
}
