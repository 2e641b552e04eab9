/** The verifier with its keys and the list of paid nullifiers. */

import { load, type Key, type Popw } from "popw";

import { LIMITS } from "../limits.ts";
import {
  CodedError,
  type BundledKey,
  type CheckItem,
  type Checked,
  type EpochPublic,
  type GivenKey,
  type Inspected,
  type Outcome,
  type Verdict,
} from "../types.ts";

interface Group {
  key: Key;
  epoch: string | null;
  items: CheckItem[];
}

export class Judge {
  private readonly keys = new Map<string, Key>();
  private readonly bundled: Map<string, BundledKey>;
  private spent: Set<string> | null = null;

  private constructor(
    private readonly popw: Popw,
    bundled: BundledKey[],
  ) {
    this.bundled = new Map(bundled.map((key) => [key.digest, key]));
  }

  static async start(bundled: BundledKey[]): Promise<Judge> {
    return new Judge(await load(new URL(WASM_FILE, self.location.href)), bundled);
  }

  get version(): string {
    return this.popw.version;
  }

  inspect(bytes: Uint8Array): Inspected {
    return { envelope: this.popw.inspect(bytes), compact: this.popw.toCompact(bytes) };
  }

  addKey(file: Uint8Array): GivenKey {
    const findings = this.popw.lintKey(file);
    if (findings.some(({ severity }) => severity === "error")) {
      return { digest: "", header: null, findings, usable: false };
    }
    const key = this.popw.key(file);
    this.forgetKey(key.digest);
    this.keys.set(key.digest, key);
    return { digest: key.digest, header: key.header, findings, usable: true };
  }

  forgetKey(digest: string): null {
    this.keys.get(digest)?.dispose();
    this.keys.delete(digest);
    return null;
  }

  epoch(text: string): EpochPublic {
    return this.popw.epoch(text);
  }

  setSpent(nullifiers: string[] | null): { count: number } {
    this.spent = nullifiers && new Set(nullifiers);
    return { count: this.spent?.size ?? 0 };
  }

  /** Verifies all, proofs of one key and epoch together. */
  async check(items: CheckItem[]): Promise<Checked[]> {
    const results = new Map<number, Checked>();
    const groups = new Map<string, Group>();
    for (const item of items) {
      const digest = this.popw.inspect(item.bytes).key_digest;
      const key = this.keys.get(digest) ?? (await this.fetchKey(digest));
      if (!key) {
        results.set(item.id, { id: item.id, outcome: { kind: "no-key", digest }, ms: 0, together: 1 });
        continue;
      }
      const name = `${digest} ${item.epoch}`;
      const group = groups.get(name) ?? { key, epoch: item.epoch, items: [] };
      group.items.push(item);
      groups.set(name, group);
    }
    for (const group of groups.values()) {
      for (const checked of this.checkGroup(group)) results.set(checked.id, checked);
    }
    return settle(items.map(({ id }) => results.get(id)).filter((checked) => checked !== undefined), this.spent);
  }

  private checkGroup({ key, epoch, items }: Group): Checked[] {
    const proofs = items.map(({ bytes }) => bytes);
    const against = epoch === null ? {} : { epoch, ...this.spentAmong(proofs) };
    const started = performance.now();
    const answers = this.popw.verifyBatch(proofs, key, against);
    const ms = (performance.now() - started) / items.length;
    return items.map(({ id }, index) => {
      const answer = answers[index];
      if (!answer) throw new CodedError("internal", "the verifier gave fewer answers than it was given proofs");
      return { id, outcome: outcome(answer), ms, together: items.length };
    });
  }

  /** Of the paid nullifiers, those that these proofs could meet: a long list is not handed over for every proof. */
  private spentAmong(proofs: Uint8Array[]): { spent?: string[] } {
    const { spent } = this;
    if (!spent) return {};
    const own = proofs.map((proof) => this.popw.inspect(proof).public.nullifier);
    return { spent: own.filter((nullifier) => spent.has(nullifier)) };
  }

  /** A key that came with the page; which file it is comes from the page's own list. */
  private async fetchKey(digest: string): Promise<Key | null> {
    const bundled = this.bundled.get(digest);
    if (!bundled) return null;
    const response = await fetch(new URL(bundled.file, self.location.href));
    if (!response.ok) throw new CodedError("key-file", `the page's own key file ${bundled.file} could not be loaded`);
    const file = new Uint8Array(await response.arrayBuffer());
    if (file.length > LIMITS.key) throw new CodedError("key-file", `the page's own key file ${bundled.file} is too large`);
    const key = this.popw.key(file);
    if (key.digest !== digest) {
      key.dispose();
      throw new CodedError("key-file", `the page's own key file ${bundled.file} is not the key it should be`);
    }
    this.keys.set(digest, key);
    return key;
  }
}

type Answer = ReturnType<Popw["verifyBatch"]>[number];

function outcome(answer: Answer): Outcome {
  if (answer.verdict === "invalid" || answer.verdict === "undecided") {
    const { verdict, code, message } = answer as Extract<Answer, { code: string }>;
    return { kind: "refused", undecided: verdict === "undecided", code, message };
  }
  return { kind: "verdict", verdict: answer as Verdict, sameClaimAs: null };
}

/**
 * Two proofs of one claim are paid once, whichever keys they are for: the later one points to the earlier. A batch already
 * calls the later ones of its own key claimed; what the list of paid nullifiers says goes before that.
 */
function settle(all: Checked[], spent: Set<string> | null): Checked[] {
  const first = new Map<string, number>();
  return all.map((checked) => {
    const { outcome } = checked;
    if (outcome.kind !== "verdict" || spent?.has(outcome.verdict.nullifier)) return checked;
    const earlier = first.get(outcome.verdict.nullifier);
    if (earlier !== undefined) return { ...checked, outcome: { ...outcome, sameClaimAs: earlier } };
    first.set(outcome.verdict.nullifier, checked.id);
    return checked;
  });
}

declare const WASM_FILE: string;
