/** What a file or a text is, from its first bytes: names and types of files are not believed. */

import { bytes as size } from "./format.ts";
import { LARGEST, LIMITS } from "./limits.ts";
import * as share from "./share.ts";

export type Item =
  | { kind: "proof"; name: string; bytes: Uint8Array }
  | { kind: "epoch"; name: string; text: string }
  | { kind: "key"; name: string; file: Uint8Array }
  | { kind: "spent"; name: string; nullifiers: string[] }
  | { kind: "picture"; name: string; blob: Blob }
  | { kind: "refused"; name: string; why: string };

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

const refused = (name: string, why: string): Item[] => [{ kind: "refused", name, why }];

const tooLarge = (name: string, found: number, most: number, what: string): Item[] =>
  refused(name, `${size(found)} is more than ${what} can have (${size(most)}); the file was not read`);

/** Reads a file, after its size has been looked at. */
export async function fromFile(file: File): Promise<Item[]> {
  const { name } = file;
  if (file.size === 0) return refused(name, "the file is empty");
  if (file.size > LARGEST) return tooLarge(name, file.size, LARGEST, "any file that this page reads");
  let head: Uint8Array;
  try {
    head = new Uint8Array(await file.slice(0, 16).arrayBuffer());
    if (isPicture(head)) {
      return file.size > LIMITS.picture
        ? tooLarge(name, file.size, LIMITS.picture, "a picture")
        : [{ kind: "picture", name, blob: file }];
    }
    return fromBytes(name, new Uint8Array(await file.arrayBuffer()));
  } catch {
    return refused(name, "the browser could not read it; a folder, or a file that has changed meanwhile");
  }
}

export function fromBytes(name: string, bytes: Uint8Array): Item[] {
  const magic = ascii(bytes, 0, 8);
  if (magic === "POPWVKEY") {
    return bytes.length > LIMITS.key
      ? tooLarge(name, bytes.length, LIMITS.key, "a verifying key")
      : [{ kind: "key", name, file: bytes }];
  }
  if (magic === "POPWPRF1") {
    return bytes.length > LIMITS.document
      ? tooLarge(name, bytes.length, LIMITS.document, "a proof")
      : [{ kind: "proof", name, bytes }];
  }
  if (ascii(bytes, 0, 15) === "SQLite format 3") {
    return refused(name, "a database; give the paid nullifiers as text, one decimal number a line");
  }
  if (/^POPW|^popwtree/.test(magic)) {
    return refused(name, "a file of popw, but not a proof or a verifying key");
  }
  let text: string;
  try {
    text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return refused(name, "neither text, nor a proof, a verifying key or a picture");
  }
  return fromText(name, text);
}

export function fromText(name: string, given: string): Item[] {
  const text = given.replace(/^\uFEFF/, "").trim();
  if (text === "") return refused(name, "there is nothing in it");
  if (/^[\[{]/.test(text)) return fromJson(name, text);
  if (/^\d+(\s|,|$)/.test(text) || text.startsWith("# ")) return fromLines(name, text);
  if (/^format\s*=\s*"popw\.network"/m.test(text)) {
    return refused(name, "a network's policy; what this page needs of a network is its epoch file (popw.epoch)");
  }
  return fromLink(name, text);
}

function fromJson(name: string, text: string): Item[] {
  if (text.startsWith("[")) return fromList(name, text);
  if (text.length > LIMITS.document) return tooLarge(name, text.length, LIMITS.document, "a proof or an epoch");
  let format: unknown;
  try {
    format = (JSON.parse(text) as { format?: unknown }).format;
  } catch {
    return refused(name, "it begins like JSON, but is none; perhaps it was cut off");
  }
  switch (format) {
    case "popw.proof":
      return [{ kind: "proof", name, bytes: new TextEncoder().encode(text) }];
    case "popw.epoch":
      return [{ kind: "epoch", name, text }];
    case "popw.key":
      return refused(name, "a secret key. It was ignored: never give one to a web page");
    default:
      return refused(
        name,
        typeof format === "string" && format.startsWith("popw.")
          ? "a document of popw, but neither a proof (popw.proof) nor an epoch (popw.epoch)"
          : "JSON, but not a document of popw: there is no “format” that says popw.proof or popw.epoch",
      );
  }
}

function fromList(name: string, text: string): Item[] {
  if (text.length > LIMITS.spent) return tooLarge(name, text.length, LIMITS.spent, "a list of paid nullifiers");
  let list: unknown;
  try {
    list = JSON.parse(text);
  } catch {
    return refused(name, "it begins like a JSON list, but is none; perhaps it was cut off");
  }
  return Array.isArray(list) && list.every((entry) => typeof entry === "string")
    ? nullifiers(name, list)
    : refused(name, "a JSON list, but not one of nullifiers as decimal strings");
}

function fromLines(name: string, text: string): Item[] {
  if (text.length > LIMITS.spent) return tooLarge(name, text.length, LIMITS.spent, "a list of paid nullifiers");
  const lines = text.split(/\r?\n/).filter((line) => !line.startsWith("#"));
  return nullifiers(name, lines.flatMap((line) => line.split(/[\s,]+/)).filter((entry) => entry !== ""));
}

/** Whether each is below r is the verifier's to check; what is no decimal number at all is named here. */
function nullifiers(name: string, entries: string[]): Item[] {
  const wrong = entries.findIndex((entry) => !/^(0|[1-9]\d{0,76})$/.test(entry));
  return wrong < 0
    ? [{ kind: "spent", name, nullifiers: entries }]
    : refused(name, `taken for a list of paid nullifiers, but entry ${wrong + 1} is not a decimal number in its shortest form`);
}

function fromLink(name: string, text: string): Item[] {
  const hash = text.indexOf("#");
  if (/^https?:\/\//.test(text) && hash >= 0) {
    const read = share.fragment(text.slice(hash));
    if (read.kind === "proofs") return read.proofs.flatMap((bytes) => fromBytes(name, bytes));
    return refused(name, read.kind === "broken" ? `a link, but ${read.why}` : "a link that carries no proof");
  }
  const bytes = text.length <= share.LONGEST_LINK ? share.decode(text) : null;
  return bytes && ascii(bytes, 0, 8) === "POPWPRF1"
    ? fromBytes(name, bytes)
    : refused(name, "not a proof, an epoch, a verifying key, a list of nullifiers or a link with a proof");
}
