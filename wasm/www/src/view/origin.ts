/** What came from where: a verdict is worth what it was compared with, and whoever made a link has chosen what is in it. */

import type { App } from "../app.ts";
import { h, type Child } from "../dom.ts";
import { foreign } from "../format.ts";
import { ADDRESS, type Source } from "../source.ts";
import type { Proof } from "../state.ts";

export function origin({ kind, name }: Source): Child {
  const shown = h("bdi", {}, foreign(name));
  switch (kind) {
    case "file":
      return ["from your file ", shown];
    case "text":
      return `from ${name.toLowerCase()}`;
    case "link":
      return name === ADDRESS.name ? "from the link" : ["from a link: ", shown];
    case "code":
      return ["from a QR code: ", shown];
    case "page":
      return ["from this page: ", shown];
  }
}

/** Several, of which all but the first three are counted. */
export function originsOf(sources: readonly Source[]): Child {
  const shown = sources.slice(0, 3).map((source, at) => [at > 0 && ", ", origin(source)]);
  return [shown, sources.length > 3 && ` and ${sources.length - 3} more`];
}

/** All that the verdict on a proof was made of. */
export function origins(app: App, { source, epoch, envelope }: Proof): HTMLElement {
  const { keys, spent } = app.state;
  const given = keys.find(({ usable, digest }) => usable && digest === envelope.key_digest);
  const bundled = app.manifest.keys.some(({ digest }) => digest === envelope.key_digest);
  return h(
    "dl",
    { class: "origins", "aria-label": "What came from where" },
    part("Proof", origin(source)),
    part("Key", given ? origin(given.source) : bundled ? "came with this page" : "not here"),
    part("Epoch", epoch ? origin(epoch.source) : "none given"),
    part("Paid claims", epoch && spent ? originsOf(spent.sources) : "none compared with"),
  );
}

function part(what: string, from: Child): HTMLElement {
  return h("div", {}, h("dt", {}, what), " ", h("dd", {}, from));
}
