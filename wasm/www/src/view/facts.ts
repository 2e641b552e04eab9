/** For whom, which claim, which epoch, how much work. */

import { h, svg, type Child } from "../dom.ts";
import { account, claimName, foreign, iso, mib, rate, span, whole } from "../format.ts";
import type { Proof } from "../state.ts";
import type { Verdict } from "../types.ts";

/** Which parts of an amount a claim can have. */
const PARTS: Record<string, readonly Part[]> = {
  uptime: ["up"],
  possession: ["stored"],
  bandwidth: ["served", "rate"],
  work: ["up", "stored", "served", "rate"],
};

type Part = "up" | "stored" | "served" | "rate";

export function amounts({ claim, amount, evidence }: Verdict): HTMLElement {
  const tiles: Record<Part, () => HTMLElement> = {
    up: () =>
      tile("Up", whole(amount.up_slots), `of ${whole(evidence.slots)} slots`, bar(amount.up_slots / Math.max(1, evidence.slots))),
    stored: () => measured("Stored", mib(amount.stored_mib)),
    served: () => measured("Served", mib(amount.served_mib)),
    rate: () => measured("Rate", rate(amount.rate)),
  };
  const parts = PARTS[claim] ?? (["up", "stored", "served", "rate"] as const);
  return h("dl", { class: "tiles", "aria-label": "Work" }, parts.map((part) => tiles[part]()));
}

const measured = (label: string, { number, unit }: { number: string; unit: string }): HTMLElement => tile(label, number, unit);

function tile(label: string, number: string, unit: string, extra?: Child): HTMLElement {
  return h(
    "div",
    { class: "tile" },
    h("dt", {}, label),
    h("dd", {}, h("span", { class: "number" }, number), " ", h("span", { class: "unit" }, unit), extra),
  );
}

/** A share as a bar; the numbers say the same. */
function bar(share: number): Child {
  const width = Math.max(0, Math.min(100, share * 100));
  return svg(
    "svg",
    { class: "bar", viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" },
    svg("rect", { class: "bar-back", width: 100, height: 4 }),
    svg("rect", { class: "bar-fill", width, height: 4 }),
  );
}

export function facts(verdict: Verdict, proof: Proof): HTMLElement {
  const { period } = verdict;
  const { context } = proof.envelope.opening;
  const checked = verdict.verdict !== "valid-context-not-checked";
  return h(
    "dl",
    { class: "facts" },
    row("Pays", h("code", {}, account(verdict.payee.recipient)), verdict.payee.owner_tag !== "0" && [
      h("br"), "owner tag ", h("code", {}, verdict.payee.owner_tag),
    ]),
    row("Claim", h("strong", {}, claimName(verdict.claim)), ` — ${verdict.statement}.`),
    row(
      "Epoch",
      h("strong", {}, whole(verdict.epoch)),
      period
        ? [", ", h("time", { datetime: iso(period.from_unix_ms) }, span(period.from_unix_ms, period.until_unix_ms))]
        : ", at a time that only the network's epoch file gives",
    ),
    row("Network", networkName(context.network, checked), h("code", {}, foreign(verdict.domain_id))),
  );
}

/** The name in a document is bound by nothing. The network is the contract that keeps its nullifiers. */
function networkName(name: string | null | undefined, checked: boolean): Child {
  if (!name) return null;
  return [h("bdi", {}, foreign(name)), checked ? " (the name is not part of the proof)" : " (so it says)", h("br")];
}

/** What a document says that was not, or could not be, verified. */
export function statedFacts({ envelope }: Proof): HTMLElement {
  const { context, payee } = envelope.opening;
  return h(
    "dl",
    { class: "facts stated" },
    row("Would pay", h("code", {}, account(payee.recipient))),
    row("Claim", claimName(envelope.claim), ", shape ", foreign(envelope.shape)),
    row("Epoch", whole(context.epoch)),
    row("Network", context.network && [h("bdi", {}, foreign(context.network)), h("br")], h("code", {}, foreign(context.domain_id))),
  );
}

export function row(label: string, ...value: Child[]): HTMLElement {
  return h("div", { class: "row" }, h("dt", {}, label), h("dd", {}, ...value));
}
