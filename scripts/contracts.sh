#!/usr/bin/env bash
# The Solidity contracts: written again from the corpus' keys, built, tested on the whole corpus, measured, read by slither.
# usage: contracts.sh [--setup]    (--setup: only install what is needed)
# POPW_BUILT=1: popw and popw-corpus are built already. UPDATE_GOLDENS=1 takes over changed contracts and gas figures. POPW_CORPUS=DIR adds that corpus (corpus/demo, where it exists).
set -euo pipefail
cd "$(dirname "$0")/.."
root=$PWD
. scripts/target.sh
export PATH="$root/contracts/tools:$PATH"
say() { printf '  contracts: %s\n' "$*"; }
fail() { printf '  contracts: %s\n' "$*" >&2; exit 1; }

command -v node >/dev/null && command -v npm >/dev/null || fail "Node.js with npm is needed (Debian: nodejs, npm)"
if ! forge --version >/dev/null 2>&1 || ! solc --version >/dev/null 2>&1 || [ ! -d contracts/node_modules/snarkjs ]; then
    say "installing forge, anvil, cast, solc and snarkjs (npm) into contracts/node_modules"
    # Not npm ci: it wants Foundry's programs for all platforms in the lock file, also those that a registry does not carry.
    npm install --prefix contracts --no-save --ignore-scripts --silent 2>/dev/null ||
        npm install --prefix contracts --no-save --ignore-scripts
fi
slither=$cache/slither/bin/slither
if [ ! -x "$slither" ]; then
    say "installing slither (PyPI: slither-analyzer) into $cache/slither"
    python3 -m venv "$cache/slither" || fail "python3 with venv is needed (Debian: python3-venv)"
    "$cache/slither/bin/pip" install --quiet --disable-pip-version-check slither-analyzer==0.11.5
fi
[ "${1:-}" != --setup ] || exit 0

[ -n "${POPW_BUILT:-}" ] || cargo build --quiet -p popw-cli --bin popw -p popw-corpus --bin popw-corpus --features popw-cli/as-tested
popw=$CARGO_TARGET_DIR/debug/popw corpus=$CARGO_TARGET_DIR/debug/popw-corpus
fresh=$(mktemp -d)
trap 'rm -rf "$fresh"' EXIT

# What is committed is what the command writes.
"$popw" export solidity --keys corpus/standard --out "$fresh/generated" --interface ../IPopwVerifier.sol >/dev/null 2>"$fresh/warnings" ||
    fail "$(cat "$fresh/warnings")"
if ! diff -rq "$fresh/generated" contracts/src/generated; then
    [ "${UPDATE_GOLDENS:-}" = 1 ] || fail "src/generated is not what \`popw export solidity\` writes; UPDATE_GOLDENS=1 takes it over"
    rm -rf contracts/src/generated && cp -r "$fresh/generated" contracts/src/generated
fi

# What the tests read: both corpora, and snarkjs's own contract for one of the keys.
rm -rf contracts/test/data contracts/src/demo
"$corpus" expand corpus/standard contracts/test/data/standard
demo=${POPW_CORPUS:-corpus/demo}
if [ -f "$demo/manifest.json" ] && [ "$(realpath "$demo")" != "$root/corpus/standard" ]; then
    "$corpus" expand "$demo" contracts/test/data/demo
    "$popw" export solidity --keys "$demo" --out contracts/src/demo --interface ../IPopwVerifier.sol >/dev/null 2>&1
else
    say "no demo corpus at $demo (make corpus): the standard one alone"
fi
"$popw" export snarkjs corpus/standard/uptime-groth16.proof.json --key corpus/standard/uptime-groth16.vk --out "$fresh/snarkjs" >/dev/null
node contracts/tools/peer.mjs "$fresh/snarkjs/verification_key.json" contracts/test/peers/SnarkjsVerifier.sol

cd contracts
forge fmt --check
forge build --sizes --skip test
[ "${UPDATE_GOLDENS:-}" = 1 ] && checking=false || checking=true
FORGE_SNAPSHOT_CHECK=$checking forge test -vv
"$slither" .
say "slither has no finding (slither.config.json; contracts/README.md says what is left out and why)"
