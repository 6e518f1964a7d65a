// Reads stores over HTTP as a viewer in a browser does: URLs of stores on standard input, one a line.
// Prints a JSON list: attributes of each group, and shape, type and SHA-256 of its first and last level.
import { createHash } from "node:crypto";
import { createInterface } from "node:readline";
import { FetchStore, get, open, root } from "zarrita";

const read = async (location) => {
  const array = await open.v3(location, { kind: "array" });
  const { data, shape } = await get(array);
  const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return { shape, dtype: array.dtype, sha256: createHash("sha256").update(bytes).digest("hex") };
};

const stores = [];
for await (const url of createInterface({ input: process.stdin })) {
  const location = root(new FetchStore(url));
  const { attrs } = await open.v3(location, { kind: "group" });
  const levels = attrs.ome.multiscales[0].datasets;
  const ends = [levels.at(0), levels.at(-1)];
  stores.push({ url, attrs, levels: await Promise.all(ends.map(({ path }) => read(location.resolve(path)))) });
}
console.log(JSON.stringify(stores));
