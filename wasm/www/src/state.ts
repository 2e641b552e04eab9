/** What the page knows. Views read it; only app.ts changes it. */

import type { Source } from "./source.ts";
import type { Checked, EpochPublic, GivenKey, Inspected } from "./types.ts";

export interface Proof extends Inspected {
  id: number;
  source: Source;
  bytes: Uint8Array;
  /** The epoch it was compared with. */
  epoch: Epoch | null;
  /** Null until it is verified. */
  checked: Checked | null;
}

export interface Epoch {
  id: number;
  source: Source;
  text: string;
  content: EpochPublic;
}

export interface UserKey extends GivenKey {
  id: number;
  source: Source;
  /** Kept for another verifier, should this one stop. */
  file: Uint8Array;
}

export interface Spent {
  sources: Source[];
  nullifiers: string[];
}

export interface Notice {
  id: number;
  /** The file it is about. */
  name: string;
  text: string;
}

export interface State {
  proofs: Proof[];
  selected: number | null;
  epochs: Epoch[];
  keys: UserKey[];
  spent: Spent | null;
  notices: Notice[];
  /** Set when the verifier has stopped, or did not start: nothing works then. */
  broken: string | null;
  version: string;
}

export const empty = (): State => ({
  proofs: [],
  selected: null,
  epochs: [],
  keys: [],
  spent: null,
  notices: [],
  broken: null,
  version: "",
});

/** The epoch a proof says it is about, else the one that was given last: then the verdict names what differs. */
export function epochFor(epochs: Epoch[], proof: Inspected): Epoch | null {
  const { domain_id, epoch } = proof.envelope.opening.context;
  const same = epochs.find(({ content }) => content.domain_id === domain_id && content.epoch === epoch);
  return same ?? epochs.at(-1) ?? null;
}
