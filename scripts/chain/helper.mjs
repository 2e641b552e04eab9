// What chain.sh needs beside popw: documents with changes, and contracts that lie.
// usage: node helper.mjs COMMAND ARGUMENTS...
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const json = (path) => JSON.parse(readFileSync(path));
const write = (path, value) => writeFileSync(path, JSON.stringify(value));

async function send(url, method, ...params) {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const headers = { "content-type": "application/json" };
  return (await fetch(url, { method: "POST", headers, body })).json();
}

async function rpc(url, method, ...params) {
  const answer = await send(url, method, ...params);
  if (answer.error) throw new Error(`${method}: ${answer.error.message}`);
  return answer.result;
}

/** The bytes with the manifest's edits. */
function edited(bytes, edits) {
  for (const { at, remove, insert } of edits) {
    bytes = Buffer.concat([bytes.subarray(0, at), Buffer.from(insert, "hex"), bytes.subarray(at + remove)]);
  }
  return bytes;
}

const commands = {
  /** uptime-groth16 → PopwUptimeStandardGroth16 */
  contract(name) {
    const [claim, system] = name.split("-").map((word) => word[0].toUpperCase() + word.slice(1));
    console.log(`Popw${claim}Standard${system}`);
  },

  address(deployed, contract) {
    console.log(json(deployed).contracts.find((entry) => entry.contract === contract).address);
  },

  /** A V3 keystore of the key, made by cast; prints its path. */
  keystore(folder, keyFile) {
    const key = readFileSync(keyFile, "utf8").trim();
    const password = readFileSync(join(folder, "pass"), "utf8").trim();
    const cast = new URL("../../contracts/tools/cast", import.meta.url).pathname;
    const options = ["--private-key", key, "--unsafe-password", password];
    execFileSync(cast, ["wallet", "import", "--keystore-dir", folder, "deployer", ...options], { stdio: "ignore" });
    console.log(join(folder, "deployer"));
  },

  /** An artifact whose code is one byte too large for any chain. */
  grow(from, to) {
    const artifact = json(from);
    artifact.deployedBytecode.object = `0x${"00".repeat(24577)}`;
    write(to, artifact);
  },

  /** Every proof of the corpus that a document can carry: with the document's own public inputs. */
  documents(corpus, name, folder) {
    mkdirSync(folder, { recursive: true });
    const original = json(join(corpus, `${name}.proof.json`));
    const codes = {};
    const entries = json(join(corpus, "manifest.json")).proofs.filter((entry) => entry.key === name);
    for (const [index, entry] of entries.entries()) {
      if (entry.inputs || entry.of !== name) continue;
      const file = `${String(index).padStart(4, "0")}.json`;
      const proof = edited(Buffer.from(original.proof, "hex"), entry.proof ?? []).toString("hex");
      write(join(folder, file), { ...original, proof });
      codes[file] = entry;
    }
    write(`${folder}.codes`, codes);
  },

  /** The answer on stdin gives every document its code, and at least one of each kind. */
  compare(path) {
    const wanted = json(path);
    const seen = {};
    let wrong = 0;
    const answer = JSON.parse(readFileSync(0));
    for (const { file, verdict, code, native } of answer.proofs) {
      const found = verdict === "valid-context-not-checked" ? "valid" : code;
      const { name, code: expected } = wanted[file];
      if (found !== expected || !native) {
        console.log(`  FAILED  ${name}: the contract gives ${found}, native code ${expected}`);
        wrong += 1;
      }
      seen[found] = (seen[found] ?? 0) + 1;
    }
    const complete = answer.proofs.length === Object.keys(wanted).length;
    const kinds = ["valid", "malformed", "rejected"].every((code) => seen[code] > 0);
    const counts = Object.entries(seen).map(([code, count]) => `${count} ${code}`);
    console.log(`  ${"".padEnd(22)} ${answer.proofs.length} proofs of the corpus: ${counts.join(", ")}`);
    if (wrong || !complete || !kinds) process.exit(1);
  },

  flip(from, to) {
    const document = json(from);
    const last = document.proof.length - 1;
    document.proof = document.proof.slice(0, last) + (document.proof[last] === "0" ? "1" : "0");
    write(to, document);
  },

  "next-epoch"(from, to) {
    const document = json(from);
    document.opening.context.epoch += 1;
    write(to, document);
  },

  /** The same epoch, opened by another beacon. */
  "other-epoch"(from, to) {
    const epoch = json(from);
    epoch.epoch += 1;
    write(to, epoch);
    console.log(to);
  },

  /** A verification_key.json with more public inputs, whose points nobody knows a relation of. */
  widen(from, inputs, to) {
    const p = 21888242871839275222246405745257275088696311157297823662689037894645226208583n;
    const power = (base, exponent) => {
      let result = 1n;
      for (; exponent > 0n; exponent >>= 1n, base = (base * base) % p) if (exponent & 1n) result = (result * base) % p;
      return result;
    };
    const key = json(from);
    for (let x = 1000n; key.IC.length < Number(inputs) + 1; x += 1n) {
      const square = (x ** 3n + 3n) % p;
      const y = power(square, (p + 1n) / 4n);
      if ((y * y) % p === square) key.IC.push([`${x}`, `${y}`, "1"]);
    }
    write(to, { ...key, nPublic: Number(inputs) });
  },

  /** public.json with its first number one larger. */
  "next-input"(from, to) {
    const [first, ...others] = json(from);
    write(to, [`${BigInt(first) + 1n}`, ...others]);
  },

  /** Deploys an artifact; prints the contract's address. */
  async create(url, artifact, from) {
    const data = json(artifact).bytecode.object;
    const hash = await rpc(url, "eth_sendTransaction", { from, data });
    const { contractAddress, status } = await rpc(url, "eth_getTransactionReceipt", hash);
    if (status !== "0x1") throw new Error(`${artifact} was not deployed`);
    console.log(contractAddress);
  },

  /** Calls a contract; prints the selector of the error, or nothing when it returns. */
  async call(url, to, data) {
    const answer = await send(url, "eth_call", { to, data }, "latest");
    if (answer.error && !answer.error.data) throw new Error(answer.error.message);
    console.log(answer.error ? answer.error.data.slice(2, 10) : "");
  },

  "set-code": (url, address, code) => rpc(url, "anvil_setCode", address, code),

  "set-chain-id": (url, id) => rpc(url, "anvil_setChainId", Number(id)),

  /** The contract at `from`, saying that it has another key. */
  async impostor(url, from, corpus, name, other, to) {
    const digest = (name) => json(join(corpus, "manifest.json")).keys.find((key) => key.name === name).digest;
    const code = await rpc(url, "eth_getCode", from, "latest");
    const changed = code.replaceAll(digest(name), digest(other));
    if (changed === code) throw new Error("the contract does not have its digest as a constant");
    await rpc(url, "anvil_setCode", to, changed);
  },

  /** The contract at `from` with one constant of its key changed: the last coordinate of a point. */
  async deny(url, from, to) {
    const code = await rpc(url, "eth_getCode", from, "latest");
    // PUSH32 of something below the field's order and no selector before zeros: a coordinate of a point.
    const constants = [...code.matchAll(/7f([0-2][0-9a-f]{63})/g)].filter((match) => match.index % 2 === 0);
    const points = constants.filter(([, constant]) => !constant.endsWith("0".repeat(16)));
    const { index } = points.at(-1);
    const digit = code[index + 65] === "0" ? "1" : "0";
    await rpc(url, "anvil_setCode", to, code.slice(0, index + 65) + digit + code.slice(index + 66));
  },
};

const [command, ...rest] = process.argv.slice(2);
await commands[command](...rest);
