/** What a verdict rests on, how far that carries, and what does not follow. */

import { h, type Child } from "../dom.ts";
import { capital, percent, plural, whole } from "../format.ts";
import type { Verdict } from "../types.ts";

export function evidence({ evidence }: Verdict): HTMLElement {
  const { committee, quorum, witness_seats, capture_odds, detection_odds, challenges, max_gap, slots } = evidence;
  return h(
    "section",
    { class: "part", "aria-labelledby": "evidence-title" },
    h("h3", { id: "evidence-title" }, "What it rests on"),
    h("p", {}, capital(evidence.statement), "."),
    capture_odds.length > 0 && [
      h(
        "p",
        {},
        h("strong", {}, `${whole(quorum)} of ${whole(committee)}`),
        ` drawn seats had to agree, out of ${plural(witness_seats, "registered witness seat")}; the longest gap allowed is `,
        `${plural(max_gap, "slot")} of ${whole(slots)}.`,
      ),
      odds(
        "The chance that such a committee falls to one party by the draw alone",
        ["Seats that the party holds", "Chance in one epoch"],
        capture_odds.map(({ share_percent, odds }) => [`${share_percent} %`, percent(odds)]),
      ),
    ],
    detection_odds.length > 0 &&
      odds(
        `The chance that the ${plural(challenges, "challenge")} to a sector notice a loss`,
        ["Lost of a sector", "In one epoch", "Within thirty"],
        detection_odds.map(({ lost_percent, one_epoch, thirty_epochs }) => [
          `${lost_percent} %`,
          percent(one_epoch),
          percent(thirty_epochs),
        ]),
      ),
  );
}

function odds(caption: string, head: string[], rows: string[][]): HTMLElement {
  return h(
    "table",
    {},
    h("caption", {}, caption),
    h("thead", {}, h("tr", {}, head.map((cell) => h("th", { scope: "col" }, cell)))),
    h(
      "tbody",
      {},
      rows.map(([first, ...rest]) =>
        h("tr", {}, h("th", { scope: "row" }, first), rest.map((cell) => h("td", {}, cell))),
      ),
    ),
  );
}

export function doesNotProve({ does_not_prove }: Verdict): Child {
  return h(
    "section",
    { class: "part", "aria-labelledby": "limits-title" },
    h("h3", { id: "limits-title" }, "What it does not prove"),
    h("ul", { class: "limits" }, does_not_prove.map((text) => h("li", {}, capital(text), "."))),
  );
}
