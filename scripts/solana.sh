#!/usr/bin/env bash
# The Solana program that verifies Groth16 proofs. Installs what it needs and says so.
# usage: solana.sh test                    builds a program for every Groth16 key of the corpus (POPW_CORPUS, default
#                                          corpus/standard) and runs all its proofs; skipped where there is no nightly
#        solana.sh build KEY.vk PROGRAM.so a program for one key
# REQUIRE_SOLANA=1 makes a skip a failure.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/target.sh
CARGO_TARGET_DIR+=/solana
export PATH="$cache/tools/bin:$PATH:$HOME/.cargo/bin"
linker=0.1.9
target=bpfel-unknown-none
say() { printf '  solana: %s\n' "$*"; }
fail() { printf '  solana: %s\n' "$*" >&2; exit 1; }
skip() {
    printf '\n  solana: ############ SKIPPED, the Solana program was not built ############\n  solana: %s\n\n' "$*" >&2
    [ "${REQUIRE_SOLANA:-0}" = 1 ] && exit 1
    exit 0
}

tools() {
    if ! rustup toolchain list | grep -q '^nightly'; then
        say "installing the nightly toolchain (rustup)"
        rustup toolchain install nightly --profile minimal --component rust-src --no-self-update ||
            skip "programs need the nightly compiler, which rustup cannot install here"
    fi
    if ! [ -d "$(rustc +nightly --print sysroot)/lib/rustlib/src/rust/library" ]; then
        say "installing rust-src for nightly (rustup)"
        rustup component add rust-src --toolchain nightly ||
            skip "programs need nightly's rust-src, which rustup cannot install here"
    fi
    # Its --version ends with an error, after the version.
    if [[ "$(sbpf-linker --version 2>/dev/null || true)" != *" $linker"* ]]; then
        say "installing sbpf-linker $linker (crates.io) into $cache/tools: a minute"
        # Not optimised: LLVM, which it calls, does the work.
        CARGO_PROFILE_DEV_DEBUG=0 cargo +nightly install sbpf-linker --version "$linker" --locked --quiet --debug \
            --root "$cache/tools"
    fi
}

build() { # key, program
    POPW_KEY="$(realpath "$1")" RUSTFLAGS="-C linker=sbpf-linker -C link-arg=--deploy=false -C panic=abort -C relocation-model=static -A linker_messages" \
        cargo +nightly rustc --manifest-path contracts/solana/Cargo.toml --quiet --release -p popw-solana \
        --crate-type cdylib -Z build-std=core,alloc --target "$target" || return 1
    cp "$CARGO_TARGET_DIR/$target/release/libpopw_solana.so" "$2"
}

check() {
    local programs="$CARGO_TARGET_DIR/programs" weak="$CARGO_TARGET_DIR/weak.vk" key out
    POPW_CORPUS="$(realpath "${POPW_CORPUS:-corpus/standard}")"
    export POPW_CORPUS POPW_SOLANA_PROGRAMS="$programs"
    cargo fmt --manifest-path contracts/solana/Cargo.toml -p popw-solana -p popw-solana-key -p popw-solana-runtime --check
    cargo clippy --manifest-path contracts/solana/Cargo.toml --quiet --all-targets \
        -p popw-solana-runtime -p popw-solana-key -- -D warnings
    rm -rf "$programs"
    mkdir -p "$programs"
    for key in "$POPW_CORPUS"/*-groth16.vk; do
        build "$key" "$programs/$(basename "${key%.vk}").so"
    done
    say "$(stat -c %s "$programs"/*.so | sort -n | tail -1) bytes in the largest program"
    # A key that ends early: no program may come of it.
    head -c 100 "$key" >"$weak"
    if out=$(build "$weak" /dev/null 2>&1); then fail "a program was built for a broken key"; fi
    grep -q "malformed-key" <<<"$out" || fail "a broken key was refused without its code: $out"
    cargo test --manifest-path contracts/solana/Cargo.toml --quiet -p popw-solana-runtime -p popw-solana-key -- --nocapture
}

case "${1:-}" in
    test) tools; check ;;
    build) [ $# = 3 ] || fail "usage: solana.sh build KEY.vk PROGRAM.so"; REQUIRE_SOLANA=1; tools; build "$2" "$3" ;;
    *) sed -n '2,6s/^# //p' "$0" >&2; exit 2 ;;
esac
