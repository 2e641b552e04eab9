// snarkjs's own verifier for a key that `popw export snarkjs` has written: what the tests measure ours against.
// usage: peer.mjs verification_key.json OUT.sol
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const snarkjs = fileURLToPath(new URL("../node_modules/snarkjs", import.meta.url));
const ejs = createRequire(join(snarkjs, "package.json"))("ejs");
const [key, out] = process.argv.slice(2);
const template = readFileSync(join(snarkjs, "templates/verifier_groth16.sol.ejs"), "utf8");
mkdirSync(dirname(out), { recursive: true });
writeFileSync(out, ejs.render(template, JSON.parse(readFileSync(key, "utf8"))));
