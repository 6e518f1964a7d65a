import { expect, test, vi } from "vitest";
import { Coalesced } from "../src/store/coalesced.ts";

const FILE = new Uint8Array(400_000).map((_, i) => i % 251);

function counted() {
  const asked: { offset: number; length: number; signal: AbortSignal | undefined }[] = [];
  const getRange = vi.fn(async (_key: string, range: { offset: number; length: number }, options = {}) => {
    asked.push({ ...range, signal: (options as { signal?: AbortSignal }).signal });
    return FILE.subarray(range.offset, range.offset + range.length);
  });
  const store = new Coalesced({ get: async () => undefined, getRange: getRange as never });
  return { asked, store };
}

test("parts that lie close are asked for at once, others alone, and each gets its own bytes", async () => {
  const { asked, store } = counted();
  const wanted = [300_000, 10, 1000].map((offset) => store.getRange("/a", { offset, length: 100 }));
  const found = await Promise.all(wanted);
  expect(found).toEqual([300_000, 10, 1000].map((offset) => FILE.subarray(offset, offset + 100)));
  expect(asked.map(({ offset, length }) => [offset, length])).toEqual([
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
  expect(asked[0]!.signal!.aborted).toBe(false);
  two.abort();
  expect(asked[0]!.signal!.aborted).toBe(true);
});

test("what is aborted before it is asked for is not asked for", async () => {
  const { asked, store } = counted();
  const stop = new AbortController();
  const part = store.getRange("/a", { offset: 0, length: 5 }, { signal: stop.signal });
  stop.abort();
  await expect(part).rejects.toThrow("aborted");
  expect(asked).toEqual([]);
});

test("a file that is shorter than its index says is a fault of that part alone", async () => {
  const { store } = counted();
  const [good, bad] = [0, 399_990].map((offset) => store.getRange("/a", { offset, length: 100 }));
  await expect(bad).rejects.toThrow("shorter than its index says");
  expect((await good)!.length).toBe(100);
});
