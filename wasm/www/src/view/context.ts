/** What proofs are compared with: epochs, paid claims, keys. */

import type { App } from "../app.ts";
import { h, icon, type Child } from "../dom.ts";
import { capital, foreign, moment, plural, short, systemName } from "../format.ts";
import type { Epoch, UserKey } from "../state.ts";
import { origin, originsOf } from "./origin.ts";

export function contextPanel(app: App): HTMLElement {
  const { epochs, spent, keys } = app.state;
  return h(
    "div",
    { class: "card panel" },
    h("h2", { id: "context-title" }, "Compared with"),
    group(
      "Epoch",
      epochs.length > 0
        ? epochs.map((epoch) => entry(`epoch-${epoch.id}`, epochText(epoch), `epoch ${epoch.content.epoch}`, () => app.removeEpoch(epoch.id)))
        : h("p", { class: "none" }, "None yet. Drop the network's epoch file."),
      epochs.length > 0 && h("p", { class: "hint" }, "It counts only if it came from the network itself."),
    ),
    group(
      "Paid claims",
      spent
        ? entry("spent", [plural(spent.nullifiers.length, "nullifier"), h("small", {}, originsOf(spent.sources))], "the list of paid claims", () =>
            app.removeSpent(),
          )
        : h("p", { class: "none" }, "None yet. Drop a list of paid nullifiers, one decimal number per line."),
      spent && epochs.length === 0 && h("p", { class: "hint" }, "It is used once there is an epoch file."),
    ),
    group(
      "Keys",
      h("p", { class: "none" }, `${plural(app.manifest.keys.length, "key")} came with this page.`),
      keys.map((key) => entry(`key-${key.id}`, keyText(key), `key ${foreign(key.source.name)}`, () => app.removeKey(key.id))),
    ),
  );
}

function group(title: string, ...children: Child[]): HTMLElement {
  return h("section", { class: "panel-group" }, h("h3", {}, title), ...children);
}

function entry(id: string, content: Child, what: string, remove: () => void): HTMLElement {
  return h(
    "div",
    { class: "entry" },
    h("div", { class: "entry-text" }, content),
    h("button", { type: "button", class: "remove", id: `remove-${id}`, "aria-label": `Remove ${what}`, onclick: remove }, icon("cross")),
  );
}

function epochText({ content, source }: Epoch): Child {
  const closed = content.closing !== undefined && content.closing !== null;
  return [
    h("span", {}, h("strong", {}, `Epoch ${content.epoch}`), " of ", h("bdi", {}, foreign(content.network))),
    h("small", {}, `began ${moment(content.start_unix_ms)}${closed ? "" : "; not closed yet"}`),
    h("small", {}, h("code", {}, short(content.domain_id, 22, 6)), " · ", origin(source)),
  ];
}

function keyText({ source, digest, header, findings, usable }: UserKey): Child {
  return [
    h("span", {}, origin(source)),
    header && h("small", {}, `${foreign(header.claim)}, ${foreign(header.shape)}, ${systemName(header.system)} · `, h("code", {}, short(digest))),
    !usable && h("small", { class: "text-bad" }, "Not used, because of this:"),
    findings.length > 0 &&
      h(
        "ul",
        { class: "findings" },
        findings.map(({ severity, message, remedy }) =>
          h("li", { class: `finding ${severity}` }, h("strong", {}, `${severity}: `), `${message}. `, h("span", { class: "remedy" }, `${capital(remedy)}.`)),
        ),
      ),
    findings.length === 0 && h("small", {}, "Nothing found against it."),
  ];
}
