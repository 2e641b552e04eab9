// The package's interface: documents, on top of bare proofs.
import { Key, PopwError, Raw, argument, bytesOf, joined, lengths, listOf, loaderOf, optionsOf, rawKey, run, withKey } from './raw_api.js';

export { PopwError };

class Popw extends Raw {
  verify(proof, key, against) {
    const given = [documentOf(proof, 'proof'), ...comparison(against)];
    return withKey(this, key, (glue, raw) => parsed(glue.verify(given[0], raw, given[1], given[2])));
  }

  verifyBatch(proofs, key, against) {
    const [bytes, lengths] = documentsOf(proofs);
    const [epoch, spent] = comparison(against);
    return withKey(this, key, (glue, raw) => parsed(glue.verify_batch(bytes, lengths, raw, epoch, spent)));
  }

  eligibility(proofs, policy, keys) {
    const [bytes, lengths] = documentsOf(proofs);
    const rules = documentOf(policy, 'policy');
    const held = [];
    try {
      for (const key of listOf(keys, 'keys')) held.push(key instanceof Key ? key : this.key(key));
      return run(this, (glue) => {
        const raws = new glue.Keys();
        try {
          for (const key of held) raws.push(rawKey(key, this));
          return parsed(glue.eligibility(bytes, lengths, rules, raws));
        } finally {
          raws.free();
        }
      });
    } finally {
      held.filter((key, i) => key !== keys[i]).forEach((key) => key.dispose());
    }
  }

  inspect(proof) {
    return this.#document('inspect', documentOf(proof, 'proof'), parsed);
  }

  lintKey(file) {
    return this.#document('lint_key', bytesOf(file, 'file'), parsed);
  }

  toCompact(proof) {
    return this.#document('to_compact', documentOf(proof, 'proof'), (bytes) => bytes);
  }

  toJson(proof) {
    return this.#document('to_json', documentOf(proof, 'proof'), (json) => json);
  }

  epoch(document) {
    return this.#document('epoch', documentOf(document, 'document'), parsed);
  }

  #document(name, bytes, read) {
    return run(this, (glue) => read(glue[name](bytes)));
  }
}

/** The `load` of one build: `glue` makes the build's glue, `beside` is where its .wasm lies. */
export const loader = (glue, beside) => loaderOf(Popw, glue, beside);

/** A document as bytes: they, text, or what JSON.parse has made of it. */
function documentOf(value, name) {
  if (value instanceof Uint8Array) return value;
  if (typeof value === 'string') return new TextEncoder().encode(value);
  if (typeof value !== 'object' || value === null) throw argument(`${name}: expected a Uint8Array, a string or an object`);
  return new TextEncoder().encode(jsonOf(value, name));
}

/** Many documents as wasm takes them: all bytes, and the length of each. */
function documentsOf(values) {
  const documents = listOf(values, 'proofs').map((value, i) => documentOf(value, `proofs[${i}]`));
  return [joined(documents), lengths(documents)];
}

/** Stands for a bigint while JSON.parse and JSON.stringify, which know none, are at work. No document has such a field. */
const BIGINT = '$bigint';

/** The verifier's JSON. JSON.parse rounds whole numbers beyond 2^53 - 1: those are bigints here. */
function parsed(json) {
  if (!/[:,[]\d{16,}/.test(json)) return JSON.parse(json);
  const exact = (token) => (/^\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `{"${BIGINT}":"${token}"}` : token);
  const marked = json.replace(/"[^"\\]*(?:\\.[^"\\]*)*"|\d[\d.eE+-]*/g, exact);
  return JSON.parse(marked, (_, value) => (typeof value?.[BIGINT] === 'string' ? BigInt(value[BIGINT]) : value));
}

/** The JSON of what a caller has given, bigints as the numbers that they are. */
function jsonOf(value, name) {
  try {
    // Within a string the quotes would be escaped, so this finds what `exactly` has put there and nothing else.
    return JSON.stringify(value, exactly)?.replace(/\{"\$bigint":"(-?\d+)"\}/g, '$1');
  } catch (error) {
    throw argument(`${name}: ${error.message}`);
  }
}

function exactly(field, value) {
  if (typeof value === 'bigint') return { [BIGINT]: String(value) };
  if (Number.isInteger(value) && !Number.isSafeInteger(value)) {
    throw new Error(`${field}: ${value} may have been rounded, since it is beyond 2^53 - 1; give a bigint, or the document as text or bytes`);
  }
  return value;
}

/** Epoch and paid nullifiers as wasm takes them. */
function comparison(against = {}) {
  const { epoch, spent } = optionsOf(against, 'against', ['epoch', 'spent']);
  if (spent !== undefined && epoch === undefined) throw argument('against.spent: a ledger counts with an epoch only');
  return [
    epoch === undefined ? undefined : documentOf(epoch, 'against.epoch'),
    spent === undefined ? undefined : jsonOf(listOf(spent, 'against.spent'), 'against.spent'),
  ];
}
