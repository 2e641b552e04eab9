/** Links that carry a proof: its compact form as base64url in the fragment, which browsers send to no server. */

const NAME = "proof";
/** Long enough for any proof that the page takes, in base64url. */
export const LONGEST_LINK = 1_500_000;

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

/** The link to `page` that carries the proof. */
export function link(page: string, compact: Uint8Array): string {
  return `${page.split("#")[0]}#${NAME}=${encode(compact)}`;
}

export type Fragment =
  | { kind: "none" }
  | { kind: "proofs"; proofs: Uint8Array[] }
  | { kind: "broken"; why: string };

/** Reads the fragment of a link. One that is for something else (`#main`) is none. */
export function fragment(hash: string): Fragment {
  const text = hash.replace(/^#/, "");
  if (!text.startsWith(`${NAME}=`)) return { kind: "none" };
  if (text.length > LONGEST_LINK) return { kind: "broken", why: "it is longer than any proof" };
  const proofs: Uint8Array[] = [];
  for (const part of text.split("&")) {
    const [name, value, ...rest] = part.split("=");
    if (name !== NAME) continue;
    const bytes = value && rest.length === 0 ? decode(value) : null;
    if (!bytes) return { kind: "broken", why: "what follows “#proof=” is not base64url; perhaps the link was cut off" };
    proofs.push(bytes);
  }
  return { kind: "proofs", proofs };
}
