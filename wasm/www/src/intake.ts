/** What a file or a text is, from its first bytes: names and types of files are not believed. */

import { bytes as size } from "./format.ts";
import { LARGEST, LIMITS } from "./limits.ts";
import * as share from "./share.ts";
import { ADDRESS, isOwn, type Source } from "./source.ts";

export type Item = { source: Source } & (
  | { kind: "proof"; bytes: Uint8Array }
  | { kind: "epoch"; text: string }
  | { kind: "key"; file: Uint8Array }
  | { kind: "spent"; nullifiers: string[] }
  | { kind: "picture"; blob: Blob }
  | { kind: "refused"; why: string }
);

/** What proofs are compared with, in words. */
const COMPARED: Partial<Record<Item["kind"], string>> = {
  epoch: "an epoch",
  key: "a verifying key",
  spent: "a list of paid claims",
};

/** Why an item is not taken from where it came; null if it is. */
export function barred({ kind, source }: Item): string | null {
  const what = COMPARED[kind];
  return what === undefined || isOwn(source)
    ? null
    : `${what} is taken from a file of your own alone: get it from the network, save it, and drop or choose the file`;
}

const ascii = (bytes: Uint8Array, from: number, until: number): string =>
  String.fromCharCode(...bytes.subarray(from, until));

function isPicture(head: Uint8Array): boolean {
  const start = ascii(head, 0, 4);
  return (
    start === "\x89PNG" ||
    start === "GIF8" ||
    start.startsWith("\xff\xd8\xff") ||
    start.startsWith("BM") ||
    (start === "RIFF" && ascii(head, 8, 12) === "WEBP")
  );
}

const isCompact = (bytes: Uint8Array): boolean => ascii(bytes, 0, 8) === "POPWPRF1";

const refused = (source: Source, why: string): Item[] => [{ kind: "refused", source, why }];

const tooLarge = (source: Source, found: number, most: number, what: string): Item[] =>
  refused(source, `${size(found)} is more than ${what} can have (${size(most)}); the file was not read`);

/** Reads a file, after its size has been looked at. */
export async function fromFile(file: File): Promise<Item[]> {
  const source: Source = { kind: "file", name: file.name };
  if (file.size === 0) return refused(source, "the file is empty");
  if (file.size > LARGEST) return tooLarge(source, file.size, LARGEST, "any file that this page reads");
  let head: Uint8Array;
  try {
    head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
    if (isPicture(head)) {
      return file.size > LIMITS.picture
        ? tooLarge(source, file.size, LIMITS.picture, "a picture")
        : [{ kind: "picture", source, blob: file }];
    }
    return fromBytes(source, new Uint8Array(await file.arrayBuffer()));
  } catch {
    return refused(source, "the browser could not read it: a folder, or a file that has changed meanwhile");
  }
}

export function fromBytes(source: Source, bytes: Uint8Array): Item[] {
  const magic = ascii(bytes, 0, 8);
  if (magic === "POPWVKEY") {
    return bytes.length > LIMITS.key
      ? tooLarge(source, bytes.length, LIMITS.key, "a verifying key")
      : [{ kind: "key", source, file: bytes }];
  }
  if (isCompact(bytes)) {
    return bytes.length > LIMITS.document
      ? tooLarge(source, bytes.length, LIMITS.document, "a proof")
      : [{ kind: "proof", source, bytes }];
  }
  if (ascii(bytes, 0, 15) === "SQLite format 3") {
    return refused(source, "a database; give the paid nullifiers as text, one decimal number a line");
  }
  if (/^POPW|^popwtree/.test(magic)) {
    return refused(source, "a popw file, but not a proof or a verifying key");
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refused(source, "neither text, nor a proof, a verifying key or a picture");
  }
  return fromText(source, text);
}

export function fromText(source: Source, given: string): Item[] {
  const text = given.replace(/^\uFEFF/, "").trim();
  if (text === "") return refused(source, "there is nothing in it");
  if (/^[\[{]/.test(text)) return fromJson(source, text);
  if (/^\d+(\s|,|$)/.test(text) || text.startsWith("# ")) return fromLines(source, text);
  if (/^format\s*=\s*"popw\.network"/m.test(text)) {
    return refused(source, "a network's policy; what this page needs of a network is its epoch file (popw.epoch)");
  }
  return fromLink(source, text);
}

function fromJson(source: Source, text: string): Item[] {
  if (text.startsWith("[")) return fromList(source, text);
  if (text.length > LIMITS.document) return tooLarge(source, text.length, LIMITS.document, "a proof or an epoch");
  let format: unknown;
  try {
    format = (JSON.parse(text) as { format?: unknown }).format;
  } catch {
    return refused(source, "it begins like JSON, but is not; perhaps it was cut off");
  }
  switch (format) {
    case "popw.proof":
      return [{ kind: "proof", source, bytes: new TextEncoder().encode(text) }];
    case "popw.epoch":
      return [{ kind: "epoch", source, text }];
    case "popw.key":
      return refused(source, "a secret key. It was ignored: never give one to a web page");
    default:
      return refused(
        source,
        typeof format === "string" && format.startsWith("popw.")
          ? "a popw document, but neither a proof (popw.proof) nor an epoch (popw.epoch)"
          : "JSON, but not a popw document: there is no “format” that says popw.proof or popw.epoch",
      );
  }
}

function fromList(source: Source, text: string): Item[] {
  if (text.length > LIMITS.spent) return tooLarge(source, text.length, LIMITS.spent, "a list of paid nullifiers");
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return refused(source, "it begins like a JSON list, but is not one; perhaps it was cut off");
  }
  return Array.isArray(list) && list.every((entry) => typeof entry === "string")
    ? nullifiers(source, list)
    : refused(source, "a JSON list, but not one of nullifiers as decimal strings");
}

function fromLines(source: Source, text: string): Item[] {
  if (text.length > LIMITS.spent) return tooLarge(source, text.length, LIMITS.spent, "a list of paid nullifiers");
  const lines = text.split(/\r?\n/).filter((line) => !line.startsWith("#"));
  return nullifiers(source, lines.flatMap((line) => line.split(/[\s,]+/)).filter((entry) => entry !== ""));
}

/** Whether each is below r is the verifier's to check; what is no decimal number at all is named here. */
function nullifiers(source: Source, entries: string[]): Item[] {
  const wrong = entries.findIndex((entry) => !/^(0|[1-9]\d{0,76})$/.test(entry));
  return wrong < 0
    ? [{ kind: "spent", source, nullifiers: entries }]
    : refused(source, `taken for a list of paid nullifiers, but entry ${wrong + 1} is not a decimal number in its shortest form`);
}

const isLink = (text: string): boolean => /^https?:\/\//.test(text) && text.includes("#");

const fragmentOf = (link: string): string => link.slice(link.indexOf("#"));

function fromLink(source: Source, text: string): Item[] {
  if (isLink(text)) return fromFragment({ kind: "link", name: source.name }, fragmentOf(text));
  const bytes = text.length <= share.LONGEST_LINK ? share.decode(text) : null;
  return bytes && isCompact(bytes)
    ? fromBytes(source, bytes)
    : refused(source, "not a proof, an epoch, a verifying key, a list of nullifiers or a link with a proof");
}

/** What a QR code says: a link, or a compact proof by itself. */
export function fromCode(name: string, given: string): Item[] {
  const source: Source = { kind: "code", name };
  const text = given.trim();
  if (isLink(text)) return fromFragment(source, fragmentOf(text));
  const bytes = share.decode(text);
  return carried(source, [bytes && isCompact(bytes) ? bytes : new TextEncoder().encode(text)]);
}

/** What the fragment of a link carries. All of it is proofs, or none is taken. */
export function fromFragment(source: Source, hash: string): Item[] {
  const read = share.fragment(hash);
  switch (read.kind) {
    case "proofs":
      return carried(source, read.proofs);
    case "broken":
      return refused(source, source === ADDRESS ? read.why : `a link, but ${read.why}`);
    case "none":
      return source === ADDRESS ? [] : refused(source, "a link that carries no proof");
  }
}

function carried(source: Source, parts: Uint8Array[]): Item[] {
  const other = parts.find((bytes) => !isCompact(bytes));
  return other
    ? refused(source, `it carries ${foreignPart(other)}, and ${share.ONLY_PROOFS}`)
    : parts.flatMap((bytes) => fromBytes(source, bytes));
}

const FORMATS = new Map([
  ["popw.proof", "a proof as JSON"],
  ["popw.epoch", "an epoch"],
  ["popw.key", "a secret key"],
]);

/** Names, as far as one can see at a glance, what a link should not carry. */
function foreignPart(bytes: Uint8Array): string {
  if (ascii(bytes, 0, 8) === "POPWVKEY") return "a verifying key";
  const text = new TextDecoder().decode(bytes).trim();
  if (/^(\d+(\s|,|$)|\[|# )/.test(text)) return "a list of paid claims";
  const format = /"format"\s*:\s*"([a-z.]*)"/.exec(text)?.[1] ?? "";
  return FORMATS.get(format) ?? "something that is not a proof";
}
