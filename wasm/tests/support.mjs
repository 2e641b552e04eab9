// What the tests share: the corpora on disk, the builds, a server and a browser.
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, extname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

export const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '../..');
export const pkg = join(here, '../pkg');

/** The committed corpus, and the one of POPW_CORPUS. */
export const corpora = [join(root, 'corpus/standard'), process.env.POPW_CORPUS].filter(Boolean);
export const standard = (name) => new Uint8Array(readFileSync(join(corpora[0], name)));

export const builds = [
  { name: 'popw', systems: ['groth16', 'halo2'], documents: true },
  { name: 'groth16', systems: ['groth16'], documents: true },
  { name: 'small', systems: ['groth16'], documents: true },
  { name: 'raw', systems: ['groth16'], documents: false },
  { name: 'raw_small', systems: ['groth16'], documents: false },
];

const types = { '.js': 'text/javascript', '.mjs': 'text/javascript', '.wasm': 'application/wasm', '.html': 'text/html', '.json': 'application/json' };

/** Serves `folders` (prefix → folder) and `pages` (path → text) on a port of its own. */
export async function serve(folders, pages = {}) {
  const find = (path) => {
    const [, prefix] = path.split('/');
    const rest = normalize(path.slice(prefix.length + 1));
    const file = folders[prefix] && join(folders[prefix], rest);
    return file && existsSync(file) ? readFileSync(file) : undefined;
  };
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, 'http://localhost');
    const body = pages[pathname] ?? find(decodeURIComponent(pathname));
    const headers = { 'content-type': types[extname(pathname)] ?? (pages[pathname] ? 'text/html' : 'application/octet-stream') };
    response.writeHead(body === undefined ? 404 : 200, headers).end(body);
  });
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening));
  return { url: `http://127.0.0.1:${server.address().port}`, close: () => server.close() };
}

const flags = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'];

/** Chromium with a fresh profile; `use` gets a page, whose errors fail it. */
export async function inChromium(use, more = []) {
  const profile = mkdtempSync(join(tmpdir(), 'popw-wasm-'));
  const executablePath = process.env.CHROMIUM ?? ['/usr/bin/chromium', '/usr/bin/chromium-browser'].find(existsSync);
  const context = await chromium.launchPersistentContext(profile, { executablePath, headless: true, args: [...flags, ...more] });
  try {
    const page = await context.newPage();
    const problems = [];
    page.on('pageerror', (error) => problems.push(error.message));
    page.on('console', (message) => message.type() === 'error' && problems.push(message.text()));
    const result = await use(page);
    if (problems.length) throw new Error(problems.join('\n'));
    return result;
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
