// The interface: forms of documents, typed errors, disposal, instances side by side.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import { PopwError, load } from '../pkg/popw.js';
import { load as loadRaw } from '../pkg/raw.js';
import { load as loadRawSmall } from '../pkg/raw_small.js';
import { load as loadSmall, PopwError as SmallError } from '../pkg/small.js';
import { pkg, standard } from './support.mjs';

const text = (bytes) => new TextDecoder().decode(bytes);
const file = standard('uptime-groth16.vk');
const proof = text(standard('uptime-groth16.proof.json'));
const epoch = text(standard('epoch.json'));
const { nullifier } = JSON.parse(proof).public;
const word = (decimal) => Uint8Array.from(BigInt(decimal).toString(16).padStart(64, '0').match(/../g), (byte) => parseInt(byte, 16));
const raw = () => ({ bytes: Uint8Array.from(JSON.parse(proof).proof.match(/../g), (byte) => parseInt(byte, 16)), inputs: Object.values(JSON.parse(proof).public).map(word) });
const refuses = (code, call) => assert.throws(call, (error) => error instanceof PopwError && error.name === 'PopwError' && error.message !== '' && (assert.equal(error.code, code), true));
const refusesLater = (code, promise) => assert.rejects(promise, (error) => error instanceof PopwError && (assert.equal(error.code, code), true));

test('every form of a proof gives the same verdict', async () => {
  const popw = await load();
  const key = popw.key(file);
  const verdict = popw.verify(proof, key, { epoch, spent: [] });
  assert.equal(verdict.verdict, 'due');
  assert.equal(verdict.key_digest, key.digest);
  assert.equal(verdict.system, 'groth16');
  const compact = popw.toCompact(proof);
  for (const form of [new TextEncoder().encode(proof), JSON.parse(proof), compact, popw.toJson(compact)]) {
    for (const published of [epoch, JSON.parse(epoch), new TextEncoder().encode(epoch)]) {
      assert.deepEqual(popw.verify(form, key, { epoch: published, spent: [] }), verdict);
      assert.deepEqual(popw.verify(form, file, { epoch: published, spent: [] }), verdict);
    }
  }
  assert.deepEqual(popw.verifyBatch([proof, compact], key, { epoch, spent: [] }).map(({ verdict }) => verdict), ['due', 'already-claimed']);
  assert.deepEqual(popw.verifyBatch([], key), []);
  assert.equal(popw.verify(proof, key, { epoch, spent: [nullifier] }).verdict, 'already-claimed');
  assert.equal(popw.verify(proof, key, { epoch }).verdict, 'valid-for-this-epoch');
  assert.equal(popw.verify(proof, key).verdict, 'valid-context-not-checked');
  assert.equal(popw.toJson(compact), proof);
  popw.dispose();
});

test('a batch has a verdict or a refusal for each proof', async () => {
  const popw = await load();
  const bad = { ...JSON.parse(proof), proof: JSON.parse(text(standard('work-groth16.proof.json'))).proof };
  const answers = popw.verifyBatch(['{}', proof, bad], file, { epoch });
  assert.deepEqual(answers.map(({ verdict, code }) => [verdict, code]), [['invalid', 'unreadable'], ['valid-for-this-epoch', undefined], ['invalid', 'rejected']]);
  assert.match(answers[0].message, /format/);
  popw.dispose();
});

test('inspection, epochs and lint', async () => {
  const popw = await load();
  const seen = popw.inspect(proof);
  assert.deepEqual([seen.claim, seen.bytes, seen.compact_bytes, seen.proof_bytes], ['uptime', proof.length, popw.toCompact(proof).length, 256]);
  assert.equal(seen.public.nullifier, nullifier);
  assert.ok(seen.amount.up_slots > 0);
  assert.deepEqual(popw.epoch(epoch), JSON.parse(epoch));
  refuses('unreadable', () => popw.epoch({ ...JSON.parse(epoch), slot_ms: 0 }));
  assert.deepEqual(popw.lintKey(file).map(({ severity }) => severity).filter((severity) => severity === 'error'), []);
  assert.equal(popw.lintKey(file.slice(1))[0].code, 'not-a-key');
  assert.match(popw.version, /^\d+\.\d+\.\d+$/);
  popw.dispose();
});

test('eligibility', async () => {
  const popw = await load();
  const key = popw.key(file);
  const policy = {
    format: 'popw.eligibility', version: 1, domain_id: JSON.parse(epoch).domain_id, epochs: [JSON.parse(epoch)], claims: ['uptime'],
    minimum: { up_slots: 0, stored_mib: 0, served_mib: 0, rate: 0 }, keys: [key.digest], spent: [], recipient: null,
  };
  const answer = popw.eligibility([proof], policy, [key]);
  assert.equal(answer.eligible, true, JSON.stringify(answer.reasons));
  assert.deepEqual(popw.eligibility([popw.toCompact(proof)], JSON.stringify(policy), [file]), answer);
  const spent = popw.eligibility([proof], { ...policy, spent: [nullifier] }, [key]);
  assert.equal(spent.eligible, false);
  assert.deepEqual(spent.reasons.map(({ code }) => code), ['already-claimed', 'not-covered']);
  refuses('missing-key', () => popw.eligibility([proof], policy, []));
  refuses('policy', () => popw.eligibility([proof], '{}', [key]));
  refuses('malformed-key', () => popw.eligibility([proof], policy, [key, file.slice(1)]));
  assert.equal(popw.verify(proof, key).verdict, 'valid-context-not-checked');
  popw.dispose();
});

for (const [name, loadOne, names] of [['popw', load, true], ['popw/raw', loadRaw, true], ['popw/raw/small', loadRawSmall, false]]) {
  test(`bare proofs: ${name}`, async () => {
    const popw = await loadOne();
    const { bytes, inputs } = raw();
    const key = popw.key(file);
    assert.deepEqual(key.header, { system: 'groth16', claim: 'uptime', claim_version: 1, shape: 'standard', development: key.header.development });
    assert.equal(key.digest, JSON.parse(proof).key_digest);
    const swapped = [inputs[0], inputs[0], inputs[2]];
    const odd = [inputs[0], inputs[1], inputs[2].slice(1)];
    const beyond = [new Uint8Array(32).fill(255), inputs[1], inputs[2]];
    for (const held of [key, file]) {
      assert.equal(popw.verifyRaw(bytes, inputs, held), undefined);
      refuses('rejected', () => popw.verifyRaw(bytes, swapped, held));
      refuses('wrong-input-count', () => popw.verifyRaw(bytes, inputs.slice(1), held));
      for (const [proof, words] of [[bytes.slice(1), inputs], [bytes, odd], [bytes, beyond]]) refuses('malformed', () => popw.verifyRaw(proof, words, held));
    }
    const entries = [[bytes, inputs], [bytes, swapped], [bytes, inputs.slice(1)], [bytes.slice(1), inputs], [bytes, odd], [bytes, beyond], [bytes, inputs]];
    assert.deepEqual(popw.verifyRawBatch(entries.map(([proof, inputs]) => ({ proof, inputs })), key), ['valid', 'rejected', 'wrong-input-count', 'malformed', 'malformed', 'malformed', 'valid']);
    assert.deepEqual(popw.verifyRawBatch([], file), []);
    for (const wrong of [undefined, {}, [null], [{}], [{ proof: bytes }], [{ proof: bytes, inputs: bytes }], [{ proof: bytes, inputs: ['00'] }]]) refuses('argument', () => popw.verifyRawBatch(wrong, key));
    // Builds with words name the field, the smallest one says what the code means.
    assert.throws(() => popw.verifyRaw(bytes.slice(0, -1), inputs, key), { message: names ? 'malformed proof.c: the bytes end too early' : 'the proof or a public input is malformed' });
    refuses('malformed-key', () => popw.key(file.slice(1)));
    key.dispose();
    refuses('disposed', () => popw.verifyRawBatch([], key));
    popw.dispose();
    refuses('disposed', () => popw.verifyRaw(bytes, inputs, file));
  });
}

test('arguments that cannot be are refused by name', async () => {
  const popw = await load();
  const key = popw.key(file);
  const cycle = {};
  cycle.self = cycle;
  const { bytes, inputs } = raw();
  for (const call of [
    () => popw.key(), () => popw.key('file'), () => popw.key([1, 2]), () => popw.key(file.buffer), () => popw.lintKey(null),
    () => popw.verify(undefined, key), () => popw.verify(1, key), () => popw.verify(null, key), () => popw.verify(cycle, key),
    () => popw.verify(proof), () => popw.verify(proof, {}), () => popw.verify(proof, key, null), () => popw.verify(proof, key, 'epoch'),
    () => popw.verify(proof, key, { spent: [] }), () => popw.verify(proof, key, { epoch, spent: nullifier }), () => popw.verify(proof, key, { epoch: 5 }),
    () => popw.verifyBatch(proof, key), () => popw.verifyBatch([proof, 7], key), () => popw.verifyRaw('00', inputs, key), () => popw.verifyRaw(bytes, bytes, key),
    () => popw.verifyRaw(bytes, ['00'], key), () => popw.inspect(), () => popw.toJson(true), () => popw.toCompact(), () => popw.epoch(),
    () => popw.eligibility([proof], {}, key), () => popw.eligibility(proof, {}, []), () => popw.eligibility([proof], {}, [{}]),
  ]) refuses('argument', call);
  refuses('unreadable', () => popw.verify('', key));
  refuses('unreadable', () => popw.verify('['.repeat(100_000), key));
  refuses('unreadable', () => popw.verify(new Uint8Array([0xff, 0xfe]), key));
  refuses('unreadable', () => popw.verify(proof.replace('"uptime"', '"\\ud800"'), key));
  refuses('unreadable', () => popw.verify(proof.replace('{', '{ "format": "popw.proof",'), key));
  refuses('unreadable', () => popw.verify(proof.replace('{', '{ "more": 1,'), key));
  refuses('epoch-unreadable', () => popw.verify(proof, key, { epoch: '{}' }));
  for (const spent of [[1], ['x'], ['01'], [null], ['1,2'], [`${2n ** 254n}`]]) refuses('spent-set', () => popw.verify(proof, key, { epoch, spent }));
  refuses('malformed-key', () => popw.key(new Uint8Array()));
  assert.equal(popw.verify(proof, key).verdict, 'valid-context-not-checked');
  popw.dispose();
});

test('an option that there is none of is refused by name, with those that there are', async () => {
  const popw = await load();
  const key = popw.key(file);
  const unknown = (option, known, call) => assert.throws(call, (error) => {
    assert.ok(error instanceof TypeError, String(error));
    assert.ok(error.message.includes(`unknown option "${option}"; known: ${known}`), error.message);
    return true;
  });
  // Each of these was a weaker verdict than the one that was asked for.
  for (const against of [{ epoch, spnet: [nullifier] }, { epoch, Spent: [nullifier] }, { epochs: epoch }, { epoch, spent: [], ledger: [] }, { epoch, spents: undefined },
    { ' epoch': epoch }, { epoch, constructor: 1 }, JSON.parse('{ "__proto__": { "epoch": 1 } }'), Object.defineProperty({ epoch }, 'spend', { value: [] })]) {
    const option = Reflect.ownKeys(against).find((name) => name !== 'epoch' && name !== 'spent');
    unknown(option, 'epoch, spent', () => popw.verify(proof, key, against));
    unknown(option, 'epoch, spent', () => popw.verifyBatch([proof], key, against));
  }
  unknown('Symbol(spent)', 'epoch, spent', () => popw.verify(proof, key, { epoch, [Symbol('spent')]: [] }));
  unknown('format', 'epoch, spent', () => popw.verify(proof, key, JSON.parse(epoch)));
  const { bytes, inputs } = raw();
  unknown('input', 'proof, inputs', () => popw.verifyRawBatch([{ proof: bytes, inputs }, { proof: bytes, inputs, input: inputs }], key));
  assert.throws(() => popw.verifyRawBatch([{ proof: bytes, inputs, input: inputs }], key), { message: /^entries\[0\]: / });
  // What has no names of its own to look at.
  for (const against of [new Map([['epoch', epoch]]), [], [epoch], new Uint8Array(), Object.create({ epoch }), new (class { epoch = epoch; })(), () => epoch]) {
    refuses('argument', () => popw.verify(proof, key, against));
  }
  for (const against of [Object.create(null), runInNewContext('({})')]) {
    assert.equal(popw.verify(proof, key, Object.assign(against, { epoch, spent: [] })).verdict, 'due');
  }
  assert.equal(popw.verify(proof, key, { epoch: undefined, spent: undefined }).verdict, 'valid-context-not-checked');
  // In documents the verifier does the same, at every depth.
  const published = JSON.parse(epoch);
  for (const [field, document] of [['slots_ms', { ...published, slots_ms: 1 }], ['quorum', { ...published, rules: { ...published.rules, quorum: 1 } }], ['rounds', { ...published, opening: { ...published.opening, rounds: 1 } }]]) {
    assert.throws(() => popw.verify(proof, key, { epoch: document }), { code: 'epoch-unreadable', message: new RegExp(`unknown field \`${field}\`, expected`) });
  }
  popw.dispose();
});

for (const [name, loadOne] of [['popw', load], ['popw/small', loadSmall]]) {
  test(`whole numbers of 64 bits are exact: ${name}`, async () => {
    const popw = await loadOne();
    const key = popw.key(file);
    /** The epoch as text, with numbers that no number of JavaScript can be. */
    const published = (start, round, more = {}) => {
      const document = JSON.parse(epoch);
      return JSON.stringify({ ...document, ...more, start_unix_ms: '@start', opening: { ...document.opening, round: '@round' } })
        .replace('"@start"', String(start)).replace('"@round"', String(round));
    };
    const [start, most] = [2n ** 53n + 1n, 2n ** 64n - 1n];
    const large = published(start, most);
    assert.equal(popw.epoch(large).start_unix_ms, start);
    assert.equal(popw.epoch(large).opening.round, most);
    const { slot_ms, rules } = JSON.parse(epoch);
    const length = BigInt(slot_ms) * BigInt(rules.slots);
    const period = { from_unix_ms: start, until_unix_ms: start + length, fresh_until_unix_ms: start + 2n * length };
    // What came out goes in again.
    for (const form of [large, new TextEncoder().encode(large), popw.epoch(large)]) {
      assert.deepEqual(popw.verify(proof, key, { epoch: form, spent: [] }).period, period);
      assert.deepEqual(popw.verifyBatch([proof], key, { epoch: form }).map(({ period }) => period), [period]);
    }
    const policy = {
      format: 'popw.eligibility', version: 1, domain_id: JSON.parse(epoch).domain_id, epochs: [popw.epoch(large)], claims: ['uptime'], keys: [key.digest],
    };
    assert.deepEqual(popw.eligibility([proof], policy, [key]).proofs.map(({ verdict }) => verdict.period), [period]);
    // Up to 2^53 - 1 they are numbers, as they always were.
    const [last, next] = [popw.epoch(published(2 ** 53 - 1, 0)), popw.epoch(published(2n ** 53n, 1))];
    assert.deepEqual([last.start_unix_ms, last.opening.round, next.start_unix_ms, next.opening.round], [2 ** 53 - 1, 0, 2n ** 53n, 1]);
    const exact = { ...JSON.parse(epoch), start_unix_ms: BigInt(JSON.parse(epoch).start_unix_ms) };
    assert.deepEqual(popw.epoch(exact), JSON.parse(epoch));
    // A number that has been rounded already is nobody's epoch.
    for (const [field, document] of [['start_unix_ms', { ...JSON.parse(epoch), start_unix_ms: 2 ** 53 }], ['start_unix_ms', JSON.parse(large)], ['round', { ...JSON.parse(epoch), opening: { ...JSON.parse(epoch).opening, round: 1e19 } }]]) {
      assert.throws(() => popw.verify(proof, key, { epoch: document }), (error) => error instanceof PopwError && error.code === 'argument' && error.message.includes(`${field}: `) && error.message.includes('give a bigint'));
    }
    for (const value of [2n ** 64n, -1n]) refuses('epoch-unreadable', () => popw.verify(proof, key, { epoch: { ...JSON.parse(epoch), start_unix_ms: value } }));
    refuses('unreadable', () => popw.verify({ a: 1n }, key));
    // Text that looks like a number, or like what stands for one on the way, is text.
    for (const network of ['{"$bigint":"5"}', '":12345678901234567890,"', '[12345678901234567890', '\\', '\\":12345678901234567890', '"']) {
      assert.equal(popw.epoch({ ...popw.epoch(large), network }).network, network);
      assert.equal(popw.epoch(published(start, most, { network })).network, network);
      assert.equal(popw.epoch(published(start, most, { network })).start_unix_ms, start);
    }
    popw.dispose();
  });
}

test('after dispose, every call says so', async () => {
  const popw = await load();
  const [key, other] = [popw.key(file), popw.key(file)];
  other.dispose();
  other.dispose();
  refuses('disposed', () => popw.verify(proof, other));
  assert.equal(popw.verify(proof, key).verdict, 'valid-context-not-checked');
  popw.dispose();
  popw.dispose();
  const { bytes, inputs } = raw();
  for (const call of [
    () => popw.key(file), () => popw.verify(proof, key), () => popw.verify(proof, file), () => popw.verifyBatch([], key), () => popw.verifyRaw(bytes, inputs, key),
    () => popw.inspect(proof), () => popw.lintKey(file), () => popw.toCompact(proof), () => popw.toJson(proof), () => popw.epoch(epoch),
    () => popw.eligibility([proof], {}, []),
  ]) refuses('disposed', call);
});

test('instances share nothing', async () => {
  const [one, two, small] = [await load(), await load(), await loadSmall()];
  const key = one.key(file);
  refuses('argument', () => two.verify(proof, key));
  refuses('argument', () => small.verify(proof, key));
  const own = two.key(file);
  one.dispose();
  assert.equal(two.verify(proof, own).verdict, 'valid-context-not-checked');
  assert.equal(small.verify(proof, file).verdict, 'valid-context-not-checked');
  assert.equal(SmallError, PopwError);
  two.dispose();
  small.dispose();
});

test('every source of the module', async () => {
  const bytes = readFileSync(join(pkg, 'small_bg.wasm'));
  const wasm = { headers: { 'content-type': 'application/wasm' } };
  for (const source of [bytes, bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length), await WebAssembly.compile(bytes),
    new Response(bytes, wasm), new Response(bytes), Promise.resolve(bytes), new URL('../pkg/small_bg.wasm', import.meta.url)]) {
    const popw = await loadSmall(source);
    assert.equal(popw.verify(proof, file).verdict, 'valid-context-not-checked');
    popw.dispose();
  }
  await refusesLater('load', loadSmall(new Uint8Array(4)));
  await refusesLater('load', loadSmall(5));
  await refusesLater('load', loadSmall(new Response('', { status: 404 })));
  await refusesLater('load', loadSmall(new URL('file:///none.wasm')));
  await refusesLater('load', loadSmall(await WebAssembly.compile(Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0))));
});
