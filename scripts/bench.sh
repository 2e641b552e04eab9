#!/usr/bin/env bash
# The figures of docs/src/performance.md, on two threads.
# usage: bench.sh [claims and shapes]     both proof systems, hashing
#        bench.sh groth16 [--quick]       the Groth16 table: docs/src/figures/groth16.{md,svg,json}; groth16-words.* on a
#                                         processor without AVX-512 IFMA
# --quick: chains of 2^14 and 2^16, one round, nothing written into docs/.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/target.sh

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
keys="$CARGO_TARGET_DIR/groth16-keys"
options=(--threads 2 --cache "$keys" --ark-program "$ark" --snarkjs tools/snarkjs/node_modules/.bin/snarkjs)

# The circuit of tools/circom with a tree of 20 levels and 91 rounds a hash, 16,202 constraints: compiled by circom, set up by stock
# snarkjs, which takes minutes.
circom() {
    local tools=$PWD/tools folder=$keys/circom depth=20
    [ ! -f "$folder/circuit.wtns" ] || return 0
    echo "  circom: making files, once"
    rm -rf "$folder.new" && mkdir -p "$folder.new"
    (
        cd "$folder.new"
        snarkjs() { "$tools/snarkjs/node_modules/.bin/snarkjs" "$@" >/dev/null; }
        sed "s/= Member(.*)/= Member($depth, 91)/" "$tools/circom/mimc.circom" >circuit.circom
        "$tools/circom/node_modules/.bin/circom2" circuit.circom --r1cs --wasm -o . >/dev/null
        snarkjs powersoftau new bn128 14 new.ptau
        snarkjs powersoftau contribute new.ptau contributed.ptau --name=bench -e=bench
        snarkjs powersoftau prepare phase2 contributed.ptau final.ptau
        snarkjs groth16 setup circuit.r1cs final.ptau raw.zkey
        snarkjs zkey contribute raw.zkey circuit.zkey --name=bench -e=bench
        node -e "console.log(JSON.stringify({ minimum: 100, secret: 12345, amount: 700,
            side: Array($depth).fill(1), sibling: [...Array($depth).keys()] }))" >input.json
        snarkjs wtns calculate circuit_js/circuit.wasm input.json circuit.wtns
        rm -- *.ptau raw.zkey
    )
    rm -rf "$folder" && mv "$folder.new" "$folder"
}
if [ -n "$quick" ]; then
    out="$CARGO_TARGET_DIR/groth16-quick"
    options+=(--case chain-14 --case chain-16 --rounds 1)
else
    out=docs/src/figures/groth16
    grep -qw avx512ifma /proc/cpuinfo || out+=-words
    circom
    for case in uptime possession bandwidth work bits-18 circom chain-16 chain-18 chain-20; do options+=(--case "$case"); done
fi
"$own" "${options[@]}" "$@" --json "$out.json" --markdown "$out.md" --plot "$out.svg"
echo "written: $out.md, $out.svg, $out.json"
