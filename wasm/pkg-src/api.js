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
  instance.initSync({ module: await compiled((await source) ?? beside()) });
  return new Popw(instance);
};

async function compiled(source) {
  try {
    if (source instanceof WebAssembly.Module) return source;
    if (source instanceof URL) return await compiled(await fetched(source));
    if (typeof Response === 'function' && source instanceof Response) return await streamed(source);
    return await WebAssembly.compile(source);
  } catch (error) {
    if (error instanceof PopwError) throw error;
    throw new PopwError('load', `the WebAssembly module cannot be loaded: ${error.message}`, { cause: error });
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

  constructor(raw, owner) {
    this.#raw = raw;
    this.#owner = owner;
    this.digest = raw.digest();
    this.header = Object.freeze(JSON.parse(raw.header()));
    Object.freeze(this);
  }

  /** Frees its memory; a second call does nothing. */
  dispose() {
    this.#raw?.free();
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

  constructor(glue) {
    this.#glue = glue;
    this.version = glue.version();
  }

  key(file) {
    const bytes = bytesOf(file, 'file');
    return this.#run((glue) => new Key(new glue.Key(bytes), this));
  }

  verify(proof, key, against) {
    const given = [documentOf(proof, 'proof'), ...comparison(against)];
    return this.#withKey(key, (glue, raw) => JSON.parse(glue.verify(given[0], raw, given[1], given[2])));
  }

  verifyBatch(proofs, key, against) {
    const documents = listOf(proofs, 'proofs').map((proof, i) => documentOf(proof, `proofs[${i}]`));
    const [epoch, spent] = comparison(against);
    const [bytes, lengths] = [joined(documents), Uint32Array.from(documents, (document) => document.length)];
    return this.#withKey(key, (glue, raw) => JSON.parse(glue.verify_batch(bytes, lengths, raw, epoch, spent)));
  }

  verifyRaw(proof, inputs, key) {
    const bytes = bytesOf(proof, 'proof');
    const list = listOf(inputs, 'inputs').map((input, i) => bytesOf(input, `inputs[${i}]`));
    const odd = list.findIndex((input) => input.length !== 32);
    if (odd >= 0) throw new PopwError('malformed', `public input ${odd}: ${list[odd].length} bytes, expected 32`);
    this.#withKey(key, (glue, raw) => glue.verify_raw(bytes, joined(list), raw));
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
