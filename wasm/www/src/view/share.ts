/** Handing a proof on: link, QR code, file. */

import encodeQR from "qr";

import { byId, h, svg, type Child } from "../dom.ts";
import { bytes } from "../format.ts";
import * as share from "../share.ts";
import type { Proof } from "../state.ts";

/** What the largest QR code holds, in bytes, with the least error correction. */
const LARGEST_QR = 2953;

export function sharePart(proof: Proof, announce: (text: string) => void): Child {
  const link = share.link(location.href, proof.compact);
  const fits = link.length <= LARGEST_QR;
  return h(
    "section",
    { class: "part share", "aria-labelledby": "share-title" },
    h("h3", { id: "share-title" }, "Share this proof"),
    h(
      "div",
      { class: "buttons" },
      h("button", { type: "button", class: "plain", id: "copy-link", onclick: () => void copy(link, announce) }, "Copy link"),
      fits && h("button", { type: "button", class: "plain", id: "show-qr", onclick: () => showQr(link) }, "Show QR code"),
      h("button", { type: "button", class: "plain", id: "save", onclick: () => save(proof) }, "Save compact file"),
    ),
    h(
      "p",
      { class: "hint" },
      "The link carries the proof after its #, which browsers send to no server. ",
      !fits && `This proof is too large for a QR code: its link has ${bytes(link.length)}, a code holds ${bytes(LARGEST_QR)}.`,
    ),
  );
}

async function copy(link: string, announce: (text: string) => void): Promise<void> {
  try {
    await navigator.clipboard.writeText(link);
    announce("The link was copied.");
  } catch {
    // Where the clipboard is closed to the page, the link is shown instead, selected.
    const field = byId<HTMLTextAreaElement>("link-text");
    field.value = link;
    byId<HTMLDialogElement>("link-dialog").showModal();
    field.select();
  }
}

function save(proof: Proof): void {
  const { claim, opening } = proof.envelope;
  download(new Blob([proof.compact as BlobPart]), `${claim}-epoch-${opening.context.epoch}.popw`);
}

function download(content: Blob, name: string): void {
  const url = URL.createObjectURL(content);
  h("a", { href: url, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

async function savePicture(modules: boolean[][]): Promise<void> {
  const canvas = new OffscreenCanvas(modules.length * MODULE, modules.length * MODULE);
  const context = canvas.getContext("2d");
  if (!context) return;
  modules.forEach((line, y) =>
    line.forEach((dark, x) => {
      context.fillStyle = dark ? "#000" : "#fff";
      context.fillRect(x * MODULE, y * MODULE, MODULE, MODULE);
    }),
  );
  download(await canvas.convertToBlob({ type: "image/png" }), "proof.png");
}

/** Pixels of a module in the picture that is saved. */
const MODULE = 6;

function showQr(link: string): void {
  // The quiet zone is four modules wide, as the standard has it.
  const modules = encodeQR(link, "raw", { ecc: "low", encoding: "byte", border: 4 });
  byId("qr-code").replaceChildren(drawing(modules));
  byId("save-qr").onclick = () => void savePicture(modules);
  byId<HTMLDialogElement>("qr-dialog").showModal();
}

/** Dark on light whatever the page's colours are: readers expect it. */
function drawing(modules: boolean[][]): SVGElement {
  const path = modules.flatMap((line, y) => line.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : ""))).join("");
  const size = modules.length;
  return svg(
    "svg",
    { viewBox: `0 0 ${size} ${size}`, role: "img", "aria-label": "QR code of the link to this proof", "shape-rendering": "crispEdges" },
    svg("rect", { width: size, height: size, fill: "#fff" }),
    svg("path", { d: path, fill: "#000" }),
  );
}
