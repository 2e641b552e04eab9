#!/usr/bin/env bash
# The figures of docs/src/performance.md, on two threads.
# usage: bench.sh [claims and shapes]     both proof systems, hashing
#        bench.sh groth16 [--quick]       the Groth16 table: docs/src/figures/groth16.{md,svg,json}
# --quick: chains of 2^14 and 2^16, one round, nothing written into docs/.
set -euo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/popw/target}"

if [ "${1:-}" != groth16 ]; then
    export RAYON_NUM_THREADS="${RAYON_NUM_THREADS:-2}"
    cargo run --quiet -p popw-benches --bin claims -- "$@"
    [ $# -gt 0 ] || cargo run --quiet -p popw-benches --bin poseidon
    exit
fi
shift
quick=""
[ "${1:-}" != --quick ] || { quick=1; shift; }

scripts/setup.sh snarkjs
# Ours as it ships: the release profile, no flags. Vector kernels are chosen at run time.
cargo build --quiet --release -p popw-benches --bin groth16
own="$CARGO_TARGET_DIR/release/groth16"
# ark-groth16 in an executable of its own, as it is fastest. Its assembly is compiled in with the feature of ark-bn254 (that
# of ark-ff alone does not reach the fields) and these instructions only. At 2^14, one thread: portable 0.81 s, with the
# instructions 0.79 s, with its assembly too 0.76 s. The same flags make our reference backend 0 to 2 % faster: not used.
ark="$own"
if grep -qw adx /proc/cpuinfo && grep -qw bmi2 /proc/cpuinfo; then
    CARGO_TARGET_DIR="$CARGO_TARGET_DIR/peers" RUSTFLAGS="-C target-feature=+bmi2,+adx" \
        cargo build --quiet --release -p popw-benches --bin groth16 --features asm
    ark="$CARGO_TARGET_DIR/peers/release/groth16"
fi
options=(--threads 2 --cache "$CARGO_TARGET_DIR/groth16-keys" --ark-program "$ark"
    --snarkjs tools/snarkjs/node_modules/.bin/snarkjs)
if [ -n "$quick" ]; then
    out="$CARGO_TARGET_DIR/groth16-quick"
    options+=(--case chain-14 --case chain-16 --rounds 1)
else
    out=docs/src/figures/groth16
fi
"$own" "${options[@]}" "$@" --json "$out.json" --markdown "$out.md" --plot "$out.svg"
echo "written: $out.md, $out.svg, $out.json"
