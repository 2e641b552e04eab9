// The packed package, as users install it: types, Node, esbuild, vite, and plain scripts in Chromium.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { build as esbuild } from 'esbuild';
import { build as vite } from 'vite';
import { corpora, here, inChromium, pkg, serve } from './support.mjs';

const modules = join(here, '../node_modules');
const run = (cwd, name, ...more) => execFileSync(name, more, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
let app;

before(() => {
  app = mkdtempSync(join(tmpdir(), 'popw-app-'));
  const [{ filename, files }] = JSON.parse(run(pkg, 'npm', 'pack', '--json', '--silent', '--pack-destination', app));
  const names = files.map(({ path }) => path).sort();
  for (const needed of ['popw.js', 'popw_bg.wasm', 'popw_glue.js', 'api.js', 'raw_api.js', 'popw.d.ts', 'raw.d.ts', 'types.d.ts', 'README.md', 'LICENSE-MIT', 'package.json']) {
    assert.ok(names.includes(needed), `${needed} is not in the package, only ${names}`);
  }
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', private: true, type: 'module' }));
  run(app, 'npm', 'install', '--silent', '--offline', '--no-audit', '--no-fund', `./${filename}`);
});
after(() => rmSync(app, { recursive: true, force: true }));

/** An app that verifies one proof and says the verdict. `read` is an expression for a file of the corpus. */
const script = (read, load = 'load()', from = 'popw') => `
import { load } from '${from}';
export async function main() {
  const read = ${read};
  const popw = await ${load};
  const key = popw.key(await read('uptime-groth16.vk'));
  return popw.verify(await read('uptime-groth16.proof.json'), key, { epoch: await read('epoch.json'), spent: [] }).verdict;
}`;
const fromDisk = `async (name) => new Uint8Array((await import('node:fs')).readFileSync(${JSON.stringify(corpora[0])} + '/' + name))`;
const fromWeb = "async (name) => new Uint8Array(await (await fetch('/corpus/' + name)).arrayBuffer())";
const say = "\nmain().then((verdict) => (document.title = verdict), (error) => (document.title = 'failed: ' + error.message));";

async function titleOf(folders, pages, path) {
  const server = await serve({ corpus: corpora[0], ...folders }, pages);
  try {
    return await inChromium(async (page) => {
      await page.goto(server.url + path);
      await page.waitForFunction(() => document.title !== '');
      return page.title();
    });
  } finally {
    server.close();
  }
}

const page = (source) => `<!doctype html><link rel="icon" href="data:,"><script type="module" src="${source}"></script>`;
/** Runs a module in a Node of its own and gives what its main() gives. */
const inNode = (file) => run(app, process.execPath, '--input-type=module', '-e', `console.log(await (await import(${JSON.stringify(file)})).main())`).trim();

test('types fit their use', () => {
  copyFileSync(join(here, 'types.test.ts'), join(app, 'types.ts'));
  const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--noUncheckedIndexedAccess', '--target', 'es2022', '--module', 'nodenext', '--lib', 'es2023,dom'];
  try {
    run(app, join(modules, '.bin/tsc'), ...options, 'types.ts');
  } catch (error) {
    assert.fail(error.stdout);
  }
});

for (const from of ['popw', 'popw/groth16', 'popw/small']) {
  test(`${from} in Node, installed`, () => {
    writeFileSync(join(app, 'plain.mjs'), script(fromDisk, 'load()', from));
    assert.equal(inNode(join(app, 'plain.mjs')), 'due');
  });
}

for (const from of ['popw/raw', 'popw/raw/small']) {
  test(`${from} in Node, installed`, () => {
    writeFileSync(join(app, 'raw.mjs'), `
import { readFileSync } from 'node:fs';
import { load } from '${from}';
const read = (name) => new Uint8Array(readFileSync(${JSON.stringify(corpora[0])} + '/' + name));
const fromHex = (hex) => Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
const { proof, public: inputs } = JSON.parse(new TextDecoder().decode(read('uptime-groth16.proof.json')));
const words = Object.values(inputs).map((decimal) => fromHex(BigInt(decimal).toString(16).padStart(64, '0')));
const popw = await load();
export const main = async () => popw.verifyRawBatch([{ proof: fromHex(proof), inputs: words }, { proof: fromHex(proof), inputs: [...words].reverse() }], read('uptime-groth16.vk')).join();`);
    assert.equal(inNode(join(app, 'raw.mjs')), 'valid,rejected');
  });
}

test('esbuild, with the .wasm beside the bundle', async () => {
  writeFileSync(join(app, 'entry.mjs'), script(fromDisk));
  const outfile = join(app, 'out/node.mjs');
  await esbuild({ entryPoints: [join(app, 'entry.mjs')], bundle: true, format: 'esm', platform: 'node', outfile, logLevel: 'error', minify: true });
  copyFileSync(join(app, 'node_modules/popw/popw_bg.wasm'), join(app, 'out/popw_bg.wasm'));
  assert.equal(inNode(outfile), 'due');
});

test('esbuild, one file that holds the .wasm, in Chromium', async () => {
  writeFileSync(join(app, 'one.mjs'), `import wasm from 'popw/small_bg.wasm';${script(fromWeb, 'load(wasm)', 'popw/small')}${say}`);
  await esbuild({ entryPoints: [join(app, 'one.mjs')], bundle: true, format: 'esm', platform: 'browser', loader: { '.wasm': 'binary' }, outfile: join(app, 'one/app.js'), logLevel: 'error', minify: true });
  assert.equal(await titleOf({ one: join(app, 'one') }, { '/': page('/one/app.js') }, '/'), 'due');
});

test('vite, which finds the .wasm by itself, in Chromium', async () => {
  const root = join(app, 'vite');
  mkdirSync(root);
  symlinkSync(join(app, 'node_modules'), join(root, 'node_modules'));
  writeFileSync(join(root, 'main.mjs'), script(fromWeb) + say);
  writeFileSync(join(root, 'index.html'), page('/main.mjs'));
  await vite({ root, base: '/dist/', logLevel: 'error', configFile: false, build: { target: 'es2022' } });
  assert.ok(readdirSync(join(root, 'dist/assets')).some((name) => name.endsWith('.wasm')));
  assert.equal(await titleOf({ dist: join(root, 'dist') }, {}, '/dist/index.html'), 'due');
});

test('a plain script in Chromium', async () => {
  const map = '<script type="importmap">{ "imports": { "popw": "/popw/popw.js" } }</script>';
  const html = page('/main.js').replace('<script', `${map}<script`);
  assert.equal(await titleOf({ popw: join(app, 'node_modules/popw') }, { '/': html, '/main.js': script(fromWeb) + say }, '/'), 'due');
});

test('a page says so when the .wasm is not there', async () => {
  const folder = join(app, 'without');
  mkdirSync(folder);
  for (const name of ['popw.js', 'api.js', 'raw_api.js', 'popw_glue.js']) copyFileSync(join(pkg, name), join(folder, name));
  const html = page('/main.js').replace('<script', '<script type="importmap">{ "imports": { "popw": "/popw/popw.js" } }</script><script');
  await assert.rejects(titleOf({ popw: folder }, { '/': html, '/main.js': script(fromWeb) + say }, '/'), /404/);
});
