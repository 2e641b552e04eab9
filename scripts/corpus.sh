#!/usr/bin/env bash
# Makes a corpus: keys, valid proofs of every claim on both systems, and what has to become of changed copies.
# usage: corpus.sh [demo|standard] [DIR]     (demo: a minute; standard: several, and the committed one changes)
set -euo pipefail
cd "$(dirname "$0")/.."
shape="${1:-demo}"
keys="${CARGO_TARGET_DIR:-target}/corpus-keys"
cargo run --quiet -p popw-corpus-generate -- --shape "$shape" --keys "$keys" "${2:-corpus/$shape}"
