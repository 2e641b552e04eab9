// What each build weighs on the wire, its JavaScript included, beside snarkjs's verifier; fails when a build is over its budget.
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build } from 'esbuild';

const here = join(dirname(fileURLToPath(import.meta.url)), '..');
const kB = (bytes) => (bytes / 1000).toFixed(1).padStart(8);

/** Bytes of the .wasm file, brotli: a build beyond its budget fails; the goal is where it should get. */
const builds = [
  { name: 'popw', entry: 'popw', is: 'both systems, speed', budget: 238_000, goal: 130_000 },
  { name: 'groth16', entry: 'popw/groth16', is: 'Groth16, speed', budget: 213_000, goal: 90_000 },
  { name: 'small', entry: 'popw/small', is: 'Groth16, size', budget: 174_000, goal: 42_000 },
  { name: 'raw', entry: 'popw/raw', is: 'bare Groth16, speed', budget: 90_000, goal: 90_000 },
  { name: 'raw_small', entry: 'popw/raw/small', is: 'bare Groth16, size', budget: 42_000, goal: 42_000 },
];

const brotli = (bytes) =>
  brotliCompressSync(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
const weigh = (bytes) => ({ raw: bytes.length, gzip: gzipSync(bytes, { level: 9 }).length, brotli: brotli(bytes) });

async function bundle(contents, resolveDir) {
  const options = { bundle: true, minify: true, write: false, format: 'esm', platform: 'browser', logLevel: 'error' };
  const { outputFiles } = await build({ ...options, stdin: { contents, resolveDir } });
  return outputFiles[0].contents;
}

const row = (name, is, { raw, gzip, brotli }, note = '') => console.log(`${name.padEnd(24)}${is.padEnd(30)}${kB(raw)}${kB(gzip)}${kB(brotli)}  ${note}`);

console.log(`${''.padEnd(54)}${['raw', 'gzip', 'brotli'].map((name) => name.padStart(8)).join('')}  kB`);
let over = false;
for (const { name, entry, is, budget, goal } of builds) {
  const wasm = weigh(readFileSync(join(here, 'pkg', `${name}_bg.wasm`)));
  const script = weigh(await bundle(`export * from './pkg/${name}.js'`, here));
  const fits = wasm.brotli <= budget;
  over ||= !fits;
  row(entry, `${is}: .wasm`, wasm, `${fits ? 'within' : 'OVER'} ${budget / 1000} kB, goal ${goal / 1000} kB`);
  row('', 'its JavaScript, minified', script);
}
row('snarkjs', 'groth16.verify alone, bundled', weigh(await bundle("import { groth16 } from 'snarkjs'; export const verify = groth16.verify;", here)));
if (over) {
  console.error('a build is over its budget');
  process.exitCode = 1;
}
