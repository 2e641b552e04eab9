/** What the page and its worker say to each other. */
import type { EpochPublic, Finding, Header, Inspection, Verdict } from "popw";

export type { EpochPublic, Finding, Header, Inspection, Verdict };

/** A verifying key that came with the page. */
export interface BundledKey {
  digest: string;
  file: string;
  name: string;
}

/** A proof that was readable, before anything was verified. */
export interface Inspected {
  envelope: Inspection;
  /** Its compact form. */
  compact: Uint8Array;
}

/** A key that the user gave. */
export interface GivenKey {
  digest: string;
  /** Absent when the file is so broken that it is not read. */
  header: Header | null;
  findings: Finding[];
  /** Whether proofs can be verified with it. */
  usable: boolean;
}

/** What came of one proof. */
export type Outcome =
  | { kind: "verdict"; verdict: Verdict; sameClaimAs: number | null }
  | { kind: "refused"; undecided: boolean; code: string; message: string }
  | { kind: "no-key"; digest: string };

export interface CheckItem {
  id: number;
  bytes: Uint8Array;
  /** The text of the epoch file to compare with. */
  epoch: string | null;
}

export interface Checked {
  id: number;
  outcome: Outcome;
  /** Milliseconds; the mean when several were verified together. */
  ms: number;
  /** How many were verified together. */
  together: number;
}

/** Requests by name, with what they take and give. */
export interface Calls {
  start: { takes: { bundled: BundledKey[] }; gives: { version: string } };
  inspect: { takes: { bytes: Uint8Array }; gives: Inspected };
  key: { takes: { file: Uint8Array }; gives: GivenKey };
  forgetKey: { takes: { digest: string }; gives: null };
  epoch: { takes: { text: string }; gives: EpochPublic };
  spent: { takes: { nullifiers: string[] | null }; gives: { count: number } };
  check: { takes: { items: CheckItem[] }; gives: Checked[] };
  picture: { takes: { picture: Blob }; gives: { text: string | null } };
}

export type CallName = keyof Calls;

export interface Request<N extends CallName = CallName> {
  call: number;
  name: N;
  takes: Calls[N]["takes"];
}

export type Response =
  | { call: number; gives: unknown }
  | { call: number; code: string; message: string };

/** A failure with a code that stays the same between versions. */
export class CodedError extends Error {
  constructor(
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}
