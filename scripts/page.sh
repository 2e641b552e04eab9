#!/usr/bin/env bash
# The page that checks proofs in a browser. Installs what it needs and says what.
# usage: page.sh build | test | serve [PORT]     (dist is wasm/www/dist)
set -euo pipefail
cd "$(dirname "$0")/.."
. scripts/target.sh
say() { printf '  page: %s\n' "$*"; }
install() { # package of Debian, what for
    say "installing $1 (Debian) $2"
    apt-get update -qq && DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$1" >/dev/null
}

if ! node --version >/dev/null 2>&1; then
    install nodejs "for the build"
    install npm "for the build"
fi
www=wasm/www
if [ ! -d "$www/node_modules" ] || [ "$www/package-lock.json" -nt "$www/node_modules" ]; then
    say "installing the packages of $www/package-lock.json (npm)"
    npm ci --prefix "$www" --silent --no-audit --no-fund
    touch "$www/node_modules"
fi
if ! ls wasm/pkg/*.wasm >/dev/null 2>&1; then
    say "building the verifier for the browser (scripts/wasm.sh build)"
    scripts/wasm.sh build
fi

case "${1:-build}" in
build)
    npm run --prefix "$www" --silent build
    ;;
serve)
    npm run --prefix "$www" --silent build
    exec node "$www/serve.mjs" dist "${2:-8080}"
    ;;
test)
    if ! command -v "${CHROMIUM:-chromium}" >/dev/null && [ ! -x /usr/bin/chromium-browser ]; then
        install chromium "to open the page in"
    fi
    npm run --prefix "$www" --silent types
    npm run --prefix "$www" --silent build
    npm test --prefix "$www" --silent
    ;;
*)
    echo "usage: page.sh build | test | serve [PORT]" >&2
    exit 2
    ;;
esac
