#!/usr/bin/env bash
# Shell completions of popw under target/completions/.
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/target.sh
popw="$CARGO_TARGET_DIR/debug/popw"
mkdir -p target/completions
"$popw" completions bash > target/completions/popw.bash
"$popw" completions zsh > target/completions/_popw
"$popw" completions fish > target/completions/popw.fish
echo "written: target/completions/{popw.bash,_popw,popw.fish}"
