// What is measured: one proof and its key, by every verifier, in one process or page. No Node here.

const text = (bytes) => new TextDecoder().decode(bytes);
const fromHex = (hex) => Uint8Array.from(hex.match(/../g), (byte) => parseInt(byte, 16));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');

/** Decimal coordinates, 32 big-endian bytes each. */
const numbers = (bytes) => Array.from({ length: bytes.length / 32 }, (_, i) => BigInt(`0x${hexOf(bytes.slice(32 * i, 32 * i + 32))}`).toString());
const g1 = ([x, y]) => [x, y, '1'];
const g2 = ([x1, x0, y1, y0]) => [[x0, x1], [y0, y1], ['1', '0']];

/** A Groth16 key file's points and a proof, as snarkjs reads them. */
function forSnarkjs(file, document) {
  const count = 3 + 1;
  const payload = file.slice(file.length - (64 + 3 * 128 + 4 + count * 64));
  const n = numbers(payload.slice(0, 448));
  const ic = numbers(payload.slice(452));
  const key = {
    protocol: 'groth16', curve: 'bn128', nPublic: 3, vk_alpha_1: g1(n.slice(0, 2)), vk_beta_2: g2(n.slice(2, 6)), vk_gamma_2: g2(n.slice(6, 10)),
    vk_delta_2: g2(n.slice(10, 14)), IC: [0, 1, 2, 3].map((i) => g1(ic.slice(2 * i, 2 * i + 2))),
  };
  const p = numbers(fromHex(document.proof));
  return { key, inputs: Object.values(document.public), proof: { protocol: 'groth16', curve: 'bn128', pi_a: g1(p.slice(0, 2)), pi_b: g2(p.slice(2, 6)), pi_c: g1(p.slice(6, 8)) } };
}

/** Calls that take the same proof, by name. `read` gives a file of the corpus. */
export async function cases({ popw, groth16, small, raw: bare, rawSmall, snarkjs }, read) {
  const [file, halo2File] = [await read('uptime-groth16.vk'), await read('uptime-halo2.vk')];
  const [document, halo2] = await Promise.all(['uptime-groth16', 'uptime-halo2'].map(async (name) => JSON.parse(text(await read(`${name}.proof.json`)))));
  const raw = ({ proof, public: inputs }) => [fromHex(proof), Object.values(inputs).map((decimal) => fromHex(BigInt(decimal).toString(16).padStart(64, '0')))];
  const [proof, inputs] = raw(document);
  const [halo2Proof, halo2Inputs] = raw(halo2);
  const theirs = forSnarkjs(file, document);
  if (!(await snarkjs.groth16.verify(theirs.key, theirs.inputs, theirs.proof))) throw new Error('snarkjs refuses the proof');
  if (await snarkjs.groth16.verify(theirs.key, ['1', ...theirs.inputs.slice(1)], theirs.proof)) throw new Error('snarkjs accepts anything');
  const all = { 'snarkjs groth16.verify': () => snarkjs.groth16.verify(theirs.key, theirs.inputs, theirs.proof) };
  for (const [name, build] of Object.entries({ popw, 'popw/groth16': groth16, 'popw/small': small, 'popw/raw': bare, 'popw/raw/small': rawSmall })) {
    const instance = await build.load();
    const key = instance.key(file);
    all[`${name}, key file`] = () => instance.verifyRaw(proof, inputs, file);
    all[`${name}, prepared key`] = () => instance.verifyRaw(proof, inputs, key);
    if (build !== bare && build !== rawSmall) all[`${name}, whole document, prepared key`] = () => instance.verify(document, key);
    if (build === popw) {
      const halo2Key = instance.key(halo2File);
      all[`${name}, halo2, prepared key`] = () => instance.verifyRaw(halo2Proof, halo2Inputs, halo2Key);
    }
  }
  return all;
}

/**
 * Milliseconds of each call: the lower quartile of `rounds`, which a busy machine moves least. In every round the calls come in
 * another order, so that none always follows one that has waited.
 */
export async function measure(all, rounds) {
  const times = Object.fromEntries(Object.keys(all).map((name) => [name, []]));
  let seed = 1;
  const random = (below) => (seed = (seed * 48271) % 2147483647) % below;
  for (let round = -5; round < rounds; round++) {
    const calls = Object.entries(all);
    while (calls.length) {
      const [[name, call]] = calls.splice(random(calls.length), 1);
      const start = performance.now();
      await call();
      if (round >= 0) times[name].push(performance.now() - start);
    }
  }
  const quartile = (list) => list.sort((a, b) => a - b)[list.length >> 2];
  return Object.fromEntries(Object.entries(times).map(([name, list]) => [name, quartile(list)]));
}
