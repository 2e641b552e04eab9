/**
 * A plain static server on 127.0.0.1, for trying the page and for its tests, with the headers that docs/src/page.md asks of one.
 * usage: node serve.mjs [FOLDER] [PORT]
 */
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { fileURLToPath } from "node:url";

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".json": "application/json",
};

/** Of index.html, so that workers have it, too, and what only a header can say. */
async function policy(folder) {
  const html = await readFile(join(folder, "index.html"), "utf8");
  return `${/http-equiv="Content-Security-Policy" content="([^"]+)"/.exec(html)[1]}; frame-ancestors 'none'`;
}

/** Serves until closed; gives the server and its address. */
export async function serve(folder, port = 0) {
  const headers = {
    "content-security-policy": await policy(folder),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
  const server = createServer(async (request, response) => {
    const path = normalize(decodeURIComponent(new URL(request.url, "http://localhost").pathname));
    const file = join(folder, path.endsWith(sep) ? `${path}index.html` : path);
    const found = await stat(file).catch(() => null);
    if (!found?.isFile() || !file.startsWith(join(folder, sep))) {
      response.writeHead(404).end();
      return;
    }
    response.writeHead(200, {
      "content-type": TYPES[extname(file)] ?? "application/octet-stream",
      "content-length": found.size,
      "cache-control": /-[0-9A-Za-z]{8,10}\./.test(file) ? "public, max-age=31536000, immutable" : "no-cache",
      ...headers,
    });
    createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(fileURLToPath(new URL(".", import.meta.url)), process.argv[2] ?? "dist");
  console.log((await serve(folder, Number(process.argv[3] ?? 8080))).url);
}
