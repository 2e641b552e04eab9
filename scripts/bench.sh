#!/usr/bin/env bash
# The figures of docs/src/performance.md, on two threads.
set -euo pipefail
cd "$(dirname "$0")/.."
export RAYON_NUM_THREADS="${RAYON_NUM_THREADS:-2}"
cargo run --quiet -p popw-benches --bin claims -- "$@"
[ $# -gt 0 ] || cargo run --quiet -p popw-benches --bin poseidon
