/** Builds the page into dist: scripts and styles under names that change with what is in them, the verifier, keys, examples. */
import { createHash } from "node:crypto";
import { cp, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { brotliCompressSync } from "node:zlib";

import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, "../..");
const pkg = process.env.POPW_PKG ?? join(root, "wasm/pkg");
const corpus = process.env.POPW_CORPUS ?? join(root, "corpus/standard");
const out = join(here, "dist");
const next = join(here, ".dist.tmp");

const sum = (bytes) => createHash("sha256").update(bytes).digest("hex").slice(0, 10);

async function need(path, remedy) {
  return readFile(path).catch(() => {
    throw new Error(`${path} is missing: ${remedy}`);
  });
}

/** Copies a file under a name that has its digest in it; gives the name. */
async function stamped(path, folder, name = basename(path)) {
  const bytes = await readFile(path);
  const [stem, ...ends] = name.split(".");
  const file = `${stem}-${sum(bytes)}.${ends.join(".")}`;
  await mkdir(join(next, folder), { recursive: true });
  await writeFile(join(next, folder, file), bytes);
  return folder ? `${folder}/${file}` : file;
}

async function manifest() {
  const { keys, documents, epoch } = JSON.parse(
    await need(join(corpus, "manifest.json"), "name a corpus with POPW_CORPUS, or check out corpus/standard"),
  );
  const keyOf = new Map(keys.map((key) => [key.name, key]));
  return {
    keys: await Promise.all(
      keys.map(async ({ name, file, digest }) => ({ name, digest, file: await stamped(join(corpus, file), "keys") })),
    ),
    examples: await Promise.all(
      documents.map(async ({ name, key, file }) => {
        const { claim, system } = keyOf.get(key);
        return { name, claim, system, file: await stamped(join(corpus, file), "examples") };
      }),
    ),
    exampleEpoch: await stamped(join(corpus, epoch), "examples"),
  };
}

async function bundle(entry, define) {
  const { metafile } = await build({
    absWorkingDir: here,
    entryPoints: [entry],
    outdir: next,
    entryNames: "[name]-[hash]",
    bundle: true,
    minify: true,
    format: "esm",
    target: ["es2022", "chrome111", "firefox114", "safari16.4"],
    // The package's own way to its wasm file is not taken: the worker names the stamped copy.
    alias: { popw: join(pkg, "popw.js") },
    define,
    metafile: true,
    logLevel: "warning",
    legalComments: "none",
  });
  return Object.keys(metafile.outputs).map((file) => basename(file))[0];
}

await rm(next, { recursive: true, force: true });
await mkdir(next, { recursive: true });
const wasm = join(pkg, "popw_bg.wasm");
await need(wasm, "run cargo run -p xtask -- wasm");
const wasmFile = await stamped(wasm, "", "popw.wasm");
const worker = await bundle("src/worker.ts", { WASM_FILE: JSON.stringify(wasmFile) });
const main = await bundle("src/main.ts", {
  WORKER_FILE: JSON.stringify(worker),
  MANIFEST: JSON.stringify(await manifest()),
});
const style = await bundle("src/style.css", {});
const html = await readFile(join(here, "src/index.html"), "utf8");
await writeFile(join(next, "index.html"), html.replace("%STYLE%", style).replace("%MAIN%", main));
await cp(join(here, "src/icon.svg"), join(next, "icon.svg"));
await rm(out, { recursive: true, force: true });
await rename(next, out);

let all = 0;
for (const file of ["index.html", style, main, worker, wasmFile]) {
  const bytes = await readFile(join(out, file));
  const packed = brotliCompressSync(bytes).length;
  all += packed;
  console.log(`${String(bytes.length).padStart(9)} bytes, ${String(packed).padStart(7)} with brotli  ${file}`);
}
console.log(`${" ".repeat(17)}${String(all).padStart(7)} with brotli  until the verifier runs`);
