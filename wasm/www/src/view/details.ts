/** Digests, sizes and times, for whoever compares. */

import { h } from "../dom.ts";
import { bytes, duration, foreign, plural, systemName } from "../format.ts";
import type { Proof } from "../state.ts";
import type { Checked } from "../types.ts";
import { row } from "./facts.ts";

export function details(proof: Proof, { ms, together, outcome }: Checked, version: string): HTMLElement {
  const { envelope } = proof;
  const time =
    outcome.kind === "no-key"
      ? "not verified"
      : `${duration(ms)} on this device${together > 1 ? `, one of ${plural(together, "proof")} verified together` : ""}`;
  return h(
    "details",
    { class: "part", id: "technical" },
    h("summary", {}, h("span", {}, "Technical details")),
    h(
      "dl",
      { class: "facts" },
      row("Verified in", time, `, by popw ${version}`),
      row("Proof system", systemName(envelope.system), envelope.system === "halo2" && " with KZG and SHPLONK", ", over BN254"),
      row("Claim", `${foreign(envelope.claim)}, version ${envelope.claim_version}, shape ${foreign(envelope.shape)}`),
      row("Key", h("code", {}, envelope.key_digest)),
      row(
        "Size",
        `${bytes(envelope.proof.length / 2)} of proof; ${bytes(proof.compact.length)} as a compact document`,
        proof.bytes.length !== proof.compact.length && `; ${bytes(proof.bytes.length)} as given`,
      ),
      row("Nullifier", h("code", {}, envelope.public.nullifier)),
      row("Context", h("code", {}, envelope.public.context)),
      row("Outcome", h("code", {}, envelope.public.outcome)),
    ),
  );
}
