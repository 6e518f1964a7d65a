// Reads stores over HTTP as a viewer in a browser does: URLs of stores on standard input, one a line, each followed
// by the generation of Zarr to read it as: v2, v3 (if none is named) or auto, which takes what it finds first.
// Prints a JSON list: attributes of each group, and shape, type and SHA-256 of its first and last level.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { FetchStore, get, open, root } from "zarrita";

const read = async (opened, location) => {
  const array = await opened(location, { kind: "array" });
  const { data, shape } = await get(array);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { shape, dtype: array.dtype, sha256: createHash("sha256").update(bytes).digest("hex") };
};

const stores = [];
const generations = { v2: open.v2, v3: open.v3, auto: open };
for await (const line of createInterface({ input: process.stdin })) {
  const [url, generation = "v3"] = line.split(" ");
  const opened = generations[generation];
  const location = root(new FetchStore(url));
  const { attrs } = await opened(location, { kind: "group" });
  const levels = (attrs.ome ?? attrs).multiscales[0].datasets;
  const ends = [levels.at(0), levels.at(-1)];
  stores.push({ url, attrs, levels: await Promise.all(ends.map(({ path }) => read(opened, location.resolve(path)))) });
}
console.log(JSON.stringify(stores));
