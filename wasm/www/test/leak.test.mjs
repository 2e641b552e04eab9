/** A page that stays open all day: a thousand verifications leave nothing behind. */
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { PROOF, browser, check, corpus, epochText, file, open, text } from "./support.mjs";

const where = browser();
const KIB = 1024;

/** Calls of the DevTools protocol in the page's worker. */
async function workerSession(page) {
  const session = await page.context().newCDPSession(page);
  const attached = new Promise((resolve) => session.once("Target.attachedToTarget", resolve));
  await session.send("Target.setAutoAttach", { autoAttach: true, waitForDebuggerOnStart: false, flatten: false });
  const { sessionId } = await attached;
  let calls = 0;
  const waiting = new Map();
  session.on("Target.receivedMessageFromTarget", ({ message }) => {
    const { id, result, error } = JSON.parse(message);
    waiting.get(id)?.(error ? Promise.reject(new Error(error.message)) : result);
  });
  const inWorker = (method, params = {}) =>
    new Promise((resolve) => {
      const id = ++calls;
      waiting.set(id, resolve);
      session.send("Target.sendMessageToTarget", { sessionId, message: JSON.stringify({ id, method, params }) });
    });
  return { inPage: (method) => session.send(method), inWorker };
}

async function memory({ inPage, inWorker }) {
  await inPage("HeapProfiler.collectGarbage");
  await inWorker("HeapProfiler.collectGarbage");
  const { result } = await inWorker("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
  const { objects } = await inWorker("Runtime.queryObjects", { prototypeObjectId: result.objectId });
  const { result: wasm } = await inWorker("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration: "function () { return { memories: this.length, bytes: this.reduce((sum, { buffer }) => sum + buffer.byteLength, 0) }; }",
    returnByValue: true,
  });
  await inWorker("Runtime.releaseObject", { objectId: objects.objectId });
  return {
    memories: wasm.value.memories,
    wasm: wasm.value.bytes,
    worker: (await inWorker("Runtime.getHeapUsage")).usedSize,
    page: (await inPage("Runtime.getHeapUsage")).usedSize,
    nodes: (await inPage("Memory.getDOMCounters")).nodes,
  };
}

/** Drops the files and clears, so often; each time the verdict's code is looked at. */
const rounds = (page, count, files, expected) =>
  page.evaluate(
    async ([count, files, expected]) => {
      const main = document.getElementById("main");
      const settled = () =>
        new Promise((resolve) => {
          const look = () => (main.getAttribute("aria-busy") === "false" ? resolve() : setTimeout(look));
          look();
        });
      for (let round = 0; round < count; round += 1) {
        const dataTransfer = new DataTransfer();
        for (const { name, base64 } of files) {
          dataTransfer.items.add(new File([Uint8Array.from(atob(base64), (c) => c.charCodeAt(0))], name));
        }
        document.body.dispatchEvent(new DragEvent("drop", { bubbles: true, cancelable: true, dataTransfer }));
        await settled();
        const code = document.querySelector("article")?.dataset.code;
        if (code !== expected) throw new Error(`round ${round}: ${code}`);
        document.getElementById("clear").click();
        await settled();
      }
    },
    [count, files, expected],
  );

const dropped = (name, content) => ({ name, base64: Buffer.from(content).toString("base64") });

for (const [name, count] of [[PROOF, 1000], ["uptime-halo2", 60]]) {
  const documentFile = corpus.documents.find((document) => document.name === name).file;
  const key = corpus.keys.find((key) => key.name === name);
  test(`${count} verifications of ${name}, each with its epoch and a key of one's own, leave memory as it was`, async (context) => {
    const page = await open(where);
    const session = await workerSession(page);
    await session.inPage("HeapProfiler.enable");
    const files = [dropped("p.json", text(documentFile)), dropped("e.json", epochText), dropped("k.vk", readFileSync(file(key.file)))];
    await rounds(page, count / 10, files, "valid-for-this-epoch");
    const before = await memory(session);
    await rounds(page, count, files, "valid-for-this-epoch");
    const after = await memory(session);
    context.diagnostic(`before ${JSON.stringify(before)}, after ${JSON.stringify(after)}`);
    assert.equal(before.memories, 1);
    assert.equal(after.memories, 1);
    assert.ok(after.wasm - before.wasm <= 128 * KIB, `wasm memory grew by ${after.wasm - before.wasm} bytes`);
    assert.ok(after.worker - before.worker <= 512 * KIB, `the worker's heap grew by ${after.worker - before.worker} bytes`);
    assert.ok(after.page - before.page <= 512 * KIB, `the page's heap grew by ${after.page - before.page} bytes`);
    assert.ok(after.nodes - before.nodes <= 1000, `${after.nodes - before.nodes} nodes were left behind`);
    await check(page, where);
  });
}
