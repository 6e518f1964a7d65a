// `npm run build`: the viewer as one script, its worker, lazy decoders and a style sheet, in publisher/_viewer.
// The same sources give the same bytes; manifest.json says which sources they are, so that a stale bundle is found
// without Node.
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import * as esbuild from "esbuild";

const here = path.dirname(fileURLToPath(import.meta.url));
const out = path.resolve(here, process.env.OUT ?? "../publisher/_viewer");
const SOURCES = ["build.mjs", "package-lock.json", "package.json", "tsconfig.json"];

const sha256 = (bytes) => createHash("sha256").update(bytes).digest("hex");
const filesBelow = (folder) =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => path.relative(here, path.join(entry.parentPath, entry.name)).split(path.sep).join("/"));

async function bundle() {
  const result = await esbuild.build({
    absWorkingDir: here,
    entryPoints: { viewer: "src/main.ts", worker: "src/codecs/worker.ts", style: "src/viewer.css" },
    outdir: out,
    bundle: true,
    minify: true,
    splitting: true,
    format: "esm",
    target: "es2022",
    charset: "utf8",
    legalComments: "none",
    chunkNames: "[name]-[hash]",
    // The worker decodes zstd; numcodecs' own, an encoder too, is 240 kB and never asked.
    alias: { "numcodecs/zstd": "./src/codecs/never.ts" },
    metafile: true,
    logLevel: "warning",
  });
  return result.metafile;
}

/** Licences of the packages that are in the bundle; one without is a fault. */
function notices({ inputs }) {
  const packages = new Set();
  for (const input of Object.keys(inputs)) {
    const found = /^(node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input);
    if (found) packages.add(found[1]);
  }
  return [...packages].sort().map((folder) => {
    const about = JSON.parse(readFileSync(path.join(here, folder, "package.json"), "utf8"));
    const file = readdirSync(path.join(here, folder)).find((name) => /^licen[cs]e/i.test(name));
    if (!about.license || !file) throw new Error(`${about.name} states no licence`);
    const words = readFileSync(path.join(here, folder, file), "utf8").replaceAll("\r\n", "\n").trim();
    return `${about.name} ${about.version} (${about.license})\n\n${words}\n`;
  });
}

const extra = existsSync(path.join(here, "notices")) ? readdirSync(path.join(here, "notices")).sort() : [];
rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });
const metafile = await bundle();
const embedded = extra.map((name) => readFileSync(path.join(here, "notices", name), "utf8").trim() + "\n");
writeFileSync(path.join(out, "NOTICES.txt"), [...notices(metafile), ...embedded].join(`\n${"-".repeat(72)}\n\n`));
const built = readdirSync(out).sort();
const sources = [...SOURCES, ...filesBelow(path.join(here, "src"))].sort();
const manifest = {
  files: Object.fromEntries(built.map((name) => [name, sha256(readFileSync(path.join(out, name)))])),
  sources: Object.fromEntries(sources.map((name) => [name, sha256(readFileSync(path.join(here, name)))])),
};
writeFileSync(path.join(out, "manifest.json"), `${JSON.stringify(manifest, null, 1)}\n`);
for (const name of built) {
  const bytes = readFileSync(path.join(out, name));
  console.log(String(bytes.length).padStart(9), String(gzipSync(bytes, { level: 9 }).length).padStart(8), name);
}
