/** The camera: Chromium is given a film of the QR code instead of one. */
import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, test } from "node:test";

import encodeQR from "qr";

import { PROOF, browser, check, code, copyLink, corpus, file, open, origins } from "./support.mjs";

const folder = mkdtempSync(join(tmpdir(), "popw-film-"));
const film = join(folder, "code.y4m");
after(() => rmSync(folder, { recursive: true, force: true }));
writeFileSync(film, "");

const where = browser(["--use-fake-ui-for-media-stream", "--use-fake-device-for-media-stream", `--use-file-for-fake-video-capture=${film}`]);

test("a code held before the camera is read, and the camera is let go", async () => {
  const maker = await open(where);
  await maker.setInputFiles("#picker", file(corpus.documents.find(({ name }) => name === PROOF).file));
  await maker.waitForSelector("article");
  const link = await copyLink(maker);
  await check(maker, where);
  writeFileSync(film, still(encodeQR(link, "raw", { ecc: "low", encoding: "byte", border: 4 })));

  const page = await open(where);
  await page.evaluate(() => {
    const ask = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
    navigator.mediaDevices.getUserMedia = async (wanted) => (globalThis.stream = await ask(wanted));
  });
  await page.getByRole("button", { name: "Scan a QR code" }).click();
  await page.waitForSelector("article");
  assert.equal(await code(page), "valid-context-not-checked");
  assert.equal((await origins(page))[0], "Proof from a QR code: Camera");
  assert.deepEqual(await page.evaluate(() => globalThis.stream.getTracks().map((track) => track.readyState)), ["ended"]);
  assert.equal(await page.getByRole("dialog").count(), 0);
  await check(page, where);
});

/** A film of one picture, 1280 × 960, black and white. */
function still(modules) {
  const [width, height] = [1280, 960];
  const scale = Math.floor(height / modules.length);
  const [left, top] = [(width - scale * modules.length) >> 1, (height - scale * modules.length) >> 1];
  const luma = Buffer.alloc(width * height, 235);
  modules.forEach((line, y) =>
    line.forEach((dark, x) => {
      if (!dark) return;
      for (let row = 0; row < scale; row += 1) luma.fill(16, (top + y * scale + row) * width + left + x * scale, (top + y * scale + row) * width + left + (x + 1) * scale);
    }),
  );
  const chroma = Buffer.alloc((width * height) / 2, 128);
  const frame = Buffer.concat([Buffer.from("FRAME\n"), luma, chroma]);
  return Buffer.concat([Buffer.from(`YUV4MPEG2 W${width} H${height} F10:1 Ip A1:1 C420\n`), frame, frame]);
}
