/** The page's own little server, with requests that no browser would send. */
import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";

import { serve } from "../serve.mjs";

const folder = mkdtempSync(join(tmpdir(), "popw-serve-"));
const dist = join(folder, "dist");
let server;
let url;

before(async () => {
  mkdirSync(join(dist, "keys"), { recursive: true });
  writeFileSync(join(dist, "index.html"), `<meta http-equiv="Content-Security-Policy" content="default-src 'none'">the page`);
  writeFileSync(join(dist, "main-ABCDEFGH.js"), "export {}");
  writeFileSync(join(dist, "keys/a b.vk"), "key");
  writeFileSync(join(dist, "empty.css"), "");
  writeFileSync(join(folder, "secret.txt"), "secret");
  symlinkSync("../secret.txt", join(dist, "secret.txt"));
  symlinkSync("..", join(dist, "up"));
  symlinkSync("main-ABCDEFGH.js", join(dist, "alias.js"));
  ({ server, url } = await serve(dist));
});
after(() => {
  server?.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends the line as it is; the whole answer. */
function ask(line) {
  return new Promise((resolve, reject) => {
    const socket = connect(Number(new URL(url).port), "127.0.0.1");
    let text = "";
    socket.setEncoding("utf8").on("data", (part) => (text += part)).on("error", reject);
    socket.on("end", () => resolve({ status: Number(text.split(" ")[1]), text, body: text.slice(text.indexOf("\r\n\r\n") + 4) }));
    socket.write(`${line} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n`);
  });
}

test("files are served, with their types and the policy", async () => {
  for (const [path, type, body] of [
    ["/", "text/html", /the page$/],
    ["/main-ABCDEFGH.js", "text/javascript", /^export/],
    ["/alias.js", "text/javascript", /^export/],
    ["/keys/a%20b.vk", "application/octet-stream", /^key$/],
    ["/empty.css", "text/css", /^$/],
    ["/?query", "text/html", /the page$/],
  ]) {
    const answer = await ask(`GET ${path}`);
    assert.equal(answer.status, 200, path);
    assert.match(answer.text, new RegExp(`content-type: ${type}`), path);
    assert.match(answer.text, /content-security-policy: default-src 'none'; frame-ancestors 'none'/, path);
    assert.match(answer.body, body, path);
  }
  const head = await ask("HEAD /main-ABCDEFGH.js");
  assert.deepEqual([head.status, head.body], [200, ""]);
  assert.match(head.text, /content-length: 9/);
});

test("bad requests are answered, and the server lives", async () => {
  for (const [line, status] of [
    ["GET /%", 400],
    ["GET /%zz", 400],
    ["GET /%ff", 400],
    ["GET /%c3%28", 400],
    ["GET /keys/%e0%a4%a", 400],
    ["GET /%00", 400],
    ["GET //", 400],
    ["GET http://[/", 400],
    ["GET", 400],
    ["GET /absent.js", 404],
    ["GET /keys", 404],
    ["GET /keys/", 404],
    ["GET /main-ABCDEFGH.js/", 404],
    [`GET /${"a".repeat(5000)}`, 404],
    ["POST /", 405],
    ["DELETE /index.html", 405],
  ]) {
    const answer = await ask(line);
    assert.equal(answer.status, status, line.slice(0, 80));
    assert.equal(answer.body, "", line.slice(0, 80));
    assert.equal((await ask("GET /")).status, 200, `after ${line.slice(0, 80)}`);
  }
});

test("nothing outside of the folder is served", async () => {
  for (const path of ["/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/keys/..%2f..%2fsecret.txt", "/..\\secret.txt", "/secret.txt", "/up/secret.txt"]) {
    const answer = await ask(`GET ${path}`);
    assert.equal(answer.status, 404, path);
    assert.doesNotMatch(answer.text, /^secret$/m, path);
  }
});
