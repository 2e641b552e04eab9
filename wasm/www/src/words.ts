/** Verdicts in plain English. The one rule: nothing is called valid whose context was not compared with an epoch. */

import type { IconName } from "./dom.ts";
import { quoted } from "./format.ts";
import type { Epoch } from "./state.ts";
import type { Outcome, Verdict } from "./types.ts";

export type Tone = "good" | "caution" | "bad" | "neutral";

export interface Words {
  tone: Tone;
  icon: IconName;
  /** The verdict. */
  title: string;
  /** What it means, in a sentence or two. */
  meaning: string;
  /** In a list of several proofs. */
  brief: string;
  /** What would take the verdict further. */
  next: "epoch" | "key" | "spent" | null;
}

/** `epoch` is what the proof was compared with; `position` gives a proof's number in the list. */
export function words(outcome: Outcome, epoch: Epoch | null, position: (id: number) => number): Words {
  switch (outcome.kind) {
    case "no-key":
      return {
        tone: "neutral",
        icon: "key",
        title: "Not checked: its key is not here",
        meaning:
          "The proof was made for a verifying key that this page does not know. Get the key from the network, not from " +
          "whoever sent the proof, and add the .vk file.",
        brief: "Key needed",
        next: "key",
      };
    case "refused":
      return refusal(outcome);
    case "verdict": {
      const same = outcome.sameClaimAs;
      const example = epoch?.source.kind === "page";
      const about = example ? "this page's example epoch, which belongs to no real network" : "the epoch you gave";
      const result = same === null ? level(outcome.verdict, about) : repeated(outcome.verdict, about, position(same));
      // Whoever holds a development key's secrets can make such a proof of anything: no verdict on it is green.
      const green = outcome.verdict.warnings.length === 0 && !example;
      return result.tone === "good" && !green ? { ...result, tone: "caution" } : result;
    }
  }
}

function level({ verdict }: Verdict, about: string): Words {
  switch (verdict) {
    case "due":
      return {
        tone: "good",
        icon: "check",
        title: "Due",
        meaning: `The proof holds, it is about ${about}, and its claim is not in your list of paid ones.`,
        brief: "Due",
        next: null,
      };
    case "already-claimed":
      return {
        tone: "caution",
        icon: "repeat",
        title: "Already claimed",
        meaning: `The proof holds and is about ${about}, but its claim is in your list of paid ones: nothing is due.`,
        brief: "Already claimed",
        next: null,
      };
    case "valid-for-this-epoch":
      return {
        tone: "good",
        icon: "check",
        title: "Valid for this epoch",
        meaning:
          `The proof holds and is about ${about}. Whether the claim has been paid already was not checked: ` +
          "add the network's list of paid nullifiers.",
        brief: "Valid for this epoch",
        next: "spent",
      };
    case "valid-context-not-checked":
      return {
        tone: "caution",
        icon: "question",
        title: "The proof holds — but nothing shows that it is about a real network's epoch",
        meaning:
          "Anyone can make up registries and prove things about them. Add the epoch file that the network has published " +
          "(popw.epoch), and this page compares the two. Get it from the network, not from whoever sent the proof.",
        brief: "Holds, epoch not checked",
        next: "epoch",
      };
  }
}

function repeated({ verdict }: Verdict, about: string, earlier: number): Words {
  const checked = verdict !== "valid-context-not-checked";
  return {
    tone: "caution",
    icon: "repeat",
    title: `The same claim as proof ${earlier}`,
    meaning: checked
      ? `The proof holds and is about ${about}, but one claim is paid once, however many proofs of it there are.`
      : "The proof holds, but one claim is paid once, however many proofs of it there are — and nothing shows that it is " +
        "about a real network's epoch.",
    brief: `Same claim as ${earlier}`,
    next: checked ? null : "epoch",
  };
}

interface Reason {
  title: string;
  meaning: string;
}

const ALTERED = "The document was altered, or put together from parts that do not belong together.";

const REASONS: Record<string, Reason> = {
  rejected: {
    title: "Not valid: the proof does not hold",
    meaning: "Either the proof or one of the numbers it is about was altered, or it never was a proof of this.",
  },
  malformed: {
    title: "Not valid: this is not a proof",
    meaning: "The bytes where the proof should be cannot be one, whatever they are about.",
  },
  "context-mismatch": {
    title: "Not valid for this epoch",
    meaning: "What the proof is about is not the epoch it was compared with. Check that both come from the same network and epoch.",
  },
  "context-opening": {
    title: "Not valid: it is about another epoch than it says",
    meaning: `The network, epoch, registries or rules in the document are not those the proof is about. ${ALTERED}`,
  },
  "payee-opening": {
    title: "Not valid: it does not pay whom it says",
    meaning: `The recipient in the document is not the one the proof pays. ${ALTERED}`,
  },
  "key-mismatch": {
    title: "Not valid: it does not say what its key says",
    meaning: `Claim, shape or development mark in the document are not those of the key. ${ALTERED}`,
  },
  "wrong-system": {
    title: "Not valid: made for another proof system",
    meaning: `The document names a proof system other than the one its key is for. ${ALTERED}`,
  },
  "unused-root": { title: "Not valid: it includes a registry that it does not use", meaning: ALTERED },
  outcome: { title: "Not valid: an impossible outcome", meaning: ALTERED },
  amount: {
    title: "Not valid: an impossible amount",
    meaning: "The amount is one that this claim cannot have under these rules.",
  },
  "inconsistent-document": { title: "Not valid: the document contradicts itself", meaning: ALTERED },
  "unknown-claim": {
    title: "Not valid here: an unknown claim",
    meaning: "This page does not know this claim. A newer version of it may.",
  },
  "unknown-shape": {
    title: "Not valid here: an unknown shape",
    meaning: "This page knows the claim, but not in this shape. A newer version of it may.",
  },
};

function refusal({ undecided, code }: Extract<Outcome, { kind: "refused" }>): Words {
  if (undecided) {
    return {
      tone: "neutral",
      icon: "exclamation",
      title: "Not decided: the epoch file cannot be used",
      meaning: "This says nothing about the proof. Remove the epoch file, or add the one that the network published after the epoch.",
      brief: "Not decided",
      next: "epoch",
    };
  }
  const reason = REASONS[code] ?? { title: "Not valid", meaning: "The verifier refused it." };
  return { tone: "bad", icon: "cross", ...reason, brief: code === "context-mismatch" ? "Not this epoch" : "Not valid", next: null };
}

/** Why a file cannot be used. */
export const unusable = (code: string, message: string): string =>
  `${code === "unreadable" ? "not a readable popw document: " : ""}${quoted(message)}`;
