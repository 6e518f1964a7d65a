import assert from "node:assert/strict";
import { test } from "node:test";
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
  assert.deepEqual(await store(site).getRange("/c/0", { offset: 10, length: 5 }), FILE.slice(10, 15));
  assert.deepEqual(
    site.asked.map(({ range }) => range),
    ["bytes=10-14"],
  );
});

test("the end of a file: by suffix on our own origin, elsewhere by its size, which is asked for once", async () => {
  const site = host();
  assert.deepEqual(await store(site).getRange("/c/0", { suffixLength: 4 }), FILE.slice(96));
  assert.deepEqual(
    site.asked.map(({ range }) => range),
    ["bytes=-4"],
  );
  const other = host();
  const elsewhere = store(other, "https://other.org/");
  await elsewhere.getRange("/c/0", { suffixLength: 4 });
  assert.deepEqual(await elsewhere.getRange("/c/0", { suffixLength: 4 }), FILE.slice(96));
  const asked = other.asked.map(({ method, range }) => [method, range]);
  assert.deepEqual(asked, [
    ["HEAD", null],
    ["GET", "bytes=96-99"],
    ["GET", "bytes=96-99"],
  ]);
});

test("what hosts say of a file that is not there", async () => {
  const page = { headers: { "Content-Type": "text/html; charset=utf-8" } };
  const answers = [new Response("", { status: 404 }), new Response("", { status: 403 }), new Response("<!doctype html>", page)];
  for (const answer of answers) {
    const found = await store(host(() => answer)).getRange("/c/1", { offset: 0, length: 1 });
    assert.equal(found, undefined);
  }
});

test("a host that ignores ranges is told once, and asked once for each file", async () => {
  const site = host(() => new Response(FILE));
  const faults: string[] = [];
  const noticed = ({ fault }: HostFault) => void faults.push(fault);
  const files = store(site, undefined, { listener: { noticed } });
  assert.deepEqual(await files.getRange("/c/0", { offset: 90, length: 5 }), FILE.slice(90, 95));
  assert.deepEqual(await files.getRange("/c/0", { suffixLength: 2 }), FILE.slice(98));
  assert.equal(site.asked.length, 1);
  assert.deepEqual(faults, ["no-range"]);
});

test("what passes is tried again, what stays is told", async () => {
  const wait = async () => undefined;
  let left = 2;
  const busy = host(() => (left-- > 0 ? new Response("", { status: 503 }) : undefined));
  assert.deepEqual(await store(busy, undefined, { wait }).get("/c/0"), FILE);
  assert.equal(busy.asked.length, 3);
  const broken = host(() => new Response("", { status: 500 }));
  await assert.rejects(store(broken, undefined, { wait }).get("/c/0"), { fault: "status" });
});

test("documents that the page knows are not asked for", async () => {
  const site = host();
  const files = store(site, undefined, { known: new Map([["/zarr.json", { zarr_format: 3 }]]) });
  assert.equal(new TextDecoder().decode(await files.get("/zarr.json")), '{"zarr_format":3}');
  assert.deepEqual(site.asked, []);
});

test("pixels by http below a page by https are refused at once, but on this computer", () => {
  const page = new URL("https://site.org/");
  assert.throws(() => new SiteStore(new URL("http://data.org/a"), { page }), HostFault);
  assert.ok(new SiteStore(new URL("http://127.0.0.1:8000/a"), { page }));
});

test("a host that is not there is told from one that does not let pages of other sites read", async () => {
  const wait = async () => undefined;
  const closed = { fetch: (async (_url, init) => {
    if (init?.mode !== "no-cors") throw new TypeError("Failed to fetch");
    return new Response("");
  }) as typeof fetch };
  const gone = { fetch: (async () => {
    throw new TypeError("Failed to fetch");
  }) as typeof fetch };
  const page = "https://other.org/";
  await assert.rejects(store(closed, page, { wait }).get("/c/0"), { fault: "cors" });
  await assert.rejects(store(gone, page, { wait }).get("/c/0"), { fault: "offline" });
  await assert.rejects(store(closed, undefined, { wait }).get("/c/0"), { fault: "offline" });
});

test("an aborted request is not tried again", async () => {
  const stop = new AbortController();
  const site = host(() => {
    stop.abort();
    return new Response("", { status: 503 });
  });
  await assert.rejects(store(site).get("/c/0", { signal: stop.signal }), { name: "AbortError" });
  assert.equal(site.asked.length, 1);
});
