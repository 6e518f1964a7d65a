import { expect, test, vi } from "vitest";
import { HostFault } from "../src/store/faults.ts";
import { SiteStore, type Options } from "../src/store/site_store.ts";

const FILE = Uint8Array.from({ length: 100 }, (_, i) => i);

interface Asked {
  url: string;
  method: string;
  range: string | null;
}

/** A host with one file, `/store/c/0`; `change` bends its answers. */
function host(change: (asked: Asked) => Response | undefined = () => undefined) {
  const asked: Asked[] = [];
  const answer = async (url: RequestInfo | URL, init: RequestInit = {}): Promise<Response> => {
    const request = { url: String(url), method: init.method ?? "GET", range: new Headers(init.headers).get("Range") };
    asked.push(request);
    const bent = change(request);
    if (bent) return bent;
    if (!request.url.endsWith("/store/c/0")) return new Response("not found", { status: 404 });
    if (request.method === "HEAD") return new Response(null, { headers: { "Content-Length": "100" } });
    const range = /bytes=(\d*)-(\d*)/.exec(request.range ?? "");
    if (!range) return new Response(FILE);
    const [, from, to] = range;
    const part = from ? FILE.slice(Number(from), Number(to) + 1) : FILE.slice(-Number(to));
    return new Response(part, { status: 206 });
  };
  return { asked, fetch: answer as typeof fetch };
}

function store({ fetch }: { fetch: typeof globalThis.fetch }, page = "https://site.org/page", more: Options = {}) {
  return new SiteStore(new URL("https://site.org/store"), { fetch, page: new URL(page), ...more });
}

test("a part of a file is asked for by range", async () => {
  const site = host();
  expect(await store(site).getRange("/c/0", { offset: 10, length: 5 })).toEqual(FILE.slice(10, 15));
  expect(site.asked.map(({ range }) => range)).toEqual(["bytes=10-14"]);
});

test("the end of a file: by suffix on our own origin, elsewhere by its size, which is asked for once", async () => {
  const site = host();
  expect(await store(site).getRange("/c/0", { suffixLength: 4 })).toEqual(FILE.slice(96));
  expect(site.asked.map(({ range }) => range)).toEqual(["bytes=-4"]);
  const other = host();
  const elsewhere = store(other, "https://other.org/");
  await elsewhere.getRange("/c/0", { suffixLength: 4 });
  expect(await elsewhere.getRange("/c/0", { suffixLength: 4 })).toEqual(FILE.slice(96));
  expect(other.asked.map(({ method, range }) => [method, range])).toEqual([
    ["HEAD", null],
    ["GET", "bytes=96-99"],
    ["GET", "bytes=96-99"],
  ]);
});

test.each([
  [new Response("", { status: 404 })],
  [new Response("AccessDenied", { status: 403 })],
  [new Response("<!doctype html>", { headers: { "Content-Type": "text/html; charset=utf-8" } })],
])("what hosts say of a file that is not there", async (answer) => {
  expect(await store(host(() => answer)).getRange("/c/1", { offset: 0, length: 1 })).toBeUndefined();
});

test("a host that ignores ranges is told once, and asked once for each file", async () => {
  const site = host(() => new Response(FILE));
  const noticed = vi.fn();
  const files = store(site, undefined, { listener: { noticed } });
  expect(await files.getRange("/c/0", { offset: 90, length: 5 })).toEqual(FILE.slice(90, 95));
  expect(await files.getRange("/c/0", { suffixLength: 2 })).toEqual(FILE.slice(98));
  expect(site.asked.length).toBe(1);
  expect(noticed.mock.calls.map(([fault]) => (fault as HostFault).fault)).toEqual(["no-range"]);
});

test("what passes is tried again, what stays is told", async () => {
  vi.useFakeTimers();
  try {
    let left = 2;
    const busy = host(() => (left-- > 0 ? new Response("", { status: 503 }) : undefined));
    const [found] = await Promise.all([store(busy).get("/c/0"), vi.runAllTimersAsync()]);
    expect(found).toEqual(FILE);
    expect(busy.asked.length).toBe(3);
    const broken = expect(store(host(() => new Response("", { status: 500 }))).get("/c/0")).rejects.toMatchObject({
      fault: "status",
    });
    await Promise.all([broken, vi.runAllTimersAsync()]);
  } finally {
    vi.useRealTimers();
  }
});

test("documents that the page knows are not asked for", async () => {
  const site = host();
  const files = store(site, undefined, { known: new Map([["/zarr.json", { zarr_format: 3 }]]) });
  expect(new TextDecoder().decode(await files.get("/zarr.json"))).toBe('{"zarr_format":3}');
  expect(site.asked).toEqual([]);
});

test("pixels by http below a page by https are refused at once, but on this computer", () => {
  const page = new URL("https://site.org/");
  expect(() => new SiteStore(new URL("http://data.org/a"), { page })).toThrow(HostFault);
  expect(() => new SiteStore(new URL("http://127.0.0.1:8000/a"), { page })).not.toThrow();
});

test("an aborted request is not tried again", async () => {
  const stop = new AbortController();
  const site = host(() => {
    stop.abort();
    return new Response("", { status: 503 });
  });
  await expect(store(site).get("/c/0", { signal: stop.signal })).rejects.toThrow("aborted");
  expect(site.asked.length).toBe(1);
});
