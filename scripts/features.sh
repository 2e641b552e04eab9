#!/usr/bin/env bash
# Whether the demo builds its dependencies with the features that the tests have: else everything above them is built twice.
# usage: features.sh
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."
. scripts/target.sh
packages() { # cargo-tree-arguments...: name, version and features of everything, a line each
    cargo tree --locked --prefix none -f '{p}|{f}' "$@" | sed -E 's# \(/[^)]*\)##; s# \((\*|proc-macro)\)##g' | sort -u
}
demo=$(packages -p popw-cli --no-default-features --features as-tested -e normal,build)
tests=$(packages "${tested[@]}" -e normal,build,dev)
if odd=$(comm -23 <(printf '%s\n' "$demo") <(printf '%s\n' "$tests") | grep -v '^popw-cli '); then
    while IFS='|' read -r package features; do
        printf 'features: %s has in the demo only:  %s\n' "$package" "$features" >&2
        grep -F "$package|" <<<"$tests" | sed 's/.*|/          and in the tests:  /' >&2
    done <<<"$odd"
    echo "features: ask for what is missing in tools/features/Cargo.toml" >&2
    exit 1
fi
echo "the demo shares $(wc -l <<<"$demo") packages with the tests"
