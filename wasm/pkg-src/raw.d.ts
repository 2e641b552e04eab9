import type { Header } from './types.d.ts';

export type { Header };

/** A verifying key, read and prepared once for any number of proofs. */
export interface Key {
  /** BLAKE3 of the key's file, in hex: what proofs name. */
  readonly digest: string;
  readonly header: Readonly<Header>;
  /** Frees its memory. */
  dispose(): void;
}

/** A key handle, or a key file that is read for this call alone. */
export type KeyOrFile = Key | Uint8Array;

/** A bare proof with its public inputs, 32 big-endian bytes each. Any other name in it is a `TypeError`. */
export interface RawEntry {
  proof: Uint8Array;
  inputs: Uint8Array[];
}

/** What a batch says of a bare proof; all but `valid` are what `verifyRaw` throws for it. */
export type RawCode = 'valid' | 'malformed' | 'wrong-input-count' | 'rejected';

/** A verifier of bare proofs with a memory of its own. Every method throws `PopwError`, and `TypeError` for an option that there is none of. */
export interface Raw {
  readonly version: string;
  /** Reads and prepares a key file. Weak keys are refused. */
  key(file: Uint8Array): Key;
  /** Checks the bytes of a proof against public inputs of 32 big-endian bytes each; throws unless it holds. */
  verifyRaw(proof: Uint8Array, inputs: Uint8Array[], key: KeyOrFile): void;
  /** The code of each proof, in their order. */
  verifyRawBatch(entries: RawEntry[], key: KeyOrFile): RawCode[];
  /** Gives up the instance, its keys and its memory. */
  dispose(): void;
}

/** Every failure but a misspelt option, which is a `TypeError`; `code` stays the same between versions. */
export class PopwError extends Error {
  readonly code: string;
  constructor(code: string, message: string, options?: ErrorOptions);
}

/** Where the WebAssembly comes from; by default from beside the package's script. */
export type Source = WebAssembly.Module | BufferSource | Response | URL;

/** Makes an instance; any number of them live side by side and share nothing. */
export function load(source?: Source | Promise<Source>): Promise<Raw>;
