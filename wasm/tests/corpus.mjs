// Holds one build of the package to a corpus. No Node here: it runs in workers, too. `read` gives a file's bytes by its name.

/** Where a key file says its system: 1 Groth16, 2 halo2. */
const SYSTEM = 10;

/** Weaknesses of a key that are sums of its points. */
const SUMS = ['ic-sum', 'related-sum'];

const text = (bytes) => new TextDecoder().decode(bytes);
const fromHex = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (byte) => parseInt(byte, 16));
const word = (decimal) => fromHex(BigInt(decimal).toString(16).padStart(64, '0'));

function edited(bytes, edits = []) {
  return edits.reduce((all, { at, remove, insert }) => Uint8Array.from([...all.slice(0, at), ...fromHex(insert), ...all.slice(at + remove)]), bytes);
}

/** Replaces the value at each RFC 6901 pointer. */
function changed(document, edits = []) {
  const copy = structuredClone(document);
  for (const { pointer, value } of edits) {
    const path = pointer.split('/').slice(1).map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    const last = path.pop();
    path.reduce((part, name) => part[name], copy)[last] = value;
  }
  return copy;
}

/** The code of what a call throws; what it returns otherwise. */
function codeOf(PopwError, call) {
  try {
    return call() ?? 'valid';
  } catch (error) {
    if (error instanceof PopwError && error.message) return error.code;
    throw error;
  }
}

/**
 * Runs every entry whose key is of one of `systems`, those about documents with `documents` only; throws at the first that
 * comes out otherwise than the corpus says.
 * Gives how many entries there were of each part and code.
 */
export async function holdTo({ load, PopwError }, source, read, { systems, documents: takesDocuments }) {
  const manifest = JSON.parse(text(await read('manifest.json')));
  const epoch = JSON.parse(text(await read(manifest.epoch)));
  const popw = await load(source);
  const seen = {};
  const expect = (part, { name, code }, found) => {
    if (found !== code) throw new Error(`${part}: ${name}: ${found}, expected ${code}`);
    seen[`${part} ${code}`] = (seen[`${part} ${code}`] ?? 0) + 1;
  };

  const [keys, files, documents] = [{}, {}, {}];
  for (const key of manifest.keys) {
    files[key.name] = await read(key.file);
    if (!systems.includes(key.system)) {
      expect('key left out', { name: key.name, code: 'unsupported-system' }, codeOf(PopwError, () => popw.key(files[key.name])));
      continue;
    }
    keys[key.name] = popw.key(files[key.name]);
    const { digest, header } = keys[key.name];
    expect('key', { name: key.name, code: key.digest }, digest);
    expect('header', { name: key.name, code: `${key.system} ${key.claim} ${manifest.shape}` }, `${header.system} ${header.claim} ${header.shape}`);
  }
  for (const { name, key, file } of manifest.documents) documents[name] = { key, document: JSON.parse(text(await read(file))) };

  const proofs = {};
  for (const entry of manifest.proofs.filter(({ key }) => key in keys)) {
    const { document } = documents[entry.of];
    const inputs = entry.inputs?.map(fromHex) ?? Object.values(document.public).map(word);
    const proof = edited(fromHex(document.proof), entry.proof);
    const code = codeOf(PopwError, () => popw.verifyRaw(proof, inputs, keys[entry.key]));
    expect('proof', entry, code);
    proofs[entry.name] = { ...entry, code, document, proof, words: inputs };
  }
  for (const batch of manifest.batches.filter(({ key }) => key in keys)) {
    inRawBatch(batch);
    if (takesDocuments) inBatch(batch);
  }
  for (const entry of manifest.key_files.filter(({ of }) => of in keys)) {
    const file = edited(files[entry.of], entry.edits);
    // A build without halo2 looks no further than the byte that says so.
    const leftOut = !systems.includes('halo2') && file[SYSTEM] === 2 && files[entry.of].slice(0, SYSTEM).every((byte, i) => byte === file[i]);
    // Bare builds compare a key's points and do not search sums of them.
    const passed = !takesDocuments && SUMS.includes(entry.code);
    const code = leftOut ? 'unsupported-system' : passed ? 'valid' : entry.code;
    expect('key file', { ...entry, code }, codeOf(PopwError, () => void popw.key(file)));
    if (!takesDocuments) continue;
    const worst = popw.lintKey(file)[0]?.severity;
    if (worst !== 'error') throw new Error(`lint of ${entry.name}: ${worst}`);
  }
  if (takesDocuments) manifest.verdicts.filter(({ of }) => documents[of].key in keys).forEach(verdict);
  popw.dispose();
  return seen;

  /** Each proof has its own code in the batch, and the batch's is one of them. */
  function inRawBatch(batch) {
    const entries = batch.entries.map((name) => proofs[name]);
    const codes = popw.verifyRawBatch(entries.map(({ proof, words }) => ({ proof, inputs: words })), keys[batch.key]);
    expect('raw batch entries', { name: batch.name, code: `${entries.map(({ code }) => code)}` }, `${codes}`);
    expect('raw batch', batch, codes.find((code) => code !== 'valid') ?? 'valid');
  }

  /** The API takes batches of documents: those entries that are a document with other bytes for a proof. */
  function inBatch(batch) {
    const entries = batch.entries.map((name) => proofs[name]);
    if (entries.some(({ inputs }) => inputs)) return;
    const hex = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
    const answers = popw.verifyBatch(entries.map(({ document, proof }) => ({ ...document, proof: hex(proof) })), keys[batch.key]);
    const codes = answers.map(({ verdict, code }) => (verdict === 'invalid' ? code : 'valid'));
    const expected = entries.map(({ code }) => code);
    expect('batch', { name: batch.name, code: `${expected}` }, `${codes}`);
  }

  function verdict(entry) {
    const { key, document } = documents[entry.of];
    const proof = changed(document, entry.edits);
    const published = changed(epoch, entry.epoch_edits);
    const spent = entry.spent ? [proof.public.nullifier] : [];
    const against = { nothing: {}, epoch: { epoch: published }, ledger: { epoch: published, spent } }[entry.against];
    const reading = entry.against === 'nothing' && entry.code === 'epoch-unreadable' ? { epoch: published } : against;
    const code = codeOf(PopwError, () => popw.verify(proof, keys[key], reading).verdict);
    expect('verdict', entry, code);
    // As text and in a batch it comes out the same; only the epoch is the caller's fault, which a batch throws.
    expect('verdict of text', entry, codeOf(PopwError, () => popw.verify(JSON.stringify(proof), keys[key], reading).verdict));
    const inBatch = () => (([answer]) => answer.code ?? answer.verdict)(popw.verifyBatch([proof], keys[key], reading));
    expect('verdict in a batch', entry, codeOf(PopwError, inBatch));
  }
}
