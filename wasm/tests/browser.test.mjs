// The whole corpus in a worker of a real browser, which has no Node in it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { builds, corpora, here, inChromium, pkg, serve } from './support.mjs';

const worker = `
import { holdTo } from '/tests/corpus.mjs';
const read = (folder) => async (name) => {
  const response = await fetch(folder + name);
  if (!response.ok) throw new Error(name + ': ' + response.status);
  return new Uint8Array(await response.arrayBuffer());
};
onmessage = async ({ data: { build, folder, scope } }) => {
  try {
    postMessage({ seen: await holdTo(await import(build), undefined, read(folder), scope) });
  } catch (error) {
    postMessage({ error: String(error.stack) });
  }
};`;
const page = '<!doctype html><link rel="icon" href="data:,"><title>corpus</title>';

for (const [i, corpus] of corpora.entries()) {
  test(`every build in a worker of Chromium, over ${corpus}`, async () => {
    const server = await serve({ tests: here, pkg, [`corpus${i}`]: corpus }, { '/': page, '/worker.js': worker });
    try {
      for (const { name, ...scope } of builds) {
        const { seen, error } = await inChromium(async (tab) => {
          await tab.goto(server.url);
          const ask = (message) => new Promise((answered, failed) => {
            const worker = new Worker('/worker.js', { type: 'module' });
            worker.onmessage = ({ data }) => answered(data);
            worker.onerror = (event) => failed(new Error(event.message));
            worker.postMessage(message);
          });
          return tab.evaluate(ask, { build: `/pkg/${name}.js`, folder: `/corpus${i}/`, scope });
        });
        assert.equal(error, undefined);
        const wanted = ['proof valid', 'proof malformed', 'proof rejected', 'proof wrong-input-count', 'raw batch valid', 'raw batch rejected'];
        for (const code of scope.documents ? [...wanted, 'verdict due'] : wanted) assert.ok(seen[code] > 0, code);
        console.log(`${name} in a worker: ${Object.values(seen).reduce((a, b) => a + b)} answers`);
      }
    } finally {
      server.close();
    }
  });
}
