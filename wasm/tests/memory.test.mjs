// Nothing is left behind: a thousand verifications, keys made and freed, and a trap that must not go on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loader } from '../pkg/api.js';
import glue from '../pkg/popw_glue.js';
import { PopwError, load } from '../pkg/popw.js';
import { standard } from './support.mjs';

const file = standard('uptime-groth16.vk');
const proof = standard('uptime-groth16.proof.json');
const epoch = standard('epoch.json');

/** An instance and the memory under it. */
async function watched() {
  let memory;
  let exports;
  const spy = () => {
    const instance = glue();
    const { initSync } = instance;
    instance.initSync = (options) => {
      exports = initSync(options);
      memory = exports.memory;
      return exports;
    };
    return instance;
  };
  const popw = await loader(spy, () => new URL('../pkg/popw_bg.wasm', import.meta.url))();
  return { popw, bytes: () => memory.buffer.byteLength, exports: () => exports };
}

test('memory is the same after a thousand verifications, good and bad', async () => {
  const { popw, bytes } = await watched();
  const key = popw.key(file);
  const bad = { ...JSON.parse(new TextDecoder().decode(proof)), proof: '00' };
  const round = () => {
    assert.equal(popw.verify(proof, key, { epoch, spent: [] }).verdict, 'due');
    assert.throws(() => popw.verify(bad, key), { code: 'malformed' });
    assert.throws(() => popw.verify('{', key), { code: 'unreadable' });
    popw.verify(proof, file);
    popw.verifyBatch([proof, proof], key);
    const other = popw.key(file);
    other.dispose();
    assert.throws(() => popw.key(file.slice(1)), { code: 'malformed-key' });
  };
  for (let i = 0; i < 20; i++) round();
  const warm = bytes();
  for (let i = 0; i < 300; i++) round();
  assert.equal(bytes(), warm);
  // The other way round: keys that are kept do need memory, and give it back.
  const kept = Array.from({ length: 200 }, () => popw.key(file));
  assert.ok(bytes() > warm);
  const most = bytes();
  kept.forEach((one) => one.dispose());
  Array.from({ length: 200 }, () => popw.key(file)).forEach((one) => one.dispose());
  assert.equal(bytes(), most);
  popw.dispose();
});

test('a trap ends the instance, and no other', async () => {
  const { popw, exports } = await watched();
  const other = await load();
  const key = popw.key(file);
  // Whatever stops the machine: here its memory is taken from under it.
  const { memory } = exports();
  new Uint8Array(memory.buffer).fill(0xff);
  assert.throws(() => popw.verify(proof, key), (error) => error instanceof PopwError && error.code === 'internal' && error.cause !== undefined);
  assert.throws(() => popw.verify(proof, file), { code: 'disposed' });
  assert.throws(() => popw.lintKey(file), { code: 'disposed' });
  assert.doesNotThrow(() => key.dispose());
  assert.equal(other.verify(proof, file).verdict, 'valid-context-not-checked');
  other.dispose();
});
