/**
 * A plain static server on 127.0.0.1, for trying the page and for its tests, with the headers that docs/src/page.md asks of one.
 * usage: node serve.mjs [FOLDER] [PORT]
 */
import { open, readFile, realpath, stat } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join, normalize, sep } from "node:path";
import { pipeline } from "node:stream/promises";
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

/** The path that a request names, or null for what is none: a percent sign that begins no byte, bytes that are no text. */
function pathOf(target) {
  try {
    const path = decodeURIComponent(new URL(target, "http://localhost").pathname);
    return path.includes("\0") ? null : normalize(path);
  } catch (error) {
    if (error instanceof URIError || error instanceof TypeError) return null;
    throw error;
  }
}

/** A file of the folder, open, or null; symbolic links do not lead out of it. */
async function find(folder, path) {
  const file = await realpath(join(folder, path.endsWith(sep) ? `${path}index.html` : path)).catch(() => null);
  const within = file?.startsWith(join(folder, sep));
  if (!within || !(await stat(file).catch(() => null))?.isFile()) return null;
  const handle = await open(file).catch(() => null);
  return handle && { handle, file, size: (await handle.stat()).size };
}

const empty = (response, status, headers) => response.writeHead(status, { "content-length": 0, ...headers }).end();

async function answer(folder, headers, request, response) {
  if (request.method !== "GET" && request.method !== "HEAD") {
    empty(response, 405, { allow: "GET, HEAD", ...headers });
    return;
  }
  const path = pathOf(request.url);
  const found = path === null ? null : await find(folder, path);
  if (!found) {
    empty(response, path === null ? 400 : 404, headers);
    return;
  }
  const { handle, file, size } = found;
  response.writeHead(200, {
    "content-type": TYPES[extname(file)] ?? "application/octet-stream",
    "content-length": size,
    "cache-control": /-[0-9A-Za-z]{8,10}\./.test(file) ? "public, max-age=31536000, immutable" : "no-cache",
    ...headers,
  });
  if (request.method === "GET" && size > 0) {
    await pipeline(handle.createReadStream({ end: size - 1 }), response);
  } else {
    response.end();
    await handle.close();
  }
}

/** Serves until closed; gives the server and its address. */
export async function serve(folder, port = 0) {
  const headers = {
    "content-security-policy": await policy(folder),
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
  };
  const root = await realpath(folder);
  const server = createServer((request, response) => {
    // Whatever goes wrong with one answer is the end of that answer alone.
    answer(root, headers, request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else empty(response, 500, headers);
    });
  });
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
  return { server, url: `http://127.0.0.1:${server.address().port}/` };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const folder = join(fileURLToPath(new URL(".", import.meta.url)), process.argv[2] ?? "dist");
  console.log((await serve(folder, Number(process.argv[3] ?? 8080))).url);
}
