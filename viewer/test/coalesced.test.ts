import assert from "node:assert/strict";
import { test } from "node:test";
import { Coalesced } from "../src/store/coalesced.ts";

const FILE = new Uint8Array(400_000).map((_, i) => i % 251);

function counted() {
  const asked: { offset: number; length: number; signal: AbortSignal | undefined }[] = [];
  const getRange = async (_key: string, range: { offset: number; length: number }, options = {}) => {
    asked.push({ ...range, signal: (options as { signal?: AbortSignal }).signal });
    return FILE.subarray(range.offset, range.offset + range.length);
  };
  const store = new Coalesced({ get: async () => undefined, getRange: getRange as never });
  return { asked, store };
}

test("parts that lie close are asked for at once, others alone, and each gets its own bytes", async () => {
  const { asked, store } = counted();
  const wanted = [300_000, 10, 1000].map((offset) => store.getRange("/a", { offset, length: 100 }));
  const found = await Promise.all(wanted);
  assert.deepEqual(
    found,
    [300_000, 10, 1000].map((offset) => FILE.subarray(offset, offset + 100)),
  );
  const ranges = asked.map(({ offset, length }) => [offset, length]);
  assert.deepEqual(ranges, [
    [10, 1090],
    [300_000, 100],
  ]);
});

test("a request goes on while anybody wants a part of it", async () => {
  const { asked, store } = counted();
  const [one, two] = [new AbortController(), new AbortController()];
  const parts = [one, two].map(({ signal }, i) => store.getRange("/a", { offset: 10 * i, length: 5 }, { signal }));
  await Promise.all(parts);
  one.abort();
  assert.equal(asked[0]!.signal!.aborted, false);
  two.abort();
  assert.equal(asked[0]!.signal!.aborted, true);
});

test("what is aborted before it is asked for is not asked for", async () => {
  const { asked, store } = counted();
  const stop = new AbortController();
  const part = store.getRange("/a", { offset: 0, length: 5 }, { signal: stop.signal });
  stop.abort();
  await assert.rejects(part, { name: "AbortError" });
  assert.deepEqual(asked, []);
});

test("a file that is shorter than its index says is a fault of that part alone", async () => {
  const { store } = counted();
  const [good, bad] = [0, 399_990].map((offset) => store.getRange("/a", { offset, length: 100 }));
  await assert.rejects(bad!, /shorter than its index says/);
  assert.equal((await good)!.length, 100);
});
