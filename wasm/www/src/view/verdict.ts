/** The card of one proof: the verdict first, then what it is about, what it rests on, and what it does not show. */

import type { App } from "../app.ts";
import { h, icon, type Child } from "../dom.ts";
import { capital, claimName, iso, moment, quoted } from "../format.ts";
import type { Proof } from "../state.ts";
import type { Outcome, Verdict } from "../types.ts";
import type { Actions } from "./actions.ts";
import { details } from "./details.ts";
import { doesNotProve, evidence } from "./evidence.ts";
import { amounts, facts, statedFacts } from "./facts.ts";
import { wordsOf } from "./list.ts";
import { origins } from "./origin.ts";

export function verdictCard(app: App, proof: Proof, actions: Actions): HTMLElement {
  const { checked, envelope } = proof;
  const outcome = checked?.outcome ?? null;
  if (!checked || !outcome) return h("article", { class: "card" }, h("p", { class: "pad" }, "Not checked."));
  const said = wordsOf(app, proof);
  const verdict = outcome.kind === "verdict" ? outcome.verdict : null;
  return h(
    "article",
    { class: "card", "aria-labelledby": "verdict-title", "data-tone": said.tone, "data-code": code(outcome) },
    h(
      "header",
      { class: `band tone-${said.tone}` },
      h("span", { class: "disc" }, icon(said.icon)),
      h(
        "div",
        { class: "band-text" },
        h("p", { class: "eyebrow" }, `${claimName(envelope.claim)} · epoch ${envelope.opening.context.epoch}`),
        h("h2", { id: "verdict-title", tabindex: "-1" }, said.title),
        h("p", { class: "meaning" }, said.meaning),
        outcome.kind === "no-key" && h("p", { class: "digest-needed" }, "Key needed: ", h("code", {}, outcome.digest)),
        outcome.kind === "refused" && h("p", { class: "reason" }, `The verifier says: ${quoted(outcome.message)}.`),
        nextStep(app, proof, said.next, actions),
      ),
      h("button", { type: "button", class: "remove", id: "remove-proof", "aria-label": "Remove this proof", onclick: () => app.removeProof(proof.id) }, icon("cross")),
    ),
    verdict && warnings(verdict),
    verdict && freshness(verdict),
    origins(app, proof),
    verdict ? amounts(verdict) : h("p", { class: "pad unproven" }, h("strong", {}, "What the document says, unproven:")),
    verdict ? facts(verdict, proof) : statedFacts(proof),
    verdict && evidence(verdict),
    verdict && doesNotProve(verdict),
    actions.share(proof),
    details(proof, checked, app.state.version),
  );
}

/** As `popw verify --json` and the package's errors name it. */
function code(outcome: Outcome): string {
  switch (outcome.kind) {
    case "verdict":
      return outcome.verdict.verdict;
    case "refused":
      return outcome.code;
    case "no-key":
      return "no-key";
  }
}

/** What an onlooker has to know before anything else. */
function warnings(verdict: Verdict): Child {
  return verdict.warnings.map(({ code, message }) =>
    h(
      "div",
      { class: "warning", role: "note", "aria-label": "Warning" },
      icon("warning"),
      h(
        "p",
        {},
        h("strong", {}, code.startsWith("development") ? "Development key. " : "Warning. "),
        sentence(message.replace(/^development key /, "")),
        code.startsWith("development") && " Do not pay for anything on the strength of this verdict.",
      ),
    ),
  );
}

function freshness({ period }: Verdict): Child {
  if (!period) return null;
  const until = period.fresh_until_unix_ms;
  const stale = Date.now() >= until;
  const time = h("time", { datetime: iso(until) }, moment(until));
  return h(
    "p",
    { class: stale ? "fresh stale" : "fresh", "data-stale": String(stale) },
    icon("clock"),
    h(
      "span",
      {},
      stale
        ? ["Stale since ", time, ": a newer epoch is over, so there could be a newer proof. This one says nothing about now."]
        : ["Fresh until ", time, ": then the next epoch is over, and there could be a newer proof."],
    ),
  );
}

function nextStep(app: App, { source }: Proof, next: "epoch" | "key" | "spent" | null, actions: Actions): Child {
  if (next === null) return null;
  const label = { epoch: "Choose the epoch file", key: "Choose the key file", spent: "Choose the list of paid claims" }[next];
  const exampleEpoch = next === "epoch" && source.kind === "page" && app.state.epochs.length === 0;
  return h(
    "div",
    { class: "buttons" },
    exampleEpoch &&
      h(
        "button",
        { type: "button", class: "primary", id: "example-epoch", onclick: () => app.addExampleEpoch() },
        "Use the example's epoch file",
      ),
    h(
      "button",
      { type: "button", class: exampleEpoch || next === "spent" ? "plain" : "primary", id: "next-step", onclick: () => actions.choose() },
      label,
    ),
  );
}

function sentence(text: string): string {
  const plain = quoted(text);
  return `${capital(plain)}${/[.!?]$/.test(plain) ? "" : "."}`;
}
