/** What a page meets that takes files and links from anyone. */
import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test } from "node:test";

import { serve } from "../serve.mjs";
import { DIST, PROOF, asFile, browser, check, code, copyLink, corpus, documentOf, drop, epochText, file, idle, inLink, notices, onPage, open, origins, pick } from "./support.mjs";

const where = browser();
const HTML = `<img src=x onerror="globalThis.hit = 1"><script>globalThis.hit = 1</script>`;
const keyFile = file(corpus.keys.find(({ name }) => name === PROOF).file);
const none = async (page) => assert.equal(await page.locator("article").count(), 0);

for (const [name, hash, why] of [
  ["not base64url", "#proof=%%%", /carries no proof.*not base64url/],
  ["empty", "#proof=", /carries no proof/],
  ["of an impossible length", "#proof=A", /carries no proof/],
  ["random bytes", "#proof=AAAAAAAAAAAAAAAA", /neither text|not a proof/],
  ["a truncated proof", `#proof=${Buffer.from("POPWPRF1\x01\x02").toString("base64url")}`, /not a readable popw document/],
  ["markup", `#proof=${encodeURIComponent(HTML)}`, /carries no proof/],
  ["far too long", `#proof=${"A".repeat(1_600_000)}`, /longer than any proof/],
  ["an epoch", inLink(epochText), /carries an epoch, and links and QR codes carry compact proofs only/],
  ["a verifying key", inLink(readFileSync(keyFile)), /carries a verifying key.*files of your own/],
  ["paid claims, one a line", inLink("1\n2\n"), /carries a list of paid claims.*files of your own/],
  ["paid claims as JSON", inLink('["1"]'), /carries a list of paid claims.*files of your own/],
  ["a proof as JSON", inLink(JSON.stringify(documentOf(PROOF))), /carries a proof as JSON.*compact proofs only/],
  ["a link in a link", inLink(`https://example.org/${inLink("POPWPRF1")}`), /carries something that is not a proof/],
  ["an epoch by name", `#epoch=${Buffer.from(epochText).toString("base64url")}`, /carries “epoch”.*compact proofs only/],
  ["something beside a proof", "#proof=AAAA&key=AAAA", /carries “key”.*compact proofs only/],
  ["something before a proof", "#spent=1&proof=AAAA", /carries “spent”.*compact proofs only/],
  ["a name that is close", "#proofs=AAAA", /carries “proofs”/],
  ["more proofs than a link may carry", `#${Array(9).fill("proof=AAAA").join("&")}`, /carries 9 proofs, and a link may carry 8/],
]) {
  test(`a link with a broken fragment: ${name}`, onPage(where, { hash }, async (page) => {
    await idle(page);
    assert.match((await notices(page)).join(), why);
    await none(page);
    assert.equal(await page.evaluate(() => globalThis.hit), undefined);
  }));
}

test("a fragment that is for something else is left alone", onPage(where, { hash: "#main" }, async (page) => {
  assert.deepEqual(await notices(page), []);
}));

test("a file of 100 MB is refused without being read", onPage(where, {}, async (page) => {
  await page.evaluate(() => {
    const dataTransfer = new DataTransfer();
    const file = new File([new Uint8Array(100_000_000)], "big.json");
    globalThis.reads = 0;
    for (const name of ["arrayBuffer", "text", "stream", "slice"]) {
      const read = Blob.prototype[name];
      Blob.prototype[name] = function (...args) { globalThis.reads += 1; return read.apply(this, args); };
    }
    dataTransfer.items.add(file);
    document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
  });
  await idle(page);
  assert.match((await notices(page)).join(), /big\.json: 95\.4 MiB is more than any file that this page reads can have/);
  assert.equal(await page.evaluate(() => globalThis.reads), 0);
  await none(page);
}));

test("each kind of file has its own bound", onPage(where, {}, async (page) => {
  const padded = { ...documentOf(PROOF), note: "x".repeat(2 << 20) };
  for (const [file, why] of [
    [asFile("proof.json", padded), /proof\.json: .*more than a proof or an epoch can have/],
    [asFile("proof.popw", `POPWPRF1${"\0".repeat(2 << 20)}`), /more than a proof can have/],
    [asFile("a.vk", `POPWVKEY${"\0".repeat(5 << 20)}`), /more than a verifying key can have/],
  ]) {
    await pick(page, file);
    assert.match((await notices(page)).at(-1), why);
  }
  await none(page);
}));

test("files of other kinds are named for what they are", onPage(where, {}, async (page) => {
  for (const [file, why] of [
    [asFile("empty", ""), /empty/],
    [asFile("a.zip", Uint8Array.of(0x50, 0x4b, 3, 4, 0xff, 0xfe)), /neither text/],
    [asFile("spent.db", "SQLite format 3\0"), /database/],
    [asFile("device.key", { format: "popw.key", version: 1, seed: {} }), /secret key.*never give one to a web page/],
    [asFile("network.toml", 'format = "popw.network"\nversion = 1'), /network's policy/],
    [asFile("other.json", { format: "popw.sector" }), /neither a proof .* nor an epoch/],
    [asFile("package.json", { name: "x" }), /not a popw document/],
    [asFile("cut.json", '{"format": "popw.pr'), /perhaps it was cut off/],
    [asFile("numbers.txt", "1\n2\n03\n"), /entry 3 is not a decimal number/],
    [asFile("numbers.json", [1, 2]), /not one of nullifiers/],
    [asFile("prose.txt", "Dear reader,"), /not a proof, an epoch, a verifying key/],
    [asFile("a.vk", "POPWVKEY\0\x01"), null],
  ]) {
    await pick(page, file);
    if (why) assert.match((await notices(page)).at(-1), why, file.name);
  }
  assert.match(await page.locator("#context").textContent(), /a\.vk.*Not used.*error/);
  await none(page);
}));

test("markup in a document is text", onPage(where, {}, async (page) => {
  const document = documentOf(PROOF);
  document.opening.context.network = HTML;
  const epoch = JSON.parse(epochText);
  epoch.network = HTML;
  await drop(page, asFile(`${HTML}.json`, document), asFile(`${HTML}.epoch`, epoch), asFile(HTML, "nonsense"));
  const found = await page.evaluate(() => ({
    hit: globalThis.hit,
    images: document.querySelectorAll("main img").length,
    scripts: document.querySelectorAll("body script").length,
  }));
  assert.deepEqual(found, { hit: undefined, images: 0, scripts: 0 });
  const shown = (await page.locator("article").count()) + (await notices(page)).length;
  assert.ok(shown > 0);
  assert.match(await page.locator("main").textContent(), /<img src=x/);
}));

test("characters that turn text around are taken out", onPage(where, {}, async (page) => {
  const document = documentOf(PROOF);
  document.opening.context.network = "garden\u202Egnp.live\u2066\u200B";
  await pick(page, asFile("inno\u202Egpj.json", document));
  assert.doesNotMatch(await page.locator("main").textContent(), /[\u200B\u202A-\u202E\u2066-\u2069]/);
}));

test("JSON that is nested without end", onPage(where, {}, async (page) => {
  for (const content of ["[".repeat(500_000), `{"format":"popw.proof","opening":${"[".repeat(400_000)}`, `{"format":"popw.proof","a":${"[".repeat(9000)}${"]".repeat(9000)}}`]) {
    await pick(page, asFile("deep.json", content));
    assert.match((await notices(page)).at(-1), /deep\.json/);
  }
  await none(page);
  // And the verifier still works.
  await pick(page, asFile("proof.json", documentOf(PROOF)));
  assert.equal(await code(page), "valid-context-not-checked");
}));

test("more proofs than fit are counted, not taken", onPage(where, {}, async (page) => {
  // Documents that differ in what nothing binds, the network's name.
  const many = Array.from({ length: 510 }, (_, at) => {
    const document = documentOf(PROOF);
    document.opening.context.network = `network ${at}`;
    return asFile(`${at}.json`, document);
  });
  await drop(page, ...many);
  assert.equal(await page.locator(".list .item").count(), 500);
  assert.match((await notices(page)).at(-1), /there are 500 proofs already/);
  assert.match(await page.locator("#list-title").textContent(), /^500 proofs: 1 holds, epoch not checked, 499 repeated$/);
}));

test("without its files the page says that it does not work", async () => {
  const page = await where.context.newPage();
  await page.route("**/*.wasm", (route) => route.abort());
  await page.goto(where.url);
  await page.waitForSelector("#broken:visible");
  assert.match(await page.locator("#broken").textContent(), /verifier is not running[^]*cannot be loaded/);
  await page.close();
});

test("a fragment given to an open page twice is one proof", async () => {
  const page = await open(where);
  await pick(page, asFile("proof.json", documentOf(PROOF)));
  const link = await copyLink(page);
  await page.evaluate((link) => void (location.hash = new URL(link).hash), link);
  await idle(page);
  assert.equal(await page.locator(".list").count(), 0);
  await check(page, where);
});

test("no link takes the place of what the user gave, or brings along what it is compared with", onPage(where, {}, async (page) => {
  await pick(page, asFile("proof.json", documentOf(PROOF)));
  const { hash } = new URL(await copyLink(page));
  await pick(page, asFile("mine.json", epochText), asFile("paid.txt", "1\n2"));
  assert.equal(await code(page), "due");
  const [context, made] = [await page.locator("#context").textContent(), await origins(page)];
  // The same epoch of the same network with other rules, and no claim paid: what a forged proof would be due under.
  const forged = JSON.parse(epochText);
  forged.rules.q = 1;
  const parts = [inLink(JSON.stringify(forged)), inLink(readFileSync(keyFile)), inLink("7")].map((part) => part.slice(1));
  for (const more of [...parts, parts.join("&"), parts[0].replace("proof=", "epoch="), parts[1].replace("proof=", "key=")]) {
    for (const link of [`${hash}&${more}`, `#${more}&${hash.slice(1)}`, `#${more}`]) {
      await page.evaluate((link) => void (location.hash = link), link);
      await idle(page);
      assert.match((await notices(page)).at(-1), /^This link: it carries .*compact proofs only/);
      assert.equal(await page.locator("#context").textContent(), context);
      assert.deepEqual(await origins(page), made);
      assert.equal(await code(page), "due");
      assert.equal(await page.locator(".list").count(), 0);
    }
  }
}));

test("a verifier that fails is said to, and another takes its place", async () => {
  const page = await open(where);
  await pick(page, asFile("proof.json", documentOf(PROOF)), asFile("epoch.json", epochText), asFile("paid.txt", "1"), asFile("my.vk", readFileSync(keyFile)));
  const [context, made] = [await page.locator("#context").textContent(), await origins(page)];
  await page.workers()[0].evaluate(() => {
    self.onmessage = () => { throw new Error("out of memory"); };
  });
  await pick(page, asFile("more.txt", "2"));
  assert.match(await page.locator("#broken:visible").textContent(), /verifier is not running[^]*out of memory/);
  // Nothing is shown as checked that was not, with what is there now.
  assert.equal(await page.locator("#verdict-title").count(), 0);
  await page.getByRole("button", { name: "Remove the list of paid claims" }).click();
  await idle(page);
  assert.equal(await page.locator("#verdict-title").count(), 0);
  await page.getByRole("button", { name: "Try again" }).click();
  await idle(page);
  assert.equal(await page.locator("#broken").isVisible(), false);
  assert.equal(await code(page), "valid-for-this-epoch");
  await pick(page, asFile("paid.txt", "1"));
  assert.equal(await code(page), "due");
  assert.equal(await page.locator("#context").textContent(), context);
  assert.deepEqual(await origins(page), made);
  assert.equal(page.workers().length, 1);
  await page.close();
});

test("a verifier whose script is missing can be tried again", async () => {
  const folder = mkdtempSync(join(tmpdir(), "popw-gone-"));
  cpSync(DIST, folder, { recursive: true });
  const script = readdirSync(folder).find((name) => name.startsWith("worker-"));
  renameSync(join(folder, script), join(folder, "away"));
  const { server, url } = await serve(folder);
  const page = await where.context.newPage();
  try {
    await page.goto(url);
    await page.waitForSelector("#broken:visible");
    await page.getByRole("button", { name: "Try again" }).click();
    await page.waitForSelector("#broken:visible");
    renameSync(join(folder, "away"), join(folder, script));
    await page.getByRole("button", { name: "Try again" }).click();
    await idle(page);
    assert.equal(await page.locator("#broken").isVisible(), false);
    await pick(page, asFile("proof.json", documentOf(PROOF)));
    assert.equal(await code(page), "valid-context-not-checked");
  } finally {
    await page.close();
    server.close();
    rmSync(folder, { recursive: true, force: true });
  }
});

test("a verifier that falls silent can be stopped, and what it was at is named", onPage(where, {}, async (page) => {
  await pick(page, asFile("proof.json", documentOf(PROOF)), asFile("epoch.json", epochText));
  await page.workers()[0].evaluate(() => (self.onmessage = null));
  await page.setInputFiles("#picker", [asFile("paid.txt", "1"), asFile("other.json", documentOf("work-groth16"))]);
  await page.waitForSelector("#stalled:visible", { timeout: 30_000 });
  assert.equal(await page.locator("main").getAttribute("aria-busy"), "true");
  assert.match(await page.locator("#stalled").textContent(), /has not answered for a while/);
  await page.getByRole("button", { name: "Stop it and try again" }).click();
  await idle(page);
  assert.equal(await page.locator("#stalled").isVisible(), false);
  assert.equal(await page.locator("#broken").isVisible(), false);
  assert.match((await notices(page)).join(), /^paid\.txt: the verifier was stopped while it was checking this/);
  // The rest was read by the next one.
  assert.equal(await page.locator(".list .item").count(), 2);
  assert.equal(await code(page), "valid-for-this-epoch");
  await pick(page, asFile("paid.txt", "1"));
  assert.equal(await code(page), "due");
}));
