#!/usr/bin/env bash
# Every check of the project, stage by stage; the first failure ends it. Minutes of each stage at the end.
set -uo pipefail
cd "$(dirname "$0")/.."
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-${XDG_CACHE_HOME:-$HOME/.cache}/popw/target}"
export PATH="$PATH:${XDG_CACHE_HOME:-$HOME/.cache}/popw/tools/bin"
summary=""
stage() { # name, command...
    local name="$1" start=$SECONDS; shift
    printf '\n== %s\n' "$name"
    if ! "$@"; then
        printf '\n== failed: %s (%s)\n%b' "$name" "$*" "$summary"
        exit 1
    fi
    summary+=$(printf '%6.1f min  %s' "$(awk "BEGIN { print ($SECONDS - $start) / 60 }")" "$name")"\n"
}
deny() {
    # Crates of other platforms are read, too.
    cargo fetch --locked --quiet || return 1
    cargo deny --offline check bans licenses sources || return 1
    # Advisories come from a host that may be out of reach; then that is said and the rest counts.
    if ! out=$(cargo deny check advisories 2>&1); then
        if grep -qE 'failed to (fetch|clone|acquire)|unable to fetch|network|could not resolve|IO error' <<<"$out"; then
            echo "advisories: not checked, the advisory database is out of reach from here"
        else
            printf '%s\n' "$out"
            return 1
        fi
    fi
}
embedded() {
    cargo build --quiet -p popw-verifier --target wasm32-unknown-unknown &&
        cargo build --quiet -p popw-verifier --target thumbv7em-none-eabi &&
        echo "popw-verifier builds for wasm32-unknown-unknown and thumbv7em-none-eabi (no_std)"
}
docs() { RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet; }

stage "set-up" scripts/setup.sh test
stage "format" cargo fmt --all --check
stage "clippy" cargo clippy --workspace --all-targets --quiet -- -D warnings
stage "docs" docs
stage "deny" deny
stage "verifier without std" embedded
stage "build" cargo build --workspace --all-targets --quiet
# Scripts take the commands as they are built now: built by themselves they would have other features, and take minutes.
export POPW_BUILT=1
stage "corpus of the demo shape" scripts/corpus.sh demo
stage "tests" env POPW_CORPUS="$PWD/corpus/demo" cargo nextest run --workspace --no-fail-fast
stage "instruction counts (callgrind)" scripts/instructions.sh check
stage "documented examples" cargo test --workspace --doc --quiet
stage "demo and commands, as a user runs them" scripts/commands.sh
stage "contracts (Foundry)" scripts/contracts.sh
stage "contracts on a running chain" scripts/chain.sh
stage "WASM in Node and Chromium" scripts/wasm.sh
stage "the page in Chromium" scripts/page.sh test
stage "Soroban and NEAR" scripts/hosts.sh
stage "Solana" scripts/solana.sh test
stage "verifier on bare metal" scripts/bare-metal.sh
printf '\n%b' "$summary"
printf '%6.1f min  in all\n' "$(awk "BEGIN { print $SECONDS / 60 }")"
