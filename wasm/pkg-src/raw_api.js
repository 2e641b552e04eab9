// Bare proofs over wasm-bindgen's glue: typed errors, keys and instances that can be disposed of, nothing global. What `api.js`
// adds documents to.

/** Every failure but a misspelt option, see `optionsOf`. `code` stays the same between versions. */
export class PopwError extends Error {
  constructor(code, message, options) {
    super(message, options);
    this.name = 'PopwError';
    this.code = code;
  }
}

/** The `load` of one build: `Interface` is made of its instance, `glue` makes its glue, `beside` is where its .wasm lies. */
export const loaderOf = (Interface, glue, beside) => async (source) => {
  const instance = glue();
  const module = await compiled((await source) ?? beside());
  try {
    instance.initSync({ module });
    return new Interface(instance);
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
export let rawKey;

/** A verifying key, read and prepared once. */
export class Key {
  #raw;
  #owner;
  #free;

  constructor(raw, owner, free) {
    this.#raw = raw;
    this.#owner = owner;
    this.#free = free;
    this.digest = hexOf(raw.digest());
    const header = { system: raw.system(), claim: raw.claim(), claim_version: raw.claim_version(), shape: raw.shape(), development: raw.development() ?? null };
    this.header = Object.freeze(header);
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

/** What the interface over documents needs of an instance: `run(popw, use)` and `withKey(popw, key, use)`. */
export let run;
export let withKey;

export class Raw {
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

  verifyRaw(proof, inputs, key) {
    const bytes = bytesOf(proof, 'proof');
    const list = inputsOf(inputs, 'inputs');
    const odd = list.findIndex((input) => input.length !== 32);
    if (odd >= 0) throw new PopwError('malformed', `public input ${odd}: ${list[odd].length} bytes, expected 32`);
    this.#withKey(key, (glue, raw) => glue.verify_raw(bytes, joined(list), raw));
  }

  verifyRawBatch(entries, key) {
    const list = listOf(entries, 'entries').map((entry, i) => optionsOf(entry, `entries[${i}]`, ['proof', 'inputs']));
    const proofs = list.map((entry, i) => bytesOf(entry.proof, `entries[${i}].proof`));
    const inputs = list.map((entry, i) => inputsOf(entry.inputs, `entries[${i}].inputs`));
    // A length that is no input's cannot be told from others once they are joined.
    const whole = inputs.map((words) => (words.every((input) => input.length === 32) ? joined(words) : Uint8Array.of(0)));
    const answer = this.#withKey(key, (glue, raw) => glue.verify_raw_batch(joined(proofs), lengths(proofs), joined(whole), lengths(whole), raw));
    return answer.split('\n').slice(0, -1);
  }

  /** Gives the instance and its memory up; a second call does nothing. */
  dispose() {
    this.#glue = undefined;
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
        const code = error.slice(0, end);
        throw new PopwError(code, error.slice(end + 1) || sentences[code]);
      }
      // A trap: the memory may be in any state, so nothing here is used again.
      this.#glue = undefined;
      throw new PopwError('internal', `the verifier has stopped; load a new instance: ${error.message}`, { cause: error });
    }
  }

  static {
    run = (popw, use) => popw.#run(use);
    withKey = (popw, key, use) => popw.#withKey(key, use);
  }
}

/** Why, where a build has no words. */
const sentences = {
  'malformed': 'the proof or a public input is malformed',
  'wrong-input-count': 'not as many public inputs as the key takes',
  'rejected': 'the proof does not hold for this key and these public inputs',
  'malformed-key': 'the key file is malformed',
  'unsupported-system': 'this build verifies Groth16 alone: use one that has halo2',
  'related-points': 'unsafe key: two of β, γ and δ are equal up to sign, so anyone can write down a proof of anything',
  'generator': 'unsafe key: α, β, δ or an IC point is the generator up to sign: the setup was never finished',
  'duplicate-ic': 'unsafe key: two IC points are equal up to sign, so only a combination of two inputs is bound',
  'ic-alpha': 'unsafe key: an IC point equals α up to sign, so proofs of some inputs can be written down',
  'related-sum': 'unsafe key: small sums of β, γ, δ and the generator are equal, so proofs can be written down',
  'ic-sum': 'unsafe key: small sums of IC points, α and the generator are equal, so proofs can be written down or hold for other inputs',
};

export const argument = (message) => new PopwError('argument', message);

export function bytesOf(value, name) {
  if (value instanceof Uint8Array) return value;
  throw argument(`${name}: expected a Uint8Array`);
}

export function listOf(value, name) {
  if (Array.isArray(value)) return value;
  throw argument(`${name}: expected an array`);
}

/**
 * An object of options by name, `known` all there are. Any other name is refused: taken for nothing, a misspelt one would leave
 * out what it was to ask for. So is what has no names of its own to look at: a Map, a list, bytes, an instance of a class.
 */
export function optionsOf(value, name, known) {
  if (!isPlain(value)) throw argument(`${name}: expected a plain object`);
  const unknown = Reflect.ownKeys(value).find((key) => !known.includes(key));
  if (unknown !== undefined) throw new TypeError(`${name}: unknown option ${JSON.stringify(String(unknown))}; known: ${known.join(', ')}`);
  return value;
}

/** Written as `{ … }`, in this realm or another. */
function isPlain(value) {
  if (typeof value !== 'object' || value === null) return false;
  const prototype = Object.getPrototypeOf(value);
  return prototype === null || (Object.getPrototypeOf(prototype) === null && Object.hasOwn(prototype, 'isPrototypeOf'));
}

export function joined(parts) {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (all.set(part, at), at + part.length), 0);
  return all;
}

export const lengths = (parts) => Uint32Array.from(parts, (part) => part.length);

const inputsOf = (inputs, name) => listOf(inputs, name).map((input, i) => bytesOf(input, `${name}[${i}]`));
const hexOf = (bytes) => Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
