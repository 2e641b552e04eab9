#!/usr/bin/env bash
# Every check of the project, stage by stage; the first failure ends it. Minutes of each stage at the end.
# usage: test.sh [long]     (long: what is worth running before a release instead, and takes hours)
set -uo pipefail
cd "$(dirname "$0")/.."
. scripts/target.sh
export PATH="$PATH:$cache/tools/bin"
work=$(mktemp -d)
lanes=()
finish() {
    local code=$?
    trap - EXIT
    # Everything that runs beside, with what it has started.
    for process in "${lanes[@]}"; do kill -- "-$process" 2>/dev/null; done
    rm -rf "$work"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

# Seconds of processor time of all commands of this lane that have ended, in cpu. (In a subshell it would count that one's alone.)
processor() {
    times >"$work/times${lane:-}"
    cpu=$(awk -F'[ms ]+' 'NR == 2 { print $1 * 60 + $2 + $3 * 60 + $4 }' "$work/times${lane:-}")
    [ -n "${lane:-}" ] || cpu=$(awk "BEGIN { print $cpu - $(of_lanes) }")
}
of_lanes() { cat "$work"/processor-* 2>/dev/null | awk '{ sum += $1 } END { print sum + 0 }'; }
# aside NAME COMMAND...   beside what follows, in a lane of its own
aside() {
    local name=$1; shift
    set -m
    (
        set +m
        lane=-$name
        "$@"
        processor
        echo "$cpu" >"$work/processor-$name"
    ) >"$work/$name.log" 2>&1 &
    lanes+=("$!")
    set +m
}
# What went on beside, when it has ended.
joined() {
    local name code
    for name in "$@"; do
        wait "${lanes[0]}"
        code=$?
        lanes=("${lanes[@]:1}")
        printf '\n== beside these: %s\n' "$name"
        cat "$work/$name.log"
        [ "$code" = 0 ] || exit "$code"
    done
}
stage() { # name, command...
    local name="$1" start=$SECONDS before; shift
    processor
    before=$cpu
    printf '\n== %s\n' "$name"
    if ! "$@"; then
        printf '\n== failed: %s (%s)\n' "$name" "$*"
        cat "$work"/minutes* 2>/dev/null
        exit 1
    fi
    processor
    spent "$((SECONDS - start))" "$cpu - $before" "$name" >>"$work/minutes${lane:-}"
}
spent() { awk "BEGIN { printf \"%6.1f %6.1f  %s\\n\", $1 / 60, ($2) / 60, \"$3\" }"; }
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
docs() { RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --quiet; }
embedded() {
    # Machine code of both is made by the stages of WASM and of bare metal.
    for target in wasm32-unknown-unknown thumbv7em-none-eabi; do
        cargo clippy --quiet -p popw-verifier --target "$target" -- -D warnings || return 1
    done
    echo "popw-verifier stands on wasm32-unknown-unknown and thumbv7em-none-eabi (no_std)"
}
# Tests and what they and the scripts run. The other binaries are measurements: clippy reads them, test-long builds them.
targets=(--tests --bin popw --bin popw-corpus --bin popw-corpus-generate --bin instructions --example schema)

long() {
    export POPW_BUILT=1 standard="$work/corpus"
    stage "build" cargo build "${tested[@]}" --all-targets --quiet
    # By their names: some ignored tests are parts of others.
    stage "tests in full" cargo nextest run "${tested[@]}" --run-ignored all --no-fail-fast -E 'test(/_in_full$/)'
    stage "fuzz corpora, changed a hundred times as often" env FUZZ_ROUNDS=100000 scripts/fuzz.sh replay
    stage "corpus of the standard shape, made anew" scripts/corpus.sh standard "$standard"
    stage "the verifier on it" env POPW_CORPUS="$standard" cargo nextest run "${tested[@]}" -E 'package(popw-verifier) and test(corpus)'
    stage "release build of the command" cargo build --release -p popw-cli --bin popw --quiet
    stage "demo and commands with it" env POPW="$CARGO_TARGET_DIR/release/popw" scripts/commands.sh
}

others() { # What needs no build of the workspace and takes long, at a lower priority, beside what does; then the other chains.
    renice -n 5 "$BASHPID" >/dev/null
    stage "Solana" scripts/solana.sh test
    stage "verifier on bare metal" scripts/bare-metal.sh
    # These are held to the corpus of the demo shape as well.
    until [ -e "$work/corpus-is-there" ]; do sleep 1; done
    export POPW_BUILT=1
    stage "Soroban and NEAR" scripts/hosts.sh
    stage "contracts (Foundry)" scripts/contracts.sh
    stage "contracts on a running chain" scripts/chain.sh
}

stage "set-up" scripts/setup.sh test
if [ "${1:-}" = long ]; then
    long
else
    aside chains others
    stage "format" cargo fmt --all --check
    stage "what is built once, and for whom" eval "scripts/features.sh && scripts/target-test.sh"
    stage "clippy" cargo clippy --workspace --all-targets --features "$tested_features" --quiet -- -D warnings
    stage "verifier without std" embedded
    stage "docs" docs
    stage "deny" deny
    stage "build" cargo build "${tested[@]}" "${targets[@]}" --quiet
    # Scripts take the commands as they are built now: built by themselves they would have other features, and take minutes.
    export POPW_BUILT=1
    stage "corpus of the demo shape" scripts/corpus.sh demo
    touch "$work/corpus-is-there"
    stage "tests" env POPW_CORPUS="$PWD/corpus/demo" cargo nextest run "${tested[@]}" --no-fail-fast
    stage "instruction counts (callgrind)" scripts/instructions.sh check
    stage "documented examples" cargo test "${tested[@]}" --doc --quiet
    stage "demo and commands, as a user runs them" scripts/commands.sh
    stage "WASM, built" scripts/wasm.sh build
    # Both wait for a browser most of the time.
    aside page stage "the page in Chromium" scripts/page.sh test
    stage "WASM in Node and Chromium" scripts/wasm.sh test
    joined chains page
fi
printf '\nminutes: on the clock, of processors\n'
cat "$work/minutes"
cat "$work"/minutes-* 2>/dev/null | sed 's/$/ (beside the others)/'
processor
spent "$SECONDS" "$cpu + $(of_lanes)" "in all"
