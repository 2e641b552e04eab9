#!/usr/bin/env bash
# Instructions of fixed work on one thread, counted by callgrind, beside those of benches/instructions.txt.
# usage: instructions.sh [check|update]
# More than 3 % above the file fails; more than that below is mentioned. The binary is the one that
# `make test` has made (POPW_BUILT=1), else it is built here.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/target.sh
mode="${1:-check}" counts=benches/instructions.txt tolerance=3
case "$mode" in check | update) ;; *) echo "usage: instructions.sh [check|update]" >&2; exit 2 ;; esac
fail() { printf 'instructions: %s\n' "$*" >&2; exit 1; }
valgrind --version >/dev/null 2>&1 || fail "valgrind is needed (Debian: valgrind)"
[ "$(uname -m)" = x86_64 ] || { echo "instructions: SKIPPED, the counts are of x86-64"; exit 0; }
[ "${POPW_BUILT:-}" = 1 ] || cargo build --quiet -p popw-benches --bin instructions
binary="$CARGO_TARGET_DIR/debug/instructions"

work=$(mktemp -d); trap 'rm -rf "$work"' EXIT
# What would differ by machine: valgrind shows its own processor, without AVX-512, so detection at run time picks scalar
# code; the C library's memcpy is pinned, since it is chosen by AVX and cache sizes that valgrind passes on.
export GLIBC_TUNABLES=glibc.cpu.hwcaps=-AVX2,-AVX,-ERMS,-FSRM:glibc.cpu.x86_non_temporal_threshold=0x10000000
export RAYON_NUM_THREADS=1
count() { # workload
    # Only inside `counted`, and in arkworks' multiplication, which runs in a pool of its own that the reference backend
    # calls from there: callgrind switches by thread.
    valgrind --tool=callgrind --callgrind-out-file="$work/out" --collect-atstart=no \
        --toggle-collect='instructions::counted' --toggle-collect='*::variable_base::msm_bigint_wnaf_parallel' \
        "$binary" "$1" >"$work/log" 2>&1 || { cat "$work/log" >&2; fail "$1 did not run"; }
    awk '/^==.*Collected : / { print $NF }' "$work/log"
}

report="" worse=0
{
    echo "# Instructions by callgrind: scripts/instructions.sh update"
    for name in $("$binary"); do
        now=$(count "$name")
        [ "${now:-0}" -gt 1000000 ] || fail "$name: ${now:-nothing} counted; is \`counted\` inlined?"
        echo "$name $now"
    done
} >"$work/counts"
while read -r name now; do
    [ "$name" != "#" ] || continue
    before=$(awk -v name="$name" '$1 == name { print $2 }' "$counts" 2>/dev/null || true)
    if [ -z "$before" ]; then
        report+="$(printf '  %-16s %14d  not in %s' "$name" "$now" "$counts")"$'\n'; worse=1
        continue
    fi
    change=$(awk "BEGIN { printf \"%+.2f\", 100 * ($now - $before) / $before }")
    line="$(printf '  %-16s %14d  was %14d  %8s %%' "$name" "$now" "$before" "$change")"
    if awk "BEGIN { exit !($change > $tolerance) }"; then
        line+="  MORE than $tolerance % above"; worse=1
    elif awk "BEGIN { exit !($change < -$tolerance) }"; then
        line+="  less: note it with scripts/instructions.sh update"
    fi
    report+="$line"$'\n'
done <"$work/counts"
while read -r name _; do
    grep -q "^$name " "$work/counts" || { report+="  $name: in $counts, but no such workload"$'\n'; worse=1; }
done < <(grep -v '^#' "$counts" 2>/dev/null || true)
printf '%s' "$report"
if [ "$mode" = update ]; then
    cp "$work/counts" "$counts"
    echo "$counts written"
elif [ $worse = 1 ]; then
    fail "slower than $counts says. If that is meant: scripts/instructions.sh update, and say why in the commit"
fi
