/** Several proofs at a glance. */

import type { App } from "../app.ts";
import { h, icon, type Child } from "../dom.ts";
import { account, claimName, plural, short } from "../format.ts";
import type { Proof } from "../state.ts";
import { words, type Words } from "../words.ts";
import { origin } from "./origin.ts";

export function proofList(app: App): Child {
  const { proofs, selected } = app.state;
  if (proofs.length < 2) return null;
  const said = proofs.map((proof) => wordsOf(app, proof));
  return h(
    "section",
    { class: "card list", "aria-labelledby": "list-title" },
    h("h2", { id: "list-title" }, summary(said)),
    h(
      "ol",
      {},
      proofs.map((proof, at) => {
        const { tone, icon: name, brief } = said[at] as Words;
        const { claim, opening } = proof.envelope;
        return h(
          "li",
          {},
          h(
            "button",
            {
              type: "button",
              class: "item",
              id: `proof-${proof.id}`,
              "aria-current": proof.id === selected ? "true" : null,
              onclick: () => app.select(proof.id),
            },
            h("span", { class: `dot tone-${tone}` }, icon(name)),
            h("span", { class: "item-what" }, `${claimName(claim)} · epoch ${opening.context.epoch}`),
            h("span", { class: "item-file" }, origin(proof.source), " · pays ", short(account(opening.payee.recipient))),
            h("span", { class: `item-verdict text-${tone}` }, brief),
          ),
        );
      }),
    ),
  );
}

export function wordsOf(app: App, { checked, epoch }: Proof): Words {
  if (!checked) return { tone: "neutral", icon: "exclamation", title: "Not checked", meaning: "", brief: "Not checked", next: null };
  return words(checked.outcome, epoch, (id) => app.state.proofs.findIndex((proof) => proof.id === id) + 1);
}

/** `5 proofs: 2 due, 1 not valid, 2 key needed`. */
export function summary(said: Words[]): string {
  const counts = new Map<string, number>();
  for (const { brief } of said) {
    const name = brief.startsWith("Same claim") ? "repeated" : brief.charAt(0).toLowerCase() + brief.slice(1);
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  const parts = [...counts].map(([name, count]) => `${count} ${name}`);
  return `${plural(said.length, "proof")}: ${parts.join(", ")}`;
}
