#!/usr/bin/env bash
# The verifier without an operating system: an image for a Cortex-M4 verifies every proof of the corpus (POPW_CORPUS,
# default corpus/standard) under QEMU, within 64 KiB of stack. Installs what it needs and says so.
# usage: bare-metal.sh
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/target.sh
CARGO_TARGET_DIR+=/bare-metal
POPW_CORPUS="$(realpath "${POPW_CORPUS:-corpus/standard}")"
export POPW_CORPUS
target=thumbv7em-none-eabi
limit=65536
say() { printf '  bare metal: %s\n' "$*"; }
fail() { printf '  bare metal: %s\n' "$*" >&2; exit 1; }

if ! rustup target list --installed | grep -qx "$target"; then
    say "installing the Rust target $target (rustup)"
    rustup target add "$target"
fi
if ! command -v qemu-system-arm >/dev/null; then
    say "installing QEMU (Debian: qemu-system-arm)"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends qemu-system-arm >/dev/null
fi

# .cargo/config.toml beside the crate names target and linker script.
cd verifier/bare-metal
cargo fmt --check
cargo clippy --release --quiet -- -D warnings
cargo build --release --quiet
image="$CARGO_TARGET_DIR/$target/release/popw-bare-metal"

# Runs the image with words as arguments; -icount: one nanosecond for each instruction.
run() {
    local words="arg=popw" word
    for word in "$@"; do words+=",arg=$word"; done
    timeout 1200 qemu-system-arm -M mps2-an386 -nographic -monitor none -serial none -icount shift=0 \
        -semihosting-config "enable=on,target=native,$words" -kernel "$image"
}
# The image must fail, and say why.
refused() { # reason, words...
    local reason="$1" out; shift
    if out=$(run "$@" 2>&1); then fail "passed with $*, which has to fail"; fi
    grep -qE "$reason" <<<"$out" || fail "with $* it failed without saying '$reason': $out"
}

refused "expected spoiled" first spoil
refused "more stack used than the 1024 B" first stack=1024
# The processor locks up with its stack pointer at the guard, which ends at 0x20000000.
refused "R13=1ffff" overflow
run "stack=$limit" || fail "FAILED"
