import type { Eligibility, EligibilityPolicy, EpochPublic, Finding, Inspection, ProofEnvelope, Refusal, Verdict } from './types.d.ts';
import type { KeyOrFile, Raw, Source } from './raw.d.ts';

export type * from './types.d.ts';
export type { Key, KeyOrFile, RawCode, RawEntry, Source } from './raw.d.ts';
export { PopwError } from './raw.js';

/**
 * A document: its bytes (JSON or, for proofs, the compact form), its JSON text, or that text parsed. `JSON.parse` rounds whole
 * numbers beyond 2^53 - 1, so an object that has one is refused; a bigint in its place is exact, and so are bytes and text.
 */
export type Document<T> = Uint8Array | string | T;

/**
 * What a proof is compared with; with nothing, only the proof itself is checked. A plain object; a name that is none of these
 * is a `TypeError`.
 */
export interface Against {
  /** The epoch as the network published it, never a copy from whoever hands in the proof. */
  epoch?: Document<EpochPublic> | undefined;
  /** Nullifiers that have been paid, in decimal; needs `epoch`. An empty list is a ledger too. */
  spent?: string[] | undefined;
}

/**
 * A verifier of documents and bare proofs with a memory of its own. Every method throws `PopwError`, and `TypeError` for an option
 * that there is none of. Whole numbers of 64 bits are numbers up to 2^53 - 1 and bigints beyond.
 */
export interface Popw extends Raw {
  /** The verdict on a proof; throws for one that is invalid. */
  verify(proof: Document<ProofEnvelope>, key: KeyOrFile, against?: Against): Verdict;
  /** Verdicts on proofs of one key, in their order; an invalid one gets a refusal (`'code' in answer`). */
  verifyBatch(proofs: Document<ProofEnvelope>[], key: KeyOrFile, against?: Against): (Verdict | Refusal)[];
  /** What a proof document says, nothing but its form checked. */
  inspect(proof: Document<ProofEnvelope>): Inspection;
  /** Whether a record of proofs meets a policy. `keys`: those that the policy accepts, or those of them that the proofs name. */
  eligibility(proofs: Document<ProofEnvelope>[], policy: Document<EligibilityPolicy>, keys: KeyOrFile[]): Eligibility;
  /** All that can be seen to be wrong with a key file. */
  lintKey(file: Uint8Array): Finding[];
  /** The compact form of a proof document. */
  toCompact(proof: Document<ProofEnvelope>): Uint8Array;
  /** The JSON form of a proof document. */
  toJson(proof: Document<ProofEnvelope>): string;
  /** A published epoch, checked. */
  epoch(document: Document<EpochPublic>): EpochPublic;
}

/** Makes an instance; any number of them live side by side and share nothing. */
export function load(source?: Source | Promise<Source>): Promise<Popw>;
