#!/usr/bin/env bash
# From real work to verified proofs on this machine: twelve witness daemons, a device daemon that stores a file of 64 MiB
# and serves it to two clients, one short epoch, and a proof of each kind of work and of all of it.
# Everything runs on loopback; what it makes is left under target/demo/. Can be repeated. POPW=FILE: with that popw.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "$0")/.."
root=$PWD
. scripts/target.sh
demo=target/demo
rounds=$root/scripts/demo # two recorded rounds of drand's quicknet, 27 seconds apart
recipient=0x00000000000000000000000000000000c0ffee00

if [ -t 1 ]; then bold=$'\e[1m' plain=$'\e[0m'; else bold='' plain=''; fi
say() { printf '\n%s== %s%s\n' "$bold" "$*" "$plain"; }
at() { printf '   %s\n' "$*"; }
unset POPW_NETWORK POPW_PASSPHRASE_FILE RUST_LOG

# --- children: stopped whatever happens, and their logs shown when something went wrong
declare -A pids=()
logs=()
finish() {
    local code=$?
    trap - EXIT INT TERM
    if [ "${#pids[@]}" -gt 0 ]; then
        kill "${pids[@]}" 2>/dev/null || true
        for _ in $(seq 40); do kill -0 "${pids[@]}" 2>/dev/null && sleep 0.1 || break; done
        kill -9 "${pids[@]}" 2>/dev/null || true
    fi
    if [ "$code" = 130 ] || [ "$code" = 143 ]; then
        printf '\nStopped, with all its daemons.\n' >&2
    elif [ "$code" -ne 0 ]; then
        printf '\n%sThe demo failed (exit code %s).%s\n' "$bold" "$code" "$plain" >&2
        for log in $(printf '%s\n' "${logs[@]}" | sort -u); do
            [ -s "$log" ] || continue
            grep -qE 'ERROR|WARN|Error|panicked' "$log" || [ "$log" = "${last_log:-}" ] || continue
            printf '\n-- the end of %s\n' "$log" >&2
            tail -n 8 "$log" >&2
        done
    fi
    rm -f "$demo/running"
    exit "$code"
}
trap finish EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

start() { # name, arguments...
    local name=$1 log
    shift
    log=$demo/logs/$name.log
    logs+=("$log")
    last_log=$log
    "$popw" "$@" >>"$log" 2>&1 &
    pids[$name]=$!
    disown "${pids[$name]}" # no "Killed" from the shell when it is killed on purpose
}
gone() { # name: forget a child that was killed on purpose
    while kill -0 "${pids[$1]}" 2>/dev/null; do sleep 0.02; done
    unset "pids[$1]"
}
stop() { # name...: SIGTERM, and wait for the clean end
    local name
    for name in "$@"; do kill "${pids[$name]}" 2>/dev/null || true; done
    for name in "$@"; do gone "$name"; done
}
run() { # one step of the set-up; what it prints goes to a log
    last_log=$demo/logs/steps.log
    printf '$ popw %s\n' "$*" >>"$last_log"
    "$popw" "$@" >>"$last_log" 2>&1
}
json() { # name: the first number or text of that name in the JSON on stdin
    sed -nE "s/^ *\"$1\": \"?([^\",]*)\"?,?$/\1/p" | sed -n 1p
}
now_ms() { local t=$EPOCHREALTIME; printf '%s' "$((${t%.*} * 1000 + 10#${t#*.} / 1000))"; }
sleep_until() { # Unix milliseconds
    local left=$(($1 - $(now_ms)))
    [ "$left" -le 0 ] || sleep "$((left / 1000)).$(printf '%03d' $((left % 1000)))"
}

# --- the program
popw=${POPW:-$CARGO_TARGET_DIR/debug/popw}
[ -x "$popw" ] || say "Building popw. The first time this takes seven minutes on two quiet cores, later seconds."
# Without `popw chain` and `popw serve-page`, which a demo does not need; the tests have built it with them already.
[ -n "${POPW_BUILT:-}${POPW:-}" ] || cargo build -p popw-cli --bin popw --no-default-features --features as-tested
began=$(now_ms)

if [ -e "$demo/running" ] && kill -0 "$(cat "$demo/running")" 2>/dev/null; then
    trap - EXIT
    echo "another demo (process $(cat "$demo/running")) is running in this folder: wait for it or stop it" >&2
    exit 1
fi
rm -rf "$demo"
mkdir -p "$demo"/{members,epochs,db,logs,locks,keys}
echo $$ >"$demo/running"
logs+=("$demo/logs/steps.log")

say "Keys for the proof systems (development keys: whoever makes them can forge)"
claims=(uptime storage bandwidth work)
for claim in "${claims[@]}"; do
    times=
    for system in groth16 halo2; do
        started=$(now_ms)
        run setup "$claim" --shape demo --system "$system" --keys "$demo/keys"
        times+=$(printf '%-8s %5.1f s   ' "$system" "$((($(now_ms) - started) / 100))e-1")
    done
    at "$(printf '%-10s %s' "$claim" "$times")"
done

say "A sector: a file of 64 MiB, hashed into a tree of 2.2 million nodes"
head -c 67108864 /dev/urandom >"$demo/film.bin"
started=$(now_ms)
run storage add "$demo/film.bin" --store "$demo/store"
sector=$(basename "$(ls -d "$demo"/store/*/)")
at "$(printf 'taken in in %.1f s: %s…' "$((($(now_ms) - started) / 100))e-1" "${sector:0:16}")"

say "A network: 24 slots of one second, 3 of 5 drawn witnesses make a slot up"
export POPW_NETWORK=$demo/network.toml
# Fixed keys and a recorded beacon: the draw below comes out the same each time.
run network init --out "$POPW_NETWORK" --name demo --shape demo --pays work --min-rate 100 --genesis +16s --recorded-rounds
run beacon verify "$rounds/quicknet-1000.json"
at "$(grep -m1 'Round 1000' "$demo/logs/steps.log")"
new_key() { # role, name, owner
    run key new --role "$1" --owner "$3" --out "$demo/members/$2.key" --insecure-plaintext \
        --insecure-seed "popw demo: ${2/-/ }"
}
register() { # name, further arguments of prove-possession...
    local name=$1
    shift
    run registry prove-possession --key "$demo/members/$name.key" --out "$demo/members/$name.json" "$@"
    run --json registry add --registry "$demo/registry.db" --possession "$demo/members/$name.json"
}
witnesses=(00 01 02 03 04 05 06 07 08 09 10 11)
for i in "${witnesses[@]}"; do
    new_key witness "witness-$i" "0x000000000000000000000000000000000000a0$i"
    register "witness-$i"
done
new_key device device 0x00000000000000000000000000000000000000d1
clients=(1 2)
for i in "${clients[@]}"; do new_key client "client-$i" "0x000000000000000000000000000000000000c00$i"; done

# The device listens first, on a port that the system chooses, and is registered under that address.
device() { # listen
    start device device run --key "$demo/members/device.key" --db "$demo/db/device.db" --epochs "$demo/epochs" \
        --locks "$demo/locks" --grace 10s --store "$demo/store" --listen "$1"
}
device 127.0.0.1:0
for _ in $(seq 200); do
    address=$(grep -m1 listening "$demo/logs/device.log" | grep -oE '127\.0\.0\.1:[1-9][0-9]*' | head -n1) || true
    [ -z "$address" ] && kill -0 "${pids[device]}" && sleep 0.05 || break
done
[ -n "$address" ] || { echo "the device's daemon does not listen" >&2; exit 1; }
register device --address "$address"
run --json registry add-sector --registry "$demo/registry.db" --sector "$demo/store/$sector/sector.json" \
    --device "$demo/members/device.key" --expiry 5000
epoch=$(sed -nE 's/^ *"acts_from": ([0-9]+),?$/\1/p' "$demo/logs/steps.log" | sort -n | tail -n1)
for i in "${clients[@]}"; do
    run registry add-allotment --registry "$demo/registry.db" --client "$demo/members/client-$i.key" \
        --device "$demo/members/device.key" --epoch "$epoch" --cap $((48 * i << 20))
done
at "12 witnesses of 12 owners and a device at $address are registered; they act from epoch $epoch on"
at "its sector is registered, and two clients have bought 48 and 96 MiB of epoch $epoch from it"

say "The epoch: registry and rules are fixed, drand opens it, the draw names the device's witnesses"
times=$("$popw" --json beacon rounds --epoch "$epoch")
snapshot_ms=$(json snapshot_unix_ms <<<"$times") start_ms=$(json start_unix_ms <<<"$times")
end_ms=$(json end_unix_ms <<<"$times")
wait_s=$(((snapshot_ms - $(now_ms)) / 1000))
[ "$wait_s" -le 15 ] || at "waiting $wait_s s for it: this machine was too slow for epoch 0"
sleep_until "$snapshot_ms"
public=$demo/epochs/$epoch-public.json directory=$demo/epochs/$epoch-directory.json
run epoch snapshot --epoch "$epoch" --registry "$demo/registry.db" --opening "$rounds/quicknet-1000.json" \
    --out "$public" --directory "$directory"
draw=$("$popw" --json epoch show --epoch "$public" --directory "$directory" --device 0 2>/dev/null)
mapfile -t drawn < <(sed -nE 's/^ *"witness": ([0-9]+),?$/\1/p' <<<"$draw")
printf -v names '%02d ' "${drawn[@]:0:5}"
printf -v challengers '%02d ' "${drawn[@]:5:5}"
at "drawn: witnesses $names(different owners: $(json owners <<<"$draw"); a quorum takes 3) watch it"
at "       and witnesses ${challengers}measure its rate"
printf -v liar '%02d' "${drawn[1]}"
printf -v killed '%02d' "${drawn[2]}"

witness() { # number, further arguments...
    local i=$1
    shift
    start "witness-$i" witness run --key "$demo/members/witness-$i.key" --db "$demo/db/witness-$i.db" \
        --epochs "$demo/epochs" --locks "$demo/locks" --grace 10s --rate-test 2s "$@"
}
fetch() { # client, further arguments...: a download in the background
    local i=$1
    shift
    start "client-$i" client fetch --key "$demo/members/client-$i.key" --epoch "$public" --directory "$directory" \
        --device 0 --content "$sector" --out "$demo/fetched-$i.bin" --db "$demo/db/client-$i.db"
}
for i in "${witnesses[@]}"; do
    if [ "$i" = "$liar" ]; then witness "$i" --misbehave always-up; else witness "$i"; fi
done
at "12 witness daemons started; witness $liar lies: it attests every slot without looking"

slot() { sleep_until $((start_ms + $1 * 1000 + 300)); }
slot 0 && at "slot  0  the epoch begins"
slot 1 && fetch 1 && at "slot  1  client 1 downloads the film; it has paid for 48 of its 64 MiB"
slot 4 && kill -9 "${pids[witness-$killed]}" && gone "witness-$killed" && at "slot  4  kill -9 of witness $killed"
slot 6 && witness "$killed" && at "slot  6  witness $killed started again, with its database"
slot 11 && kill -9 "${pids[device]}" && gone device && at "slot 11  kill -9 of the device: it is really down"
slot 15 && device "$address" && at "slot 15  the device started again, with its database"
slot 16 && fetch 2 && at "slot 16  client 2 downloads it; it has paid for 96 MiB"
sleep_until "$end_ms"
at "         the epoch is over; last attestations arrive"
sleep 3
for i in "${clients[@]}"; do gone "client-$i"; done # they end by themselves
for name in "${!pids[@]}"; do
    kill -0 "${pids[$name]}" 2>/dev/null || { last_log=$demo/logs/$name.log; echo "$name ended early" >&2; exit 1; }
done
stop "${!pids[@]}"
run epoch close --epoch "$public" --closing "$rounds/quicknet-1009.json"
export_of() { # claim, further arguments...
    local claim=$1
    shift
    run device export --claim "$claim" --key "$demo/members/device.key" --epoch "$public" --directory "$directory" \
        --out "$demo/epoch-$claim.json" "$@"
}
export_of uptime --db "$demo/db/device.db"
export_of storage --store "$demo/store"
export_of bandwidth --db "$demo/db/device.db"
export_of work --db "$demo/db/device.db" --store "$demo/store"
run receipts check "$demo/epoch-bandwidth.json"
cmp -s "$demo/film.bin" "$demo/fetched-2.bin" || { echo "client 2 did not get the whole film" >&2; exit 1; }
[ ! -e "$demo/fetched-1.bin" ] || { echo "client 1 got more than it had paid for" >&2; exit 1; }

say "What the quorum saw"
"$popw" device status --db "$demo/db/device.db" --key "$demo/members/device.key" --epoch "$public" \
    --directory "$directory" 2>>"$demo/logs/steps.log" | tail -n +3 |
    sed -E "s/(witness ${liar#0} .*)/\1   <- the liar/; s/(witness ${killed#0} .*)/\1   <- was killed and restarted/"

say "Proofs of each part, and of all in one"
proof() { printf '%s' "$demo/proof-$1-$2.json"; }
for claim in "${claims[@]}"; do
    for system in groth16 halo2; do
        last_log=$demo/logs/prove-$claim-$system.log
        logs+=("$last_log")
        "$popw" --json prove "$claim" --input "$demo/epoch-$claim.json" --device-key "$demo/members/device.key" \
            --system "$system" --keys "$demo/keys" --recipient "$recipient" --out "$(proof "$claim" "$system")" \
            >"$last_log" 2>&1
        at "$(printf '%-10s %-8s %5s bytes, proved in %.1f s' "$claim" "$system" "$(json proof_bytes <"$last_log")" \
            "$(json prove_ms <"$last_log")e-3")"
    done
done

expect() { # exit code, arguments of popw verify...
    local wanted=$1 code=0
    shift
    last_log=$demo/logs/verify.log
    logs+=("$last_log")
    "$popw" verify "$@" --keys "$demo/keys" --network "$POPW_NETWORK" --epoch "$public" >"$last_log" 2>&1 || code=$?
    [ "$code" = "$wanted" ] || { echo "popw verify $* gave exit code $code, expected $wanted" >&2; exit 1; }
}
amount() { sed -nE 's/^  amount +//p' "$last_log"; }
say "Anyone checks them, against the published epoch; this network pays work"
for claim in uptime storage bandwidth; do
    expect 3 "$(proof "$claim" halo2)"
    expect 3 "$(proof "$claim" groth16)"
    at "$(printf '%-10s %s' "$claim" "$(amount)")"
done
expect 3 "$(proof work halo2)"
expect 0 "$(proof work groth16)" --ledger "$demo/spent.db" --record
at "$(printf '%-10s %s' work "$(amount)")"
at "           $(head -n1 "$last_log")"
cp "$last_log" "$demo/verdict.txt"
expect 3 "$(proof storage groth16)" --ledger "$demo/spent.db"
grep -q 'does not pay this kind' "$last_log" || { echo "a single claim would be paid in addition to work" >&2; exit 1; }
at "storage    $(head -n1 "$last_log")"
expect 5 "$(proof work groth16)" --ledger "$demo/spent.db"
at "again      $(head -n1 "$last_log")"
expect 5 "$(proof work halo2)" --ledger "$demo/spent.db"
at "halo2      $(head -n1 "$last_log"): work is paid once, whichever system proves it"

say "The verdict on the Groth16 proof of work"
tail -n +2 "$demo/verdict.txt"

say "A disk that lost 31 bytes: those that challenge 2 asks for"
from=$("$popw" --json storage audit --store "$demo/store" --epoch "$public" --challenges 4 |
    sed -nE 's/^ *"from": ([0-9]+),?$/\1/p' | sed -n 3p)
head -c 31 /dev/urandom | dd of="$demo/store/$sector/data" bs=1 seek="$from" conv=notrunc status=none
last_log=$demo/logs/damaged.log
logs+=("$last_log")
if "$popw" prove storage --store "$demo/store" --epoch "$public" --directory "$directory" --shape demo \
    --device-key "$demo/members/device.key" --system groth16 --keys "$demo/keys" --recipient "$recipient" \
    --out "$demo/proof-of-damage.json" >"$last_log" 2>&1; then
    echo "a damaged sector was proven" >&2
    exit 1
fi
grep -q 'challenge 2' "$last_log" && [ ! -e "$demo/proof-of-damage.json" ] ||
    { echo "the damage was not named" >&2; exit 1; }
fold -s -w 110 "$last_log" | sed 's/^/   /'
code=0
"$popw" storage scrub --store "$demo/store" --restart >"$demo/logs/scrub.log" 2>&1 || code=$?
[ "$code" = 6 ] || { last_log=$demo/logs/scrub.log; echo "popw storage scrub gave exit code $code, expected 6" >&2; exit 1; }
sed 's/^/   /' "$demo/logs/scrub.log"

say "Done in $((($(now_ms) - began) / 1000)) s. Left under $demo/"
at "epoch-{uptime,storage,bandwidth,work}.json, proof-{uptime,storage,bandwidth,work}-{groth16,halo2}.json, keys/,"
at "epochs/, store/, db/, logs/, spent.db"
at "Look further:  $popw inspect $demo/proof-work-groth16.json"
