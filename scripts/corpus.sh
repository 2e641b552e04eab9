#!/usr/bin/env bash
# Makes a corpus: keys, valid proofs of every claim on both systems, and what has to become of changed copies.
# usage: corpus.sh [demo|standard] [DIR]     (demo: a minute; standard: several, and the committed one changes)
# POPW_BUILT=1: popw-corpus-generate is built already.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/target.sh
shape="${1:-demo}"
keys="$CARGO_TARGET_DIR/corpus-keys"
[ -n "${POPW_BUILT:-}" ] || cargo build --quiet -p popw-corpus-generate
"$CARGO_TARGET_DIR/debug/popw-corpus-generate" --shape "$shape" --keys "$keys" "${2:-corpus/$shape}"
