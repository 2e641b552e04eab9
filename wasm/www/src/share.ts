/** Links that carry proofs: their compact form as base64url in the fragment, which browsers send to no server. */

import { foreign, whole } from "./format.ts";
import { LIMITS } from "./limits.ts";

const NAME = "proof";
/** Long enough for any proof that the page takes, in base64url. */
export const LONGEST_LINK = 1_500_000;

/** Why something else in a link is not taken, after what it is. */
export const ONLY_PROOFS =
  "links and QR codes carry compact proofs only, so nothing of it was used. Keys, epochs and paid claims are taken from files of your own";

export function encode(bytes: Uint8Array): string {
  let binary = "";
  for (let at = 0; at < bytes.length; at += 0x8000) {
    binary += String.fromCharCode(...bytes.subarray(at, at + 0x8000));
  }
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** Null for anything but base64url without padding. */
export function decode(text: string): Uint8Array | null {
  if (!/^[A-Za-z0-9_-]+$/.test(text)) return null;
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    return Uint8Array.from(binary, (character) => character.charCodeAt(0));
  } catch {
    return null;
  }
}

/** The link to `page` that carries the proof, and nothing else that `page` had. */
export function link(page: string, compact: Uint8Array): string {
  const url = new URL(page);
  url.search = "";
  url.hash = "";
  return `${url.href}#${NAME}=${encode(compact)}`;
}

export type Fragment =
  | { kind: "none" }
  | { kind: "proofs"; proofs: Uint8Array[] }
  | { kind: "broken"; why: string };

const broken = (why: string): Fragment => ({ kind: "broken", why });

/** Reads the fragment of a link. One that gives nothing a name (`#main`) is for something else. */
export function fragment(hash: string): Fragment {
  const text = hash.replace(/^#/, "");
  if (!text.includes("=")) return { kind: "none" };
  if (text.length > LONGEST_LINK) return broken("it carries no proof: it is longer than any proof");
  const parts = text.split("&").filter((part) => part !== "");
  const other = parts.find((part) => !part.startsWith(`${NAME}=`));
  if (other !== undefined) return broken(`it carries “${foreign(other.replace(/=[^]*/, ""))}”, and ${ONLY_PROOFS}`);
  if (parts.length > LIMITS.linked) {
    return broken(`it carries ${whole(parts.length)} proofs, and a link may carry ${LIMITS.linked}; nothing of it was used. Give them as files`);
  }
  const proofs = parts.map((part) => decode(part.slice(NAME.length + 1)));
  return proofs.every((bytes) => bytes !== null)
    ? { kind: "proofs", proofs }
    : broken("it carries no proof: what follows “#proof=” is not base64url; perhaps the link was cut off");
}
