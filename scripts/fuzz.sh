#!/usr/bin/env bash
# The parsers over hostile bytes.
# usage: fuzz.sh run SECONDS [TARGET]   each target (or one) under libFuzzer; needs nightly and cargo-fuzz, skipped without
#        fuzz.sh replay                 the corpora and changed copies of them, on the stable compiler
#        fuzz.sh list                   the targets
# REQUIRE_FUZZ=1 makes a skip a failure. FUZZ_ROUNDS and FUZZ_SEED are the replay's.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/target.sh
export PATH="$PATH:$cache/tools/bin:$HOME/.cargo/bin"
say() { printf '  fuzz: %s\n' "$*"; }
skip() {
    printf '\n  fuzz: ############ SKIPPED, nothing was fuzzed ############\n  fuzz: %s\n\n' "$*" >&2
    [ "${REQUIRE_FUZZ:-0}" = 1 ] && exit 1
    exit 0
}

# A target for each function and a function for each target: crate_name is fuzz_name of that crate.
functions() {
    local crate
    for crate in core verifier prover network agent storage; do
        grep -rhoE '^pub fn fuzz_[a-z0-9_]+\(data' "$crate/src" | sed -E "s/^pub fn fuzz_([a-z0-9_]+)\(data/${crate}_\1/"
    done | sort
}
targets() { ls fuzz/fuzz_targets | sed 's/\.rs$//' | sort; }
seeds() {
    local crate="${1%%_*}" name="${1#*_}"
    if [ "$crate" = agent ]; then echo "agent/tests/corpus/$name"; else echo "$crate/testdata/corpus/${name//_/-}"; fi
}
check() {
    local target
    diff <(functions) <(targets) || { say "left: functions without a target in fuzz/; right: targets without a function"; exit 1; }
    diff <(grep -oP '^name = "\K[a-z0-9]+_[a-z0-9_]+' fuzz/Cargo.toml | sort) <(targets) || { say "fuzz/Cargo.toml names other targets"; exit 1; }
    for target in $(targets); do
        [ -n "$(ls "$(seeds "$target")")" ] || { say "$target has no seeds"; exit 1; }
    done
}

nightly() {
    rustup toolchain list 2>/dev/null | grep -q '^nightly' && return
    say "installing the nightly toolchain (rustup)"
    rustup toolchain install nightly --profile minimal --no-self-update ||
        skip "libFuzzer needs the nightly compiler, which rustup cannot install here"
}
cargo_fuzz() {
    cargo-fuzz --version >/dev/null 2>&1 && return
    say "installing cargo-fuzz (crates.io) into $cache/tools"
    cargo install cargo-fuzz --locked --quiet --root "$cache/tools" || skip "cargo-fuzz cannot be installed here"
}

run() {
    local seconds="$1" only="$2" failed="" target
    check
    nightly
    cargo_fuzz
    if [ -n "$only" ] && ! targets | grep -qx "$only"; then
        say "no target $only; there are:"; targets; exit 1
    fi
    say "building (the first time takes minutes)"
    cargo +nightly fuzz build --fuzz-dir fuzz --target-dir "$CARGO_TARGET_DIR/fuzz" $only
    for target in ${only:-$(targets)}; do
        mkdir -p "fuzz/corpus/$target"
        say "$target, $seconds s"
        nice cargo +nightly fuzz run --fuzz-dir fuzz --target-dir "$CARGO_TARGET_DIR/fuzz" "$target" \
            "fuzz/corpus/$target" "$(seeds "$target")" -- \
            -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -verbosity=0 -print_final_stats=1 ||
            failed+=" $target"
    done
    if [ -n "$failed" ]; then
        target="${failed##* }"
        say "found something:$failed; the inputs are in fuzz/artifacts/"
        say "mend the parser, and keep the input as a file of the target's corpus, here $(seeds "$target")"
        exit 1
    fi
}

replay() {
    check
    cargo nextest run -p popw-core -p popw-verifier -p popw-prover -p popw-network -p popw-agent -p popw-storage \
        -E 'test(fuzz) | test(corpus)' --success-output final
}

case "${1:-}" in
    run) run "${2:-20}" "${3:-}" ;;
    replay) replay ;;
    list) targets ;;
    *) sed -n '2,6s/^# //p' "$0" >&2; exit 2 ;;
esac
