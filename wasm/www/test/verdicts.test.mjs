/** What the page says of proofs, good and bad, alone and together, with an epoch and paid claims and without. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { PROOF, asFile, browser, code, corpus, documentOf, edit, epochText, file, idle, notices, onPage, pick, text, verdict } from "./support.mjs";

const where = browser();
const proof = () => documentOf(PROOF);
const spentList = (...nullifiers) => asFile("paid.txt", ["# paid", ...nullifiers].join("\n"));
/** What the page shows where the command, which is given one key and one epoch, says something else. */
const AS_SHOWN = { "wrong-key": "no-key", "epoch-unreadable": "valid-context-not-checked" };
const keyFile = corpus.keys.find(({ name }) => name === corpus.documents.find(({ name }) => name === PROOF).key).file;

test("the epoch may come before the proof", onPage(where, {}, async (page) => {
  await pick(page, asFile("epoch.json", epochText));
  assert.match(await page.locator("#result").textContent(), /Now add a proof/);
  await pick(page, asFile("proof.json", proof()));
  assert.equal(await code(page), "valid-for-this-epoch");
  await page.getByRole("button", { name: /^Remove epoch/ }).click();
  await idle(page);
  assert.equal(await code(page), "valid-context-not-checked");
}));

test("another epoch is named as such, with what differs", onPage(where, {}, async (page) => {
  const other = JSON.parse(epochText);
  other.epoch += 1;
  await pick(page, asFile("proof.json", proof()), asFile("epoch.json", other));
  assert.deepEqual(await verdict(page), { code: "context-mismatch", tone: "bad", title: "Not valid for this epoch" });
  assert.match(await page.locator(".reason").textContent(), /different: epoch/);
  // Given both, a proof is compared with the one that it names.
  await pick(page, asFile("right.json", epochText));
  assert.equal(await code(page), "valid-for-this-epoch");
}));

test("an epoch that is not closed decides nothing", onPage(where, {}, async (page) => {
  const open = JSON.parse(epochText);
  delete open.closing;
  await pick(page, asFile("proof.json", proof()), asFile("epoch.json", open));
  assert.equal((await verdict(page)).tone, "neutral");
  assert.equal(await code(page), "epoch");
  assert.match(await page.locator("#verdict-title").textContent(), /^Not decided/);
}));

test("paid claims: due, and already claimed", onPage(where, {}, async (page) => {
  const { nullifier } = proof().public;
  await pick(page, asFile("proof.json", proof()), asFile("epoch.json", epochText), spentList("1", "2"));
  assert.equal(await code(page), "due");
  await pick(page, asFile("more.json", [nullifier]));
  assert.equal(await code(page), "already-claimed");
  await page.getByRole("button", { name: "Remove the list of paid claims" }).click();
  await idle(page);
  assert.equal(await code(page), "valid-for-this-epoch");
}));

test("a network without a name is the contract that keeps its nullifiers", onPage(where, {}, async (page) => {
  for (const change of [(context) => delete context.network, (context) => (context.network = null)]) {
    const document = proof();
    change(document.opening.context);
    await pick(page, asFile("proof.json", document));
    assert.equal(await code(page), "valid-context-not-checked");
    assert.equal(await page.locator(".row").filter({ has: page.getByText("Network", { exact: true }) }).locator("dd").textContent(), document.opening.context.domain_id);
    await page.getByRole("button", { name: "Clear all" }).click();
    await idle(page);
  }
}));

test("a list of 200,000 paid claims", onPage(where, {}, async (page) => {
  const { nullifier } = proof().public;
  const others = Array.from({ length: 200_000 }, (_, at) => String(BigInt(nullifier) - 1n - BigInt(at)));
  await pick(page, asFile("proof.json", proof()), asFile("epoch.json", epochText), asFile("paid.txt", others.join("\n")));
  assert.equal(await code(page), "due");
  await pick(page, spentList(nullifier));
  assert.equal(await code(page), "already-claimed");
  assert.match(await page.locator("#context").textContent(), /200,001 nullifiers/);
}));

test("paid claims without an epoch change nothing", onPage(where, {}, async (page) => {
  await pick(page, asFile("proof.json", proof()), spentList(proof().public.nullifier));
  assert.equal(await code(page), "valid-context-not-checked");
  assert.match(await page.locator("#context").textContent(), /used once there is an epoch file/);
}));

test("a changed proof, payee, and context are refused, each with its reason", onPage(where, {}, async (page) => {
  const cases = [
    ["rejected", (document) => edit(document, "/public/nullifier", "7")],
    ["malformed", (document) => edit(document, "/proof", "00".repeat(document.proof.length / 2))],
    ["payee-opening", (document) => edit(document, "/opening/payee/owner_tag", "1")],
    ["context-opening", (document) => edit(document, "/opening/context/epoch", document.opening.context.epoch + 1)],
  ];
  for (const [expected, change] of cases) {
    await pick(page, asFile(`${expected}.json`, change(proof())));
    const { code, tone, title } = await verdict(page);
    assert.deepEqual([code, tone], [expected, "bad"]);
    assert.match(title, /^Not valid/);
    assert.match(await page.locator("article").textContent(), /What the document says, unproven/);
    assert.equal(await page.locator(".tiles").count(), 0, "no amounts of a proof that does not hold");
  }
}));

test("a key that is not here is asked for by its digest; the wrong key does not help, the right one does", onPage(where, {}, async (page) => {
  // With the page's own keys gone, as for a network whose keys did not come with it.
  const { key_digest } = proof();
  const document = edit(proof(), "/key_digest", "ab".repeat(32));
  await pick(page, asFile("proof.json", document));
  assert.equal((await verdict(page)).code, "no-key");
  assert.equal(await page.locator(".digest-needed code").textContent(), "ab".repeat(32));
  assert.equal(await page.locator(".tiles").count(), 0);
  await pick(page, file(keyFile));
  assert.equal(await code(page), "no-key");
  assert.match(await page.locator("#context").textContent(), new RegExp(key_digest.slice(0, 8)));
  await pick(page, asFile("right.json", proof()));
  assert.equal(await code(page), "valid-context-not-checked");
}));

test("a weak key is linted and not used", onPage(where, {}, async (page) => {
  const { of, edits, code: expected } = corpus.key_files.find(({ code }) => code === "related-points");
  const bytes = apply(readFileSync(file(corpus.keys.find(({ name }) => name === of).file)), edits);
  await pick(page, asFile("weak.vk", bytes));
  assert.match(await page.locator(".finding.error").first().textContent(), /^error: /);
  assert.match(await page.locator("#context").textContent(), /Not used/);
  assert.equal(expected, "related-points");
  await page.getByRole("button", { name: "Remove key weak.vk" }).click();
  await idle(page);
  assert.equal(await page.locator(".finding").count(), 0);
}));

test("a good key is linted, too", onPage(where, {}, async (page) => {
  await pick(page, file(keyFile));
  assert.match(await page.locator(".finding.warning").first().textContent(), /development key/);
  assert.equal(await page.locator(".finding.error").count(), 0);
}));

test("every verdict of the corpus", onPage(where, {}, async (page) => {
  const seen = new Set();
  for (const { name, of, edits = [], against, epoch_edits = [], spent = false, code: expected } of corpus.verdicts) {
    const changed = (document, edits) => edits.reduce((document, { pointer, value }) => edit(document, pointer, value), document);
    const document = changed(documentOf(of), edits);
    const files = [asFile("proof.json", document)];
    if (against !== "nothing") files.push(asFile("epoch.json", changed(JSON.parse(epochText), epoch_edits)));
    if (against === "ledger") files.push(spentList(spent ? document.public.nullifier : "3"));
    await pick(page, ...files);
    const shown = (await page.locator("article").count()) === 1 ? await code(page) : "unreadable";
    assert.equal(shown, AS_SHOWN[expected] ?? expected, name);
    // What cannot be read is named, and nothing else is.
    const unread = { unreadable: "proof.json", "epoch-unreadable": "epoch.json" }[expected];
    const said = await notices(page);
    assert.equal(said.length, unread ? 1 : 0, `${name}: ${said}`);
    if (unread) assert.ok(said[0].startsWith(`${unread}: `), `${name}: ${said}`);
    seen.add(expected);
    await page.getByRole("button", { name: "Clear all" }).click();
    await idle(page);
    assert.equal((await page.locator("article").count()) + (await notices(page)).length, 0);
  }
  for (const expected of ["due", "valid-for-this-epoch", "valid-context-not-checked", "already-claimed", "rejected", "malformed", "unreadable", "epoch-unreadable", "context-mismatch"]) {
    assert.ok(seen.has(expected), `the corpus has ${expected}`);
  }
}));

test("several proofs: one list, one verdict each", onPage(where, {}, async (page) => {
  const names = corpus.documents.map(({ name }) => name);
  const bad = edit(proof(), "/public/nullifier", "7");
  await pick(page, ...names.map((name) => asFile(`${name}.json`, documentOf(name))), asFile("bad.json", bad), asFile("epoch.json", epochText), spentList("1"));
  const items = page.locator(".list .item");
  assert.equal(await items.count(), names.length + 1);
  assert.match(await page.locator("#list-title").textContent(), new RegExp(`^${names.length + 1} proofs: .*1 not valid`));
  // One claim proven in two systems has one nullifier: the second is not due as well.
  const nullifiers = names.map((name) => documentOf(name).public.nullifier);
  for (const [at, nullifier] of nullifiers.entries()) {
    const earlier = nullifiers.indexOf(nullifier);
    const expected = earlier === at ? /Due$/ : new RegExp(`Same claim as ${earlier + 1}$`);
    assert.match(await items.nth(at).textContent(), expected, names[at]);
  }
  await items.last().click();
  assert.equal(await code(page), "rejected");
  assert.equal(await items.last().getAttribute("aria-current"), "true");
  await page.getByRole("button", { name: "Remove this proof" }).click();
  await idle(page);
  assert.equal(await items.count(), names.length);
}));

test("the same proof again is not a second one", onPage(where, {}, async (page) => {
  await pick(page, asFile("one.json", proof()), asFile("two.json", JSON.stringify(proof(), null, 4)));
  assert.equal(await page.locator(".list").count(), 0);
  assert.equal(await code(page), "valid-context-not-checked");
}));

test("what a verdict is made of is shown", onPage(where, {}, async (page) => {
  const name = corpus.documents.find(({ key }) => key === "work-groth16").name;
  const document = documentOf(name);
  await pick(page, asFile("work.json", document), asFile("epoch.json", epochText));
  const card = await page.locator("article").textContent();
  const { context, payee } = document.opening;
  for (const part of [
    `0x${payee.recipient.slice(24)}`,
    `${context.rules.q} of ${context.rules.k}`,
    context.domain_id,
    document.key_digest,
    document.public.nullifier,
    "What it does not prove",
    "The chance that such a committee falls to one party",
    "notice a loss",
    "256 bytes of proof",
  ]) {
    assert.ok(card.includes(part), part);
  }
  assert.match(card, /of \d+ slots.*Stored.*Served.*Mbit\/s/);
}));

test("a development key is said at once, and never green", onPage(where, {}, async (page) => {
  await pick(page, asFile("proof.json", proof()), asFile("epoch.json", epochText), spentList("1"));
  assert.equal(proof().development, true);
  assert.deepEqual(await verdict(page), { code: "due", tone: "caution", title: "Due" });
  assert.match(await page.getByRole("note", { name: "Warning" }).textContent(), /Development key\..*can forge proofs.*Do not pay/);
}));

test("a proof is stale when the next epoch is over, and fresh before", async () => {
  const { start_unix_ms, slot_ms, rules } = JSON.parse(epochText);
  const end = start_unix_ms + 2 * slot_ms * rules.slots;
  for (const [now, stale, words] of [[end - 1, "false", /^Fresh until/], [end, "true", /^Stale since/]]) {
    const init = `Date.now = () => ${now}`;
    await onPage(where, { init }, async (page) => {
      await pick(page, asFile("proof.json", proof()), asFile("epoch.json", epochText));
      assert.equal(await page.locator(".fresh").getAttribute("data-stale"), stale);
      assert.match(await page.locator(".fresh").textContent(), words);
    })();
  }
});

test("no verdict says valid while the context is not checked", onPage(where, {}, async (page) => {
  for (const { name } of corpus.documents) {
    await pick(page, asFile(`${name}.json`, documentOf(name)));
    const band = await page.locator(".band").textContent();
    assert.doesNotMatch(band, /\bvalid\b/i, name);
    assert.match(band, /nothing shows that it is about a real network's epoch/);
  }
  assert.doesNotMatch(await page.locator(".list").textContent(), /\bvalid\b/i);
}));

function apply(bytes, edits) {
  let result = Buffer.from(bytes);
  for (const { at, remove = 0, insert = "" } of edits) {
    result = Buffer.concat([result.subarray(0, at), Buffer.from(insert, "hex"), result.subarray(at + remove)]);
  }
  return result;
}
