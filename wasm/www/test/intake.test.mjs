/** Every way in: drop, pick, paste, compact files, links, QR codes, the examples. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { PROOF, asFile, browser, check, code, corpus, documentOf, drop, epochText, file, idle, notices, onPage, open, pick, text, verdict } from "./support.mjs";

const where = browser();
const proofFile = corpus.documents.find(({ name }) => name === PROOF).file;
const UNCHECKED = "valid-context-not-checked";

test("a picked proof holds, and that is all it says", onPage(where, {}, async (page) => {
  await pick(page, file(proofFile));
  assert.deepEqual(await verdict(page), {
    code: UNCHECKED,
    tone: "caution",
    title: "The proof holds — but nothing shows that it is about a real network's epoch",
  });
  assert.equal(await page.evaluate(() => document.activeElement.id), "verdict-title");
}));

test("a dropped proof, and a dropped epoch after it", onPage(where, {}, async (page) => {
  await drop(page, asFile("a.json", text(proofFile)));
  assert.equal(await code(page), UNCHECKED);
  await drop(page, asFile("b.json", epochText));
  assert.equal(await code(page), "valid-for-this-epoch");
}));

test("a pasted proof, from the clipboard and through the dialog", onPage(where, {}, async (page) => {
  await page.evaluate((proof) => navigator.clipboard.writeText(proof), text(proofFile));
  await page.locator("h1").click();
  await page.keyboard.press("Control+V");
  await page.waitForSelector("article");
  assert.equal(await code(page), UNCHECKED);
  await page.getByRole("button", { name: "Clear all" }).click();
  await idle(page);
  assert.equal(await page.locator("article").count(), 0);
  await page.getByRole("button", { name: "Paste text" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill(text(proofFile));
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await page.waitForSelector("article");
  assert.equal(await code(page), UNCHECKED);
}));

test("the compact file that the page saves is read again", onPage(where, {}, async (page) => {
  await pick(page, file(proofFile));
  const saved = await download(page, "Save compact file");
  assert.equal(saved.subarray(0, 8).toString(), "POPWPRF1");
  await page.getByRole("button", { name: "Clear all" }).click();
  await pick(page, asFile("saved.popw", saved));
  assert.equal(await code(page), UNCHECKED);
  await pick(page, asFile("cut.popw", saved.subarray(0, saved.length - 1)));
  assert.match((await notices(page)).join(), /cut\.popw.*not a readable document/);
}));

for (const name of corpus.documents.map(({ name }) => name)) {
  test(`a share link carries ${name}`, async () => {
    const page = await open(where);
    await pick(page, file(corpus.documents.find((document) => document.name === name).file));
    await page.getByRole("button", { name: "Copy link" }).click();
    await page.waitForSelector(".toast:visible");
    const link = await page.evaluate(() => navigator.clipboard.readText());
    assert.ok(link.startsWith(`${where.url}#proof=`));
    await check(page, where);

    const other = await open(where, { hash: new URL(link).hash });
    assert.equal(await code(other), UNCHECKED);
    assert.match(await other.locator(".facts").first().textContent(), new RegExp(documentOf(name).opening.payee.recipient.slice(-40)));
    await check(other, where);
  });
}

test("a pasted link, and one that only the fragment of the address changes to", onPage(where, {}, async (page) => {
  await pick(page, file(proofFile));
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.waitForSelector(".toast:visible");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  for (const enter of [
    () => page.keyboard.press("Control+V"),
    () => page.evaluate((link) => void (location.hash = new URL(link).hash), link),
  ]) {
    await page.getByRole("button", { name: "Clear all" }).click();
    await idle(page);
    assert.equal(await page.locator("article").count(), 0);
    await enter();
    await page.waitForSelector("article");
    assert.equal(await code(page), UNCHECKED);
  }
}));

test("a QR code is shown, saved, and read again", onPage(where, {}, async (page) => {
  await pick(page, file(proofFile));
  await page.getByRole("button", { name: "Show QR code" }).click();
  assert.equal(await page.getByRole("img", { name: "QR code of the link to this proof" }).count(), 1);
  const picture = await download(page, "Save picture");
  const shown = await page.getByRole("dialog").screenshot();
  await page.getByRole("button", { name: "Close" }).click();
  for (const [name, bytes] of [["saved.png", picture], ["photographed.png", shown]]) {
    await page.getByRole("button", { name: "Clear all" }).click();
    await idle(page);
    await pick(page, asFile(name, bytes));
    assert.deepEqual(await notices(page), [], name);
    assert.equal(await code(page), UNCHECKED, name);
  }
}));

test("a picture without a QR code, and one of something else, are named", onPage(where, {}, async (page) => {
  await pick(page, asFile("holiday.png", await page.locator("h1").screenshot()));
  assert.match((await notices(page)).at(-1), /holiday\.png: no QR code was found/);
  await pick(page, asFile("cut.png", (await page.screenshot()).subarray(0, 200)));
  assert.match((await notices(page)).at(-1), /cut\.png: .*cannot read this picture/);
  assert.equal(await page.locator("article").count(), 0);
}));

test("a proof that is too large for a QR code says so, and has a link", onPage(where, {}, async (page) => {
  const large = corpus.documents.map(({ name }) => name).filter((name) => documentOf(name).proof.length / 2 > 2953);
  const name = large[0] ?? corpus.documents.find(({ key }) => key.endsWith("halo2")).name;
  const longer = documentOf(name);
  if (large.length === 0) longer.proof += "00".repeat(2953);
  await pick(page, asFile("large.json", longer));
  assert.equal(await page.getByRole("button", { name: "Show QR code" }).count(), 0);
  assert.match(await page.locator(".share").textContent(), /too large for a QR code/);
  assert.equal(await page.getByRole("button", { name: "Copy link" }).count(), 1);
}));

test("every example is verified, and its epoch is one click away", onPage(where, {}, async (page) => {
  const buttons = page.locator("#examples button");
  assert.equal(await buttons.count(), corpus.documents.length);
  for (let at = 0; at < corpus.documents.length; at += 1) {
    await buttons.nth(at).click();
    await page.waitForSelector("article");
    assert.equal(await code(page), UNCHECKED);
    await page.getByRole("button", { name: "Use the example's epoch file" }).click();
    await idle(page);
    assert.equal(await code(page), "valid-for-this-epoch");
    await page.getByRole("button", { name: "Clear all" }).click();
    await idle(page);
  }
}));

async function download(page, button) {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  return readFileSync(await saved.path());
}
