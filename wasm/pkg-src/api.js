// The package's interface over wasm-bindgen's glue: typed errors, keys and instances that can be disposed of, nothing global.

/** Every failure. `code` stays the same between versions. */
export class PopwError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = 'PopwError';
    this.code = code;
  }
}

/** The `load` of one build: `glue` makes the build's glue, `beside` is where its .wasm lies. */
export const loader = (glue, beside) => async (source) => {
  const instance = glue();
  const module = await compiled((await source) ?? beside());
  try {
    instance.initSync({ module });
    return new Popw(instance);
  } catch (error) {
    throw unloadable(error);
  }
};

const unloadable = (error) =>
  new PopwError('load', `the WebAssembly module cannot be loaded: ${error.message}`, { cause: error });

async function compiled(source) {
  try {
    if (source instanceof WebAssembly.Module) return source;
    if (source instanceof URL) return await compiled(await fetched(source));
    if (typeof Response === 'function' && source instanceof Response) return await streamed(source);
    return await WebAssembly.compile(source);
  } catch (error) {
    if (error instanceof PopwError) throw error;
    throw unloadable(error);
  }
}

async function fetched(url) {
  if (url.protocol !== 'file:') return fetch(url);
  // Node's fetch reads no files. The name is not a literal, so that bundlers for browsers do not look for it.
  const files = 'node:fs/promises';
  return (await import(/* @vite-ignore */ /* webpackIgnore: true */ files)).readFile(url);
}

async function streamed(response) {
  if (!response.ok) throw new PopwError('load', `${response.url}: HTTP status ${response.status}`);
  const type = response.headers.get('content-type') ?? '';
  const streams = type.split(';')[0].trim() === 'application/wasm';
  return streams ? WebAssembly.compileStreaming(response) : WebAssembly.compile(await response.arrayBuffer());
}

/** The wasm side of a key, if it is alive and of this instance. */
let rawKey;

/** A verifying key, read and prepared once. */
class Key {
  #raw;
  #owner;
  #free;

  constructor(raw, owner, free) {
    this.#raw = raw;
    this.#owner = owner;
    this.#free = free;
    this.digest = raw.digest();
    this.header = Object.freeze(JSON.parse(raw.header()));
    Object.freeze(this);
  }

  /** Frees its memory; a second call does nothing. */
  dispose() {
    if (this.#raw) this.#free(this.#raw, this);
    this.#raw = undefined;
  }

  static {
    rawKey = (key, owner) => {
      if (key.#owner !== owner) throw argument('the key belongs to another instance');
      if (!key.#raw) throw new PopwError('disposed', 'the key has been disposed of');
      return key.#raw;
    };
  }
}

class Popw {
  #glue;
  /** Frees a key in wasm, while there is one. */
  #free = (raw, key) => {
    if (key) this.#lost.unregister(key);
    try {
      if (this.#glue) raw.free();
    } catch {
      this.#glue = undefined;
    }
  };
  /** Keys that nobody can dispose of any more. */
  #lost = new FinalizationRegistry((raw) => this.#free(raw));

  constructor(glue) {
    this.#glue = glue;
    this.version = glue.version();
  }

  key(file) {
    const bytes = bytesOf(file, 'file');
    return this.#run((glue) => {
      const raw = new glue.Key(bytes);
      const key = new Key(raw, this, this.#free);
      this.#lost.register(key, raw, key);
      return key;
    });
  }

  verify(proof, key, against) {
    const given = [documentOf(proof, 'proof'), ...comparison(against)];
    return this.#withKey(key, (glue, raw) => JSON.parse(glue.verify(given[0], raw, given[1], given[2])));
  }

  verifyBatch(proofs, key, against) {
    const [bytes, lengths] = documentsOf(proofs);
    const [epoch, spent] = comparison(against);
    return this.#withKey(key, (glue, raw) => JSON.parse(glue.verify_batch(bytes, lengths, raw, epoch, spent)));
  }

  verifyRaw(proof, inputs, key) {
    const bytes = bytesOf(proof, 'proof');
    const list = listOf(inputs, 'inputs').map((input, i) => bytesOf(input, `inputs[${i}]`));
    const odd = list.findIndex((input) => input.length !== 32);
    if (odd >= 0) throw new PopwError('malformed', `public input ${odd}: ${list[odd].length} bytes, expected 32`);
    this.#withKey(key, (glue, raw) => glue.verify_raw(bytes, joined(list), raw));
  }

  eligibility(proofs, policy, keys) {
    const [bytes, lengths] = documentsOf(proofs);
    const rules = documentOf(policy, 'policy');
    const held = [];
    try {
      for (const key of listOf(keys, 'keys')) held.push(key instanceof Key ? key : this.key(key));
      return this.#run((glue) => {
        const raws = new glue.Keys();
        try {
          for (const key of held) raws.push(rawKey(key, this));
          return JSON.parse(glue.eligibility(bytes, lengths, rules, raws));
        } finally {
          raws.free();
        }
      });
    } finally {
      held.filter((key, i) => key !== keys[i]).forEach((key) => key.dispose());
    }
  }

  inspect(proof) {
    return this.#document('inspect', documentOf(proof, 'proof'), JSON.parse);
  }

  lintKey(file) {
    return this.#document('lint_key', bytesOf(file, 'file'), JSON.parse);
  }

  toCompact(proof) {
    return this.#document('to_compact', documentOf(proof, 'proof'), (bytes) => bytes);
  }

  toJson(proof) {
    return this.#document('to_json', documentOf(proof, 'proof'), (json) => json);
  }

  epoch(document) {
    return this.#document('epoch', documentOf(document, 'document'), JSON.parse);
  }

  /** Gives the instance and its memory up; a second call does nothing. */
  dispose() {
    this.#glue = undefined;
  }

  #document(name, bytes, read) {
    return this.#run((glue) => read(glue[name](bytes)));
  }

  #withKey(key, use) {
    if (key instanceof Key) return this.#run((glue) => use(glue, rawKey(key, this)));
    const file = bytesOf(key, 'key');
    return this.#run((glue) => {
      const raw = new glue.Key(file);
      try {
        return use(glue, raw);
      } finally {
        raw.free();
      }
    });
  }

  /** Whatever touches wasm goes through here. */
  #run(use) {
    if (!this.#glue) throw new PopwError('disposed', 'the instance has been disposed of');
    try {
      return use(this.#glue);
    } catch (error) {
      if (error instanceof PopwError) throw error;
      if (typeof error === 'string') {
        const end = error.indexOf('\n');
        throw new PopwError(error.slice(0, end), error.slice(end + 1));
      }
      // A trap: the memory may be in any state, so nothing here is used again.
      this.#glue = undefined;
      throw new PopwError('internal', `the verifier has stopped; load a new instance: ${error.message}`, { cause: error });
    }
  }
}

const argument = (message) => new PopwError('argument', message);

function bytesOf(value, name) {
  if (value instanceof Uint8Array) return value;
  throw argument(`${name}: expected a Uint8Array`);
}

function listOf(value, name) {
  if (Array.isArray(value)) return value;
  throw argument(`${name}: expected an array`);
}

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
  return [joined(documents), Uint32Array.from(documents, (document) => document.length)];
}

function jsonOf(value, name) {
  try {
    return JSON.stringify(value);
  } catch (error) {
    throw argument(`${name}: ${error.message}`);
  }
}

/** Epoch and paid nullifiers as wasm takes them. */
function comparison(against = {}) {
  if (typeof against !== 'object' || against === null) throw argument('against: expected an object');
  const { epoch, spent } = against;
  if (spent !== undefined && epoch === undefined) throw argument('against.spent: a ledger counts with an epoch only');
  return [
    epoch === undefined ? undefined : documentOf(epoch, 'against.epoch'),
    spent === undefined ? undefined : jsonOf(listOf(spent, 'against.spent'), 'against.spent'),
  ];
}

function joined(parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}
