#!/usr/bin/env bash
# The Groth16 verifiers for Soroban and NEAR: built as they are deployed, run in the chains' own virtual machines over the
# corpus (POPW_CORPUS, default corpus/standard and, where it has been made, corpus/demo). Installs what it needs and says so.
# usage: hosts.sh [test] [soroban|near]   both without a name
#        hosts.sh build soroban|near OUT.wasm
set -euo pipefail
# Paths are the caller's.
[ -z "${CARGO_TARGET_DIR:-}" ] || CARGO_TARGET_DIR="$(realpath -m "$CARGO_TARGET_DIR")"
[ -z "${POPW_CORPUS:-}" ] || { POPW_CORPUS="$(realpath "$POPW_CORPUS")"; export POPW_CORPUS; }
[ $# -lt 3 ] || set -- "$1" "$2" "$(realpath -m "$3")"
cd "$(dirname "$0")/.."
. scripts/target.sh
target=$CARGO_TARGET_DIR
usage() { sed -n '4,5s/^# //p' "$0" >&2; exit 2; }
contract() { # chain: target and package of its contract
    case "$1" in
        soroban) triple=wasm32v1-none package=popw-soroban ;;
        near) triple=wasm32-unknown-unknown package=popw-near ;;
        *) usage ;;
    esac
    # A folder for each: they share almost nothing, and features would be told apart by rebuilding.
    CARGO_TARGET_DIR="$target/$1"
    if ! rustup target list --installed | grep -qx "$triple"; then
        printf '  %s: installing the Rust target %s (rustup)\n' "$1" "$triple"
        rustup target add "$triple"
    fi
}
check() { # chain
    local out
    contract "$1"
    # In the folder, for the flags of its .cargo/config.toml.
    cd "contracts/$1"
    cargo fmt --package "$package" --check
    [ "$1" != near ] || cargo fmt --package popw-near-tests --check
    cargo clippy --quiet --locked --release --package "$package" --target "$triple" -- -D warnings
    out=$(cargo test --quiet --locked -- --nocapture 2>&1) || { printf '%s\n' "$out"; exit 1; }
    # Wherever in a line: the dots of tests that pass stand before.
    grep -oE '(proofs|key files): \{.*|verify: [0-9].*' <<<"$out" | sed "s/^/  $1: /"
    cd ../..
}
build() { # chain, file
    contract "$1"
    (cd "contracts/$1" && cargo build --quiet --locked --release --lib --package "$package" --target "$triple")
    cp "$CARGO_TARGET_DIR/$triple/release/${package/-/_}.wasm" "$2"
}

[ "${1:-test}" != build ] || { [ $# = 3 ] || usage; build "$2" "$3"; exit; }
[ "${1:-test}" != test ] || shift $(($# > 0))
[ $# -le 1 ] || usage
for chain in ${1:-soroban near}; do check "$chain"; done
