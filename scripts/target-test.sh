#!/usr/bin/env bash
# That a checkout never runs what another one has built: two of them, made at the same time, share a target folder.
# usage: target-test.sh
set -euo pipefail
cd "$(dirname "$0")/.."
script=$PWD/scripts/target.sh
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
fail() { printf 'target: %s\n' "$*" >&2; exit 1; }
for name in one two; do
    mkdir -p "$work/$name/src"
    printf '[package]\nname = "popw-probe"\nversion = "0.1.0"\nedition = "2024"\n[workspace]\n' >"$work/$name/Cargo.toml"
    printf 'fn main() { println!("%s"); }\n' "$name" >"$work/$name/src/main.rs"
done
build() { # checkout, what its program prints
    (
        unset POPW_TARGET_OWNED POPW_BUILT
        export CARGO_TARGET_DIR=$work/target
        cd "$work/$1"
        [ "${2:-}" = unguarded ] || . "$script"
        cargo build --quiet
        "$CARGO_TARGET_DIR/debug/popw-probe"
    )
}
[ "$(build one)" = one ] || fail "the first checkout does not run its own program"
[ "$(build two unguarded)" = one ] || echo "target: cargo tells checkouts apart by now; scripts/target.sh may have become needless"
[ "$(build two)" = two ] || fail "the second checkout runs what the first has built"
[ "$(build one)" = one ] || fail "the first checkout runs what the second has built"
# Who waits for the folder says so.
(
    unset POPW_TARGET_OWNED
    export CARGO_TARGET_DIR=$work/target
    . "$script"
    touch "$work/owned"
    for _ in $(seq 100); do [ -s "$work/waiting" ] && break; sleep 0.1; done
) &
for _ in $(seq 100); do [ -e "$work/owned" ] && break; sleep 0.1; done
[ "$(build two 2>"$work/waiting")" = two ] || fail "whoever has waited does not run its own program"
wait
grep -q 'another make is building' "$work/waiting" || fail "nobody has waited"
echo "two checkouts in one target folder each run their own"
