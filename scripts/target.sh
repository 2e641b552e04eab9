# The folder cargo builds in, outside the checkout, so that a fresh clone finds its dependencies built. Sourced by the other
# scripts, in the checkout's root; sets CARGO_TARGET_DIR and `cache`, the folder of installed tools.
cache="${XDG_CACHE_HOME:-$HOME/.cache}/popw"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$cache/target}"
# What tests are built with, the demo's command as well: one set of features, so that nothing is built twice.
tested_features=popw-cli/as-tested,popw-wasm/schema
tested=(--workspace --exclude xtask --features "$tested_features")

# To cargo, packages of two checkouts are the same, and it looks at times only: what one has built would pass for the other's.
# So one checkout has the folder at a time, and what another one has built of our own is forgotten.
own_target() {
    [ "${POPW_TARGET_OWNED:-}" != "$CARGO_TARGET_DIR" ] || return 0
    mkdir -p "$CARGO_TARGET_DIR"
    # Held until this script and all it has started have ended.
    exec {target_lock}>"$CARGO_TARGET_DIR/popw.lock"
    if ! flock --nonblock "$target_lock"; then
        printf '  waiting: another make is building in %s\n' "$CARGO_TARGET_DIR" >&2
        flock "$target_lock"
    fi
    # A folder of the same name may be another checkout: by inode and birth.
    local owner="$CARGO_TARGET_DIR/popw.checkout" checkout
    checkout="$PWD $(stat -c '%i %W' .)"
    if [ "$(cat "$owner" 2>/dev/null)" != "$checkout" ]; then
        rm -f "$owner"
        find "$CARGO_TARGET_DIR" -mindepth 3 -maxdepth 5 -path '*/.fingerprint/*' \( -name 'popw-*' -o -name 'xtask-*' \) \
            -prune -exec rm -rf {} +
        rm -rf "$CARGO_TARGET_DIR/corpus-keys"
        printf '%s\n' "$checkout" >"$owner"
    fi
    export POPW_TARGET_OWNED=$CARGO_TARGET_DIR
}
own_target
