/** Every way in: drop, pick, paste, compact files, links, QR codes, the examples. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import encodeQR from "qr";

import { PROOF, asFile, browser, check, code, copyLink, corpus, documentOf, drop, epochText, file, idle, inLink, notices, onPage, open, origins, pick, text, verdict } from "./support.mjs";

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
  assert.match((await notices(page)).join(), /cut\.popw.*not a readable popw document/);
}));

for (const name of corpus.documents.map(({ name }) => name)) {
  test(`a share link carries ${name}`, async () => {
    const page = await open(where);
    await pick(page, file(corpus.documents.find((document) => document.name === name).file));
    const link = await copyLink(page);
    assert.ok(link.startsWith(`${where.url}#proof=`));
    assert.equal(Buffer.from(link.split("#proof=")[1], "base64url").subarray(0, 8).toString(), "POPWPRF1");
    await check(page, where);

    const other = await open(where, { hash: new URL(link).hash });
    assert.equal(await code(other), UNCHECKED);
    assert.match(await other.locator(".facts").first().textContent(), new RegExp(documentOf(name).opening.payee.recipient.slice(-40)));
    await check(other, where);
  });
}

test("a pasted link, and one that only the fragment of the address changes to", onPage(where, {}, async (page) => {
  await pick(page, file(proofFile));
  const link = await copyLink(page);
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

test("a link of several proofs, and a QR code of a proof without a link", onPage(where, {}, async (page) => {
  const parts = [];
  for (const { file: name } of corpus.documents.filter(({ key }) => key.endsWith("groth16")).slice(0, 2)) {
    await pick(page, file(name));
    parts.push((await copyLink(page)).split("#")[1]);
    await page.getByRole("button", { name: "Clear all" }).click();
    await idle(page);
  }
  await page.evaluate((hash) => void (location.hash = hash), parts.join("&"));
  await idle(page);
  assert.equal(await page.locator(".list .item").count(), 2);
  await page.getByRole("button", { name: "Clear all" }).click();
  await idle(page);
  await pick(page, await qrPicture(page, "bare.png", parts[0].replace("proof=", "")));
  assert.equal(await code(page), UNCHECKED);
  assert.equal((await origins(page))[0], "Proof from a QR code: bare.png");
}));

test("a link that is shared carries nothing else of the page's address", async () => {
  const page = await open(where, { hash: "?utm=1" });
  await pick(page, file(proofFile));
  assert.ok((await copyLink(page)).startsWith(`${where.url}#proof=`));
  await check(page, where);
});

test("QR codes and pasted text bring nothing to compare with", onPage(where, {}, async (page) => {
  await pick(page, file(proofFile));
  await pick(page, asFile("mine.json", epochText), asFile("paid.txt", "1\n2"));
  assert.equal(await code(page), "due");
  const before = await page.locator("#context").textContent();
  const forged = JSON.stringify({ ...JSON.parse(epochText), network: "forged" });
  const key = readFileSync(file(corpus.keys.find(({ name }) => name === PROOF).file));
  for (const [content, why] of [
    [forged, /carries an epoch.*compact proofs only.*files of your own/],
    [`${where.url}${inLink(forged)}`, /carries an epoch.*compact proofs only/],
    [`${where.url}${inLink(key)}`, /carries a verifying key.*compact proofs only/],
    ["3\n4", /carries a list of paid claims.*compact proofs only/],
    [`${where.url}#proof=AAAA&spent=3`, /carries “spent”.*compact proofs only/],
    ["good morning", /carries something that is not a proof/],
  ]) {
    await pick(page, await qrPicture(page, "code.png", content));
    const said = (await notices(page)).at(-1);
    assert.match(said, /^code\.png: /);
    assert.match(said, why);
    assert.equal(await page.locator("#context").textContent(), before);
    assert.equal(await code(page), "due");
  }
  for (const [content, why] of [
    [forged, /an epoch is taken from a file of your own alone/],
    ["3\n4", /a list of paid claims is taken from a file of your own alone/],
    [JSON.stringify([documentOf(PROOF).public.nullifier]), /a list of paid claims is taken from a file/],
    [`${where.url}${inLink(forged)}`, /it carries an epoch/],
  ]) {
    await page.getByRole("button", { name: "Paste text" }).click();
    await page.getByRole("dialog").getByRole("textbox").fill(content);
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await idle(page);
    assert.match((await notices(page)).at(-1), why);
    assert.equal(await page.locator("#context").textContent(), before);
    assert.equal(await code(page), "due");
  }
  // A file of one's own may hold all of it, also one that another file of one's own has given.
  await pick(page, asFile("other.json", forged));
  assert.match((await notices(page)).at(-1), /^other\.json: used in place of mine\.json, which says something else about the same epoch/);
  assert.match(await page.locator("#context").textContent(), /forged.*from your file other\.json/);
}));

test("what came from where is said", onPage(where, {}, async (page) => {
  await page.getByRole("button", { name: "Paste text" }).click();
  await page.getByRole("dialog").getByRole("textbox").fill(text(proofFile));
  await page.getByRole("button", { name: "Check", exact: true }).click();
  await idle(page);
  assert.deepEqual(await origins(page), ["Proof from pasted text", "Key came with this page", "Epoch none given", "Paid claims none compared with"]);
  const link = await copyLink(page);
  await page.getByRole("button", { name: "Clear all" }).click();
  await idle(page);
  await page.evaluate((link) => void (location.hash = new URL(link).hash), link);
  await idle(page);
  const key = file(corpus.keys.find(({ name }) => name === PROOF).file);
  await pick(page, asFile("mine.json", epochText), asFile("a.txt", "1"), asFile("b.txt", "2"), asFile("my.vk", readFileSync(key)));
  assert.deepEqual(await origins(page), [
    "Proof from the link",
    "Key from your file my.vk",
    "Epoch from your file mine.json",
    "Paid claims from your file a.txt, from your file b.txt",
  ]);
  // The same proof in a file of one's own: it is the user's, too.
  await pick(page, asFile("mine.proof", text(proofFile)));
  assert.equal((await origins(page))[0], "Proof from your file mine.proof");
  await page.evaluate((link) => void (location.hash = `${new URL(link).hash}&`), link);
  await idle(page);
  assert.equal((await origins(page))[0], "Proof from your file mine.proof");
}));

test("pictures are measured before they are decoded", onPage(where, {}, async (page) => {
  const [worker] = page.workers();
  await worker.evaluate(() => {
    const decode = globalThis.createImageBitmap;
    globalThis.decoded = 0;
    globalThis.createImageBitmap = (...given) => ((globalThis.decoded += 1), decode(...given));
  });
  const be = (bytes, value) => [...Array(bytes).keys()].map((at) => (value >>> (8 * (bytes - 1 - at))) & 255);
  const le = (bytes, value) => be(bytes, value).reverse();
  const letters = (text) => [...Buffer.from(text, "latin1")];
  const riff = (kind, content) => [...letters("RIFF"), ...le(4, 100), ...letters("WEBP"), ...letters(kind), ...le(4, 10), ...content];
  const jpeg = (marker, before = []) => [0xff, 0xd8, ...before, 0xff, marker, 0, 17, 8, ...be(2, 60000), ...be(2, 50000), 3];
  const segment = (length) => [0xff, 0xe1, ...be(2, length + 2), ...Array(length).fill(0xc0)];
  for (const [name, bytes, size] of [
    ["a.png", [...letters("\x89PNG\r\n\x1a\n"), ...be(4, 13), ...letters("IHDR"), ...be(4, 50000), ...be(4, 60000), 8, 6, 0, 0, 0], "50000 × 60000"],
    ["screen.gif", [...letters("GIF89a"), ...le(2, 50000), ...le(2, 60000), 0, 0, 0, 0x2c, ...le(8, 0)], "50000 × 60000"],
    ["frame.gif", [...letters("GIF89a"), ...le(2, 1), ...le(2, 1), 0x80, 0, 0, ...Array(6).fill(7), 0x21, 0xf9, 4, 0, 0, 0, 0, 0, 0x2c, ...le(2, 1), ...le(2, 0), ...le(2, 50000), ...le(2, 60000), 0], "50001 × 60000"],
    ["a.jpg", jpeg(0xc0), "50000 × 60000"],
    ["progressive.jpg", jpeg(0xc2, [...segment(300), 0xff, ...segment(40)]), "50000 × 60000"],
    ["a.bmp", [...letters("BM"), ...le(12, 0), ...le(4, 40), ...le(4, 50000), ...le(4, -60000)], "50000 × 60000"],
    ["old.bmp", [...letters("BM"), ...le(12, 0), ...le(4, 12), ...le(2, 50000), ...le(2, 60000)], "50000 × 60000"],
    ["x.webp", riff("VP8X", [0, 0, 0, 0, ...le(3, 49999), ...le(3, 59999)]), "50000 × 60000"],
    ["l.webp", riff("VP8L", [0x2f, ...le(4, 0x0fffffff)]), "16384 × 16384"],
    ["lossy.webp", riff("VP8 ", [0, 0, 0, 0x9d, 1, 0x2a, ...le(2, 16383), ...le(2, 16383)]), "16383 × 16383"],
    ["long.png", [...letters("\x89PNG\r\n\x1a\n"), ...be(4, 13), ...letters("IHDR"), ...be(4, 1), ...be(4, 20000), 8, 6, 0, 0, 0], "1 × 20000"],
  ]) {
    await pick(page, asFile(name, Uint8Array.from([...bytes, ...Array(32).fill(0)])));
    assert.match((await notices(page)).at(-1), new RegExp(`^${name}: a picture of ${size} pixels is too large`));
  }
  // Where the size is not said, nothing is decoded either.
  for (const [name, bytes] of [
    ["cut.png", letters("\x89PNG\r\n\x1a\n")],
    ["none.png", [...letters("\x89PNG\r\n\x1a\n"), ...be(4, 13), ...letters("IHDR"), ...be(8, 0)]],
    ["none.gif", [...letters("GIF89a"), ...le(4, 0x00010001), 0, 0, 0, 0x3b]],
    ["garbage.jpg", [0xff, 0xd8, 0xff, 0xe0, 0, 2, 0, 0, ...jpeg(0xc0).slice(2)]],
    ["scan.jpg", [0xff, 0xd8, 0xff, 0xda, 0, 2]],
    ["other.webp", riff("ALPH", [0])],
  ]) {
    await pick(page, asFile(name, Uint8Array.from(bytes)));
    assert.match((await notices(page)).at(-1), new RegExp(`^${name}: .*cannot read this picture`));
  }
  assert.equal(await worker.evaluate(() => globalThis.decoded), 0);
  await pick(page, asFile("holiday.png", await page.locator("h1").screenshot()));
  assert.equal(await worker.evaluate(() => globalThis.decoded), 1);
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

/** A picture of the QR code of this text, drawn by the browser. */
async function qrPicture(page, name, content) {
  const modules = encodeQR(content, "raw", { ecc: "low", encoding: "byte", border: 4 });
  const base64 = await page.evaluate(async (modules) => {
    const scale = 6;
    const canvas = new OffscreenCanvas(modules.length * scale, modules.length * scale);
    const context = canvas.getContext("2d");
    context.fillStyle = "#fff";
    context.fillRect(0, 0, canvas.width, canvas.height);
    context.fillStyle = "#000";
    modules.forEach((line, y) => line.forEach((dark, x) => dark && context.fillRect(x * scale, y * scale, scale, scale)));
    const bytes = new Uint8Array(await (await canvas.convertToBlob({ type: "image/png" })).arrayBuffer());
    return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  }, modules);
  return asFile(name, Buffer.from(base64, "base64"));
}

async function download(page, button) {
  const [saved] = await Promise.all([page.waitForEvent("download"), page.getByRole("button", { name: button }).click()]);
  return readFileSync(await saved.path());
}
