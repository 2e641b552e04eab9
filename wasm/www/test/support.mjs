/** The page in a real browser, with the corpus's real proofs. Every page that a test opens is watched, see [`check`]. */
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before } from "node:test";
import { fileURLToPath } from "node:url";

import { chromium } from "playwright-core";

import { serve } from "../serve.mjs";

const here = dirname(fileURLToPath(import.meta.url));
export const CORPUS = process.env.POPW_CORPUS ?? join(here, "../../../corpus/standard");
export const DIST = join(here, "../dist");
export const SHOTS = join(here, "../shots");
export const corpus = JSON.parse(readFileSync(join(CORPUS, "manifest.json"), "utf8"));
export const file = (name) => join(CORPUS, name);
export const text = (name) => readFileSync(file(name), "utf8");
export const documentOf = (name) => JSON.parse(text(corpus.documents.find((entry) => entry.name === name).file));
export const epochText = text(corpus.epoch);
export const PROOF = "uptime-groth16";

const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** A browser and a server for all tests of a file. `where.url` is the page's address. */
export function browser(more = []) {
  const where = { url: process.env.POPW_PAGE_URL ?? "", context: null };
  let server;
  let profile;
  before(async () => {
    if (!where.url) ({ server, url: where.url } = await serve(DIST));
    profile = mkdtempSync(join(tmpdir(), "popw-page-"));
    where.context = await chromium.launchPersistentContext(profile, {
      executablePath: process.env.CHROMIUM ?? ["/usr/bin/chromium", "/usr/bin/chromium-browser"].find(existsSync),
      headless: true,
      args: [...FLAGS, ...more],
      permissions: ["clipboard-read", "clipboard-write"],
      viewport: { width: 1200, height: 900 },
      acceptDownloads: true,
      timezoneId: "UTC",
    });
  });
  after(async () => {
    await where.context?.close();
    server?.close();
    if (profile) rmSync(profile, { recursive: true, force: true });
  });
  return where;
}

/** Opens the page and waits until its verifier runs. */
export async function open(where, { hash = "", size, dark, reduced, init } = {}) {
  const page = await where.context.newPage();
  const seen = { requests: [], complaints: [] };
  page.on("request", (request) => seen.requests.push(request.url()));
  page.on("console", (message) => ["error", "warning"].includes(message.type()) && seen.complaints.push(message.text()));
  page.on("pageerror", (error) => seen.complaints.push(error.message));
  await page.addInitScript(() => {
    globalThis.violations = [];
    addEventListener("securitypolicyviolation", (event) => globalThis.violations.push(`${event.violatedDirective}: ${event.blockedURI}`));
  });
  if (init) await page.addInitScript(init);
  if (size) await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: dark ? "dark" : "light", reducedMotion: reduced ? "reduce" : "no-preference" });
  await page.goto(where.url + hash);
  await idle(page);
  return Object.assign(page, { seen });
}

/** Nothing was asked of another origin, the policy was not violated, nothing was complained about. Closes the page. */
export async function check(page, where) {
  const origin = new URL(where.url).origin;
  const foreign = page.seen.requests.filter((url) => !url.startsWith(origin) && !url.startsWith("blob:") && !url.startsWith("data:"));
  assert.deepEqual(foreign, [], "requests to other origins");
  assert.ok(page.seen.requests.length > 0);
  assert.deepEqual(await page.evaluate(() => globalThis.violations), [], "violations of the content security policy");
  assert.deepEqual(page.seen.complaints, [], "errors and warnings in the console");
  assert.deepEqual(page.workers().length, 1, "one worker");
  await page.close();
}

/** A test of the page that ends with [`check`]. */
export const onPage = (where, options, run) => async (context) => {
  const page = await open(where, options);
  await run(page, context);
  await check(page, where);
};

export async function idle(page) {
  // What a test did is given to the page in the same or the next turn of its event loop.
  await page.evaluate(() => new Promise((resolve) => setTimeout(resolve, 20)));
  await page.waitForSelector('main[aria-busy="false"]');
}

export async function pick(page, ...files) {
  await page.setInputFiles("#picker", files);
  await idle(page);
}

export const asFile = (name, content) => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(typeof content === "string" || content instanceof Uint8Array ? content : JSON.stringify(content)),
});

/** A real drop of files, as far as a page can tell. */
export async function drop(page, ...files) {
  const contents = files.map(({ name, buffer }) => ({ name, base64: buffer.toString("base64") }));
  await page.evaluate((contents) => {
    const dataTransfer = new DataTransfer();
    for (const { name, base64 } of contents) {
      dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
    }
    const target = document.querySelector("h1");
    for (const type of ["dragenter", "dragover", "drop"]) {
      target.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer }));
    }
  }, contents);
  await idle(page);
}

/** The link that the page makes of the proof it shows. */
export async function copyLink(page) {
  await page.evaluate(() => (document.getElementById("toast").hidden = true));
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.waitForSelector(".toast:visible");
  return page.evaluate(() => navigator.clipboard.readText());
}

/** What the verdict is said to be made of: `Proof from the link`, and so on. */
export const origins = (page) => page.locator(".origins > div").allTextContents();

/** A fragment that carries these bytes or this text where a proof belongs. */
export const inLink = (content) => `#proof=${Buffer.from(content).toString("base64url")}`;

/** What the card says: the verdict's code, tone and title. */
export async function verdict(page) {
  const card = page.locator("article");
  return {
    code: await card.getAttribute("data-code"),
    tone: await card.getAttribute("data-tone"),
    title: await page.locator("#verdict-title").textContent(),
  };
}

export const code = (page) => page.locator("article").getAttribute("data-code");
export const notices = (page) => page.locator(".notice:visible p").allTextContents();

/** Changes the value at a JSON pointer. */
export function edit(document, pointer, value) {
  const parts = pointer.split("/").slice(1).map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = parts.pop();
  const parent = parts.reduce((at, part) => at[part], document);
  if (value === undefined) delete parent[last];
  else parent[last] = value;
  return document;
}
