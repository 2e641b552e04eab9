#!/usr/bin/env bash
# The npm package: built into wasm/pkg, held to its budgets, and tested in Node and Chromium.
# usage: wasm.sh [build | test | bench]     (build: without tests; test: what is built already; bench: measured beside snarkjs)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/target.sh
say() { printf '  wasm: %s\n' "$*"; }
if ! node --version >/dev/null 2>&1; then
    say "installing Node.js (Debian: nodejs, npm)"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nodejs npm >/dev/null
fi
if [ "${1:-}" != build ] && [ -z "${CHROMIUM:-}" ] && ! command -v chromium >/dev/null && ! command -v chromium-browser >/dev/null; then
    say "installing Chromium (Debian: chromium)"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq chromium >/dev/null
fi
if ! rustup target list --installed | grep -qx wasm32-unknown-unknown; then
    say "installing the Rust target wasm32-unknown-unknown (rustup)"
    rustup target add wasm32-unknown-unknown
fi
if [ ! wasm/node_modules/.package-lock.json -nt wasm/package-lock.json ]; then
    say "installing the npm packages of wasm/package-lock.json into wasm/node_modules"
    (cd wasm && npm ci --silent)
fi
[ "${1:-}" = test ] || cargo run --quiet -p xtask -- wasm
[ "${1:-}" != build ] || exit 0
cd wasm
if [ "${1:-}" = bench ]; then
    node bench/bench.mjs
else
    node tools/types.mjs --check
    node --test tests/*.test.mjs
fi
