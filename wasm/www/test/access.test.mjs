/** For everyone: keyboard, screen reader, small screens, both colour schemes. */
import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";

import { PROOF, SHOTS, asFile, browser, code, corpus, documentOf, epochText, idle, onPage, pick } from "./support.mjs";

const where = browser();
const WORK = "work-groth16";
mkdirSync(SHOTS, { recursive: true });

/** The states of the page that are looked at, each from the one before. */
const STATES = [
  ["empty", async () => {}],
  ["unchecked", (page) => pick(page, asFile("work.json", documentOf(WORK)))],
  ["epoch", (page) => pick(page, asFile("epoch.json", epochText))],
  ["refused", (page) => pick(page, asFile("changed.json", { ...documentOf(PROOF), public: { ...documentOf(PROOF).public, nullifier: "7" } }))],
  ["key-needed", (page) => pick(page, asFile("foreign.json", { ...documentOf(PROOF), key_digest: "ab".repeat(32) }), asFile("bad.vk", "POPWVKEY"), asFile("x", "?"))],
];

for (const dark of [false, true]) {
  for (const size of [{ width: 1200, height: 900 }, { width: 360, height: 740 }]) {
    const name = `${size.width < 500 ? "phone" : "desk"}-${dark ? "dark" : "light"}`;
    test(`contrast, width and targets: ${name}`, onPage(where, { dark, size }, async (page) => {
      for (const [state, reach] of STATES) {
        await reach(page);
        await page.evaluate(() => document.querySelector("#technical")?.setAttribute("open", ""));
        await page.evaluate(() => document.getAnimations().forEach((animation) => animation.finish()));
        const texts = await page.evaluate(measureContrast);
        assert.ok(texts.length > 10, "texts were measured");
        assert.deepEqual(texts.filter(({ contrast, needed }) => contrast < needed), [], `${state}: contrast`);
        assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth), `${state}: wider than the screen`);
        assert.deepEqual(await page.evaluate(smallTargets), [], `${state}: targets below 24 pixels`);
        await page.screenshot({ path: join(SHOTS, `${name}-${state}.png`), fullPage: true });
      }
      const grounds = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
      assert.equal(/^rgb\((\d+)/.exec(grounds)[1] < 128, dark, "the scheme that was asked for");
    }));
  }
}

test("landmarks, headings, names and live region, as a screen reader has them", onPage(where, {}, async (page) => {
  for (const [role, name] of [["banner"], ["main"], ["contentinfo"]]) {
    assert.equal(await page.getByRole(role, name ? { name } : {}).count(), 1, role);
  }
  for (const [, reach] of STATES) {
    await reach(page);
    assert.deepEqual(await page.evaluate(structure), [], "structure");
  }
  assert.equal(await page.getByRole("region", { name: "Verdict" }).count(), 1);
  assert.equal(await page.getByRole("complementary", { name: "What proofs are compared with" }).count(), 1);
  assert.equal(await page.getByRole("article", { name: /^Not checked: its key is not here$/ }).count(), 1);
  assert.equal(await page.getByRole("status").count(), 1);
  assert.equal(await page.locator("html").getAttribute("lang"), "en");
}));

test("the live region says the verdict, warnings, and what could not be read", onPage(where, {}, async (page) => {
  const status = page.getByRole("status");
  assert.equal(await status.textContent(), "");
  await pick(page, asFile("proof.json", documentOf(PROOF)));
  assert.match(await status.textContent(), /^The proof holds — but nothing shows.*Warning: development key/);
  await pick(page, asFile("epoch.json", epochText));
  assert.match(await status.textContent(), /^Valid for this epoch/);
  await pick(page, asFile("x.txt", "?"));
  assert.match(await status.textContent(), /^x\.txt: not a proof/);
}));

test("everything by keyboard alone", onPage(where, {}, async (page) => {
  const focused = () => page.evaluate(() => document.activeElement.id || document.activeElement.className);
  const tabTo = async (id) => {
    for (let presses = 0; presses < 60; presses += 1) {
      await page.keyboard.press("Tab");
      if ((await focused()) === id) {
        assert.notEqual(await page.evaluate(() => getComputedStyle(document.activeElement).outlineStyle), "none", `${id}: focus is seen`);
        return;
      }
    }
    assert.fail(`Tab never reaches ${id}`);
  };
  const choosers = [];
  page.on("filechooser", (chooser) => choosers.push(chooser));
  await page.keyboard.press("Tab");
  assert.equal(await focused(), "skip");
  await tabTo("choose");
  await page.keyboard.press("Enter");
  await idle(page);
  assert.equal(choosers.length, 1, "the file picker opens");
  await tabTo(`example-${WORK}`);
  await page.keyboard.press("Enter");
  await page.waitForSelector("article");
  assert.equal(await focused(), "verdict-title");
  await tabTo("example-epoch");
  await page.keyboard.press("Space");
  await idle(page);
  assert.equal(await code(page), "valid-for-this-epoch");
  assert.equal(await focused(), "verdict-title", "the button is gone: reading goes on at the verdict");
  await tabTo("show-qr");
  await page.keyboard.press("Enter");
  assert.equal(await page.getByRole("dialog", { name: "QR code of this proof" }).count(), 1);
  await page.keyboard.press("Escape");
  assert.equal(await page.getByRole("dialog").count(), 0);
  assert.equal(await focused(), "show-qr");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.locator("#technical").getAttribute("open"), "");
  await page.keyboard.press("Shift+Tab");
  await tabTo(await page.locator("#context .remove").first().getAttribute("id"));
  await page.keyboard.press("Enter");
  await idle(page);
  assert.equal(await code(page), "valid-context-not-checked");
}));

test("a list of proofs by keyboard: focus stays where one chooses", onPage(where, {}, async (page) => {
  await pick(page, ...corpus.documents.slice(0, 3).map(({ name }) => asFile(`${name}.json`, documentOf(name))));
  const second = page.locator(".list .item").nth(1);
  await second.focus();
  await page.keyboard.press("Enter");
  assert.equal(await second.getAttribute("aria-current"), "true");
  assert.equal(await page.evaluate(() => document.activeElement.id), await second.getAttribute("id"));
}));

for (const reduced of [true, false]) {
  test(`${reduced ? "nothing moves for those who asked for that" : "elsewhere colours change softly"}`, onPage(where, { reduced }, async (page) => {
    await pick(page, asFile("proof.json", documentOf(PROOF)));
    const moving = await page.evaluate(() => [...document.querySelectorAll("*")].filter((element) => getComputedStyle(element).transitionDuration !== "0s").length);
    assert.equal(moving === 0, reduced);
  }));
}

test("the page can be read at twice the size", onPage(where, { size: { width: 640, height: 480 } }, async (page) => {
  await pick(page, asFile("work.json", documentOf(WORK)), asFile("epoch.json", epochText));
  await page.evaluate(() => (document.documentElement.style.fontSize = "200%"));
  assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
}));

/** Runs in the page: every piece of text with its contrast to what is painted behind it (WCAG 2.2, 1.4.3). */
function measureContrast() {
  const channel = (value) => (value / 255 <= 0.04045 ? value / 255 / 12.92 : ((value / 255 + 0.055) / 1.055) ** 2.4);
  const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const colour = (text) => {
    const [r, g, b, a = 1] = text.match(/[\d.]+/g).map(Number);
    return [r, g, b, a];
  };
  const ground = (element) => {
    for (let at = element; at; at = at.parentElement) {
      const found = colour(getComputedStyle(at).backgroundColor);
      if (found[3] === 1) return found;
      if (found[3] > 0) throw new Error(`a half-transparent ground on ${at.className}`);
    }
    return [255, 255, 255];
  };
  const texts = [];
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    const text = walker.currentNode.textContent.trim();
    if (text === "" || !element.checkVisibility() || element.closest(".unseen, .skip, dialog:not([open])")) continue;
    const style = getComputedStyle(element);
    const [light, dark] = [luminance(colour(style.color)), luminance(ground(element))].sort((a, b) => b - a);
    const size = parseFloat(style.fontSize);
    const needed = size >= 24 || (size >= 18.66 && Number(style.fontWeight) >= 700) ? 3 : 4.5;
    texts.push({ text: text.slice(0, 40), contrast: Math.round(((light + 0.05) / (dark + 0.05)) * 100) / 100, needed });
  }
  return texts;
}

/** Runs in the page: controls smaller than WCAG 2.2, 2.5.8 allows. */
function smallTargets() {
  return [...document.querySelectorAll("button, summary, a")]
    .filter((element) => element.checkVisibility() && !element.matches(".skip"))
    .map((element) => ({ element: element.id || element.className, ...element.getBoundingClientRect().toJSON() }))
    .filter(({ width, height }) => width < 24 || height < 24);
}

/** Runs in the page: what is wrong with ids, names of controls, order of headings. */
function structure() {
  const wrong = [];
  const ids = [...document.querySelectorAll("[id]")].map(({ id }) => id);
  for (const id of new Set(ids)) if (ids.filter((other) => other === id).length > 1) wrong.push(`id ${id} twice`);
  for (const attribute of ["aria-labelledby", "aria-describedby", "for"]) {
    for (const element of document.querySelectorAll(`[${attribute}]`)) {
      if (!document.getElementById(element.getAttribute(attribute))) wrong.push(`${attribute} to nothing: ${element.outerHTML.slice(0, 80)}`);
    }
  }
  for (const control of document.querySelectorAll("button, textarea, input, summary")) {
    const label = control.labels?.[0]?.textContent ?? "";
    if (`${control.getAttribute("aria-label") ?? ""}${control.textContent}${label}`.trim() === "") wrong.push(`no name: ${control.outerHTML.slice(0, 80)}`);
  }
  let level = 0;
  for (const heading of [...document.querySelectorAll("h1, h2, h3")].filter((heading) => heading.checkVisibility())) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) wrong.push(`${heading.tagName} after H${level}: ${heading.textContent}`);
    level = next;
  }
  if (document.querySelectorAll("h1").length !== 1) wrong.push("not one h1");
  return wrong;
}
