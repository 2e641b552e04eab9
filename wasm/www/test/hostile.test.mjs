/** What a page meets that takes files and links from anyone. */
import assert from "node:assert/strict";
import { test } from "node:test";

import { PROOF, asFile, browser, check, code, documentOf, drop, epochText, idle, notices, onPage, open, pick } from "./support.mjs";

const where = browser();
const HTML = `<img src=x onerror="globalThis.hit = 1"><script>globalThis.hit = 1</script>`;
const none = async (page) => assert.equal(await page.locator("article").count(), 0);

for (const [name, hash, why] of [
  ["not base64url", "#proof=%%%", /carries no proof.*not base64url/],
  ["empty", "#proof=", /carries no proof/],
  ["of an impossible length", "#proof=A", /carries no proof/],
  ["random bytes", "#proof=AAAAAAAAAAAAAAAA", /neither text|not a proof/],
  ["a truncated proof", `#proof=${Buffer.from("POPWPRF1\x01\x02").toString("base64url")}`, /not a readable document/],
  ["markup", `#proof=${encodeURIComponent(HTML)}`, /carries no proof/],
  ["far too long", `#proof=${"A".repeat(1_600_000)}`, /longer than any proof/],
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
    [asFile("package.json", { name: "x" }), /not a document of popw/],
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
  await page.getByRole("button", { name: "Copy link" }).click();
  await page.waitForSelector(".toast:visible");
  const link = await page.evaluate(() => navigator.clipboard.readText());
  await page.evaluate((link) => void (location.hash = new URL(link).hash), link);
  await idle(page);
  assert.equal(await page.locator(".list").count(), 0);
  await check(page, where);
});
