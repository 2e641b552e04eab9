/** The page: its inputs, and what is shown when something has changed. */

import { App, type Manifest } from "./app.ts";
import { Checker } from "./checker.ts";
import { byId, h, icon } from "./dom.ts";
import { claimName, foreign, quoted, systemName } from "./format.ts";
import * as intake from "./intake.ts";
import { ADDRESS } from "./source.ts";
import type { Actions } from "./view/actions.ts";
import { hasCamera, scan } from "./view/camera.ts";
import { contextPanel } from "./view/context.ts";
import { proofList, summary, wordsOf } from "./view/list.ts";
import { sharePart } from "./view/share.ts";
import { verdictCard } from "./view/verdict.ts";

declare const MANIFEST: Manifest;
declare const WORKER_FILE: string;

const picker = byId<HTMLInputElement>("picker");
const actions: Actions = { choose: () => picker.click(), share: (proof) => sharePart(proof, announce) };
const checker = new Checker(workerUrl(), (overdue) => {
  byId("stalled").hidden = !overdue;
  if (overdue) app.overdue();
});
const app = new App(checker, MANIFEST, show, (busy) => byId("main").setAttribute("aria-busy", String(busy)));

/** The only script that is ever named at run time, for browsers that ask for trusted names. */
function workerUrl(): string {
  const types = (globalThis as { trustedTypes?: { createPolicy(name: string, rules: object): { createScriptURL(name: string): string } } })
    .trustedTypes;
  return types?.createPolicy("popw", { createScriptURL: () => WORKER_FILE }).createScriptURL("") ?? WORKER_FILE;
}

/** Said by screen readers; shown in passing where it is not on the page anyway. */
function announce(text: string, seen = true): void {
  byId("status").textContent = text;
  const toast = byId("toast");
  toast.textContent = seen ? text : "";
  toast.hidden = !seen;
  if (seen) setTimeout(() => (toast.hidden = true), 4000);
}

function show(app: App, { added }: { added: boolean }): void {
  const { proofs, selected, notices, broken } = app.state;
  const focused = document.activeElement?.id;
  const open = document.querySelector<HTMLDetailsElement>("#technical")?.open ?? false;
  const proof = proofs.find(({ id }) => id === selected) ?? null;
  const anything = proofs.length + app.state.epochs.length + app.state.keys.length > 0 || app.state.spent !== null;

  document.body.classList.toggle("has-results", anything);
  byId("broken").hidden = broken === null;
  if (broken !== null) byId("broken-text").textContent = quoted(broken);
  byId("notices").replaceChildren(
    ...notices.map(({ id, name, text }) =>
      h(
        "div",
        { class: "notice" },
        h("p", {}, h("bdi", { class: "notice-name" }, foreign(name)), ": ", text, /[.!?]$/.test(text) ? "" : "."),
        h("button", { type: "button", class: "remove", "aria-label": `Dismiss the message about ${foreign(name)}`, onclick: () => app.dismiss(id) }, icon("cross")),
      ),
    ),
  );
  const list = proofList(app);
  byId("result").replaceChildren(
    ...(list instanceof Node ? [list] : []),
    ...(proof
      ? [verdictCard(app, proof, actions)]
      : anything
        ? [h("p", { class: "card pad waiting" }, "Now add a proof: drop it anywhere on this page.")]
        : []),
  );
  byId("context").replaceChildren(...(anything ? [contextPanel(app)] : []));
  byId("clear").hidden = !anything;
  byId("drop-title").textContent = proofs.length > 0 ? "Drop more anywhere" : "Drop a proof here";

  const technical = document.querySelector<HTMLDetailsElement>("#technical");
  if (technical) technical.open = open;
  focus(added, focused);
  say(app);
}

/** A new verdict is where one wants to be; otherwise focus stays, also when its element was drawn anew. */
function focus(added: boolean, before: string | undefined): void {
  if (document.querySelector("dialog[open]")) return;
  const title = document.getElementById("verdict-title");
  if (added) {
    title?.focus({ preventScroll: true });
    document.querySelector("#result > :first-child")?.scrollIntoView({ block: "nearest" });
  } else if (before && document.activeElement?.id !== before) {
    (document.getElementById(before) ?? title ?? byId("choose")).focus({ preventScroll: true });
  }
}

let said = "";

function say(app: App): void {
  const { proofs, selected, notices, broken } = app.state;
  const proof = proofs.find(({ id }) => id === selected);
  const latest = notices.at(-1);
  const parts = [
    broken !== null && `The verifier is not running: ${quoted(broken)}`,
    latest && `${foreign(latest.name)}: ${latest.text}`,
    proofs.length > 1 && summary(proofs.map((one) => wordsOf(app, one))),
    proof && verdictInWords(app, proof),
  ].filter((part) => typeof part === "string");
  const text = parts.join(". ");
  if (text === said) return;
  said = text;
  announce(text, false);
}

function verdictInWords(app: App, proof: Parameters<typeof wordsOf>[1]): string {
  const { title } = wordsOf(app, proof);
  const outcome = proof.checked?.outcome;
  const warnings = outcome?.kind === "verdict" ? outcome.verdict.warnings.map(({ message }) => `Warning: ${message}`) : [];
  return [title, ...warnings].join(". ");
}

function inputs(): void {
  byId("choose").addEventListener("click", actions.choose);
  picker.addEventListener("change", () => {
    app.addFiles([...(picker.files ?? [])]);
    picker.value = "";
  });
  byId("clear").addEventListener("click", () => {
    app.clear();
    history.replaceState(null, "", location.pathname + location.search);
    byId("choose").focus();
  });

  let depth = 0;
  const over = (on: boolean): void => void document.body.classList.toggle("dragging", on);
  addEventListener("dragenter", () => over(++depth > 0));
  addEventListener("dragleave", () => over((depth = Math.max(0, depth - 1)) > 0));
  addEventListener("dragover", (event) => event.preventDefault());
  addEventListener("drop", (event) => {
    event.preventDefault();
    over((depth = 0) > 0);
    if (event.dataTransfer) given("Dropped text", event.dataTransfer);
  });
  addEventListener("paste", (event) => {
    if (event.target instanceof HTMLTextAreaElement || !event.clipboardData) return;
    event.preventDefault();
    given("Pasted text", event.clipboardData);
  });

  for (const id of ["retry", "stop"]) {
    byId(id).addEventListener("click", () => {
      app.restart();
      byId("choose").focus();
    });
  }

  dialogs();
  const fromLocation = (): void => {
    const items = intake.fromFragment(ADDRESS, location.hash);
    if (items.length > 0) app.addItems(items);
  };
  addEventListener("hashchange", fromLocation);
  fromLocation();
}

function given(name: string, data: DataTransfer): void {
  const files = [...data.files];
  if (files.length > 0) app.addFiles(files);
  else if (data.getData("text/plain") !== "") app.addText(name, data.getData("text/plain"));
}

function dialogs(): void {
  for (const dialog of document.querySelectorAll("dialog")) {
    dialog.querySelector(".close")?.addEventListener("click", () => dialog.close());
  }
  const field = byId<HTMLTextAreaElement>("paste-text");
  byId("paste").addEventListener("click", () => {
    field.value = "";
    byId<HTMLDialogElement>("paste-dialog").showModal();
  });
  byId("paste-form").addEventListener("submit", () => {
    if (field.value.trim() !== "") app.addText("Pasted text", field.value);
  });
  byId("camera").hidden = !hasCamera();
  byId("camera").addEventListener("click", () => {
    scan(checker).then(
      (text) => text !== null && app.addCode("Camera", text),
      (error: unknown) => app.cameraFailed(error),
    );
  });
}

/** A row of buttons for each proof system. */
function examples(): void {
  const { examples } = app.manifest;
  for (const system of new Set(examples.map((example) => example.system))) {
    const buttons = examples
      .filter((example) => example.system === system)
      .map(({ name, file, claim }) => {
        const label = [claimName(claim), h("span", { class: "unseen" }, ` example, ${systemName(system)}`)];
        const load = (): void => app.addExample(file, `example ${name}`);
        return h("li", {}, h("button", { type: "button", class: "example", id: `example-${name}`, onclick: load }, ...label));
      });
    byId("examples").append(h("div", { class: "example-row" }, h("h3", {}, systemName(system)), h("ul", {}, buttons)));
  }
}

app.start();
examples();
inputs();
